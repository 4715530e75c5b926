"""The benchmark policy in OpenFisca-Core: the first true rule of every use. Runs in the peers' own environment.

Reads a JSON file with the rules in order and the path of the Parquet file of uses; prints one line of JSON: the
version, uses a second (median of rounds; set_input of every fact, then calculate), peak memory, and how many
uses each rule decided. Loading the arrays is not timed. A fact that may be unknown has a second variable that
says whether it is known. Nothing of wardbook is imported.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from importlib import metadata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core import periods  # type: ignore[import-not-found]
from openfisca_core.entities import Entity  # type: ignore[import-not-found]
from openfisca_core.simulation_builder import SimulationBuilder  # type: ignore[import-not-found]
from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # type: ignore[import-not-found]
from openfisca_core.variables import Variable  # type: ignore[import-not-found]

ROUNDS = 1
PERIOD = "2020-01"


def main() -> None:
    """Load, run, print."""
    with open(sys.argv[1], encoding="utf-8") as given:  # noqa: PTH123
        work = json.load(given)
    names = sorted({test["fact"] for rule in work["rules"] for test in rule})
    arrays, codes = _arrays(work["parquet"], names)
    count = len(next(iter(arrays.values())))
    use = Entity("use", "uses", "A use", "")
    system = TaxBenefitSystem([use])
    for name, array in arrays.items():
        system.add_variable(_variable(use, name, _type(array)))
    system.add_variable(_rule(use, work["rules"], codes, arrays))
    seconds, found = [], None
    for _ in range(ROUNDS):
        simulation = SimulationBuilder().build_default_simulation(system, count)
        start = time.perf_counter()
        for name, array in arrays.items():
            simulation.set_input(name, PERIOD, array)
        found = simulation.calculate("rule", PERIOD)
        seconds.append(time.perf_counter() - start)
    rules, uses = np.unique(np.asarray(found), return_counts=True)
    told = {
        "engine": "OpenFisca-Core",
        "version": metadata.version("OpenFisca-Core"),
        "per_second": count / statistics.median(seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "by_rule": dict(zip(map(int, rules), map(int, uses), strict=True)),
    }
    print(json.dumps(told))


def _arrays(path: str, names: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """A numpy array for each fact (words as numbers), ``known_FACT`` where it may be unknown; and the codes."""
    arrays: dict[str, Any] = {}
    codes: dict[str, dict[str, int]] = {}
    for name in names:
        column = pq.read_table(path, columns=[name]).column(0).combine_chunks()
        if column.null_count:
            arrays[f"known_{name}"] = pc.is_valid(column).to_numpy(zero_copy_only=False)
        kind = str(column.type)
        if kind == "string":
            words = sorted(word for word in pc.unique(column).to_pylist() if word is not None)
            codes[name] = {word: at for at, word in enumerate(words)}
            column = pc.index_in(column, value_set=pa.array(words))
            arrays[name] = column.to_numpy(zero_copy_only=False).astype(np.int32)
        elif kind == "bool":
            arrays[name] = pc.fill_null(column, False).to_numpy(zero_copy_only=False)
        elif kind == "date32[day]":
            arrays[name] = (column.cast("int32").to_numpy(zero_copy_only=False) + 719163).astype(np.int32)
        elif kind.startswith("decimal"):
            arrays[name] = pc.cast(column, "float64").to_numpy(zero_copy_only=False).astype(np.float32)
        else:
            arrays[name] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False).astype(np.int32)
    return arrays, codes


def _type(array: Any) -> type:
    return {"b": bool, "f": float}.get(array.dtype.kind, int)


def _variable(use: Any, name: str, kind: type) -> type:
    return type(
        name,
        (Variable,),
        {"value_type": kind, "entity": use, "definition_period": periods.DateUnit.MONTH, "label": name},
    )


def _rule(use: Any, rules: list[list[dict[str, Any]]], codes: dict[str, Any], arrays: dict[str, Any]) -> type:
    def formula(uses: Any, period: Any) -> Any:
        read = {name: uses(name, period) for name in arrays}
        tests = [_holds(rule, read, codes) for rule in rules]
        return np.select(tests, list(range(len(rules))), default=-1)

    made = _variable(use, "rule", int)
    made.formula = formula  # type: ignore[attr-defined]
    return made


def _holds(rule: list[dict[str, Any]], read: dict[str, Any], codes: dict[str, Any]) -> Any:
    held = np.ones(len(next(iter(read.values()))), dtype=bool)
    for test in rule:
        held &= _test(test, read, codes)
    return held


def _test(test: dict[str, Any], read: dict[str, Any], codes: dict[str, Any]) -> Any:
    name = test["fact"]
    value, known = read[name], read.get(f"known_{name}")
    if "values" not in test:
        scale = 1000 if value.dtype.kind == "f" else 1
        found = np.ones(len(value), dtype=bool)
        if test["low"] is not None:
            found &= value >= test["low"] / scale if test["low_in"] else value > test["low"] / scale
        if test["high"] is not None:
            found &= value <= test["high"] / scale if test["high_in"] else value < test["high"] / scale
        return found if known is None else found & known
    wanted = [codes[name][word] if name in codes else word for word in test["values"]]
    found = np.isin(value, wanted) if len(wanted) != 1 else value == wanted[0]
    if test["unknown"]:
        found = found if known is None else found | ~known
        return ~found if test["negated"] else found
    found = ~found if test["negated"] else found
    return found if known is None else found & known


if __name__ == "__main__":
    main()

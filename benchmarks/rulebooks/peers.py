"""The benchmark policy in other engines: the first true rule of each use. Runs in the peers' own environment.

Reads a JSON file (rules in order, each a list of tests; uses as rows) and prints one JSON line an engine: its
version, decisions a second (median of rounds) and the rules it gave. Nothing of wardbook is imported.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

Test = dict[str, Any]


def zen(rules: list[list[Test]], rows: list[dict[str, Any]]) -> Callable[[], list[int]]:
    """One decision table, first hit, through the batch call."""
    import zen as engine  # type: ignore[import-not-found]

    names = sorted({test["fact"] for rule in rules for test in rule})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "type": "expression"} for name in ["all"]],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule", "type": "expression"}],
        "rules": [{"_id": str(at), "all": _zen_rule(rule), "rule": str(at)} for at, rule in enumerate(rules)]
        + [{"_id": "none", "all": "", "rule": "-1"}],
    }
    del names
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {
                "id": "t",
                "type": "decisionTableNode",
                "name": "t",
                "position": {"x": 0, "y": 0},
                "content": table,
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }
    decision = engine.ZenEngine().create_decision(json.dumps(graph))
    if hasattr(decision, "evaluate_batch"):
        return lambda: [int(one["result"]["rule"]) for one in decision.evaluate_batch(rows)]
    return lambda: [int(decision.evaluate(row)["result"]["rule"]) for row in rows]


def _zen_rule(rule: list[Test]) -> str:
    return " and ".join(_zen_test(test) for test in rule) or "true"


def _zen_test(test: Test) -> str:
    name = test["fact"]
    if "values" in test:
        values = ", ".join(json.dumps(value).replace('"', "'") for value in test["values"])
        found = f"{name} in [{values}]" if test["values"] else "false"
        if test["unknown"]:
            found = f"({name} == null or {found})"
            return f"not ({found})" if test["negated"] else found
        held = f"not ({found})" if test["negated"] else found
        return f"({name} != null and {held})"
    parts = [f"{name} != null"]
    if test["low"] is not None:
        parts.append(f"{name} {'>=' if test['low_in'] else '>'} {test['low']}")
    if test["high"] is not None:
        parts.append(f"{name} {'<=' if test['high_in'] else '<'} {test['high']}")
    return "(" + " and ".join(parts) + ")"


def datalogic(rules: list[list[Test]], rows: list[dict[str, Any]]) -> Callable[[], list[int]]:
    """JSON logic: one chain of if, compiled once."""
    import datalogic_py as engine  # type: ignore[import-not-found]

    chain: list[Any] = []
    for at, rule in enumerate(rules):
        chain += [{"and": [_logic_test(test) for test in rule] or [True]}, at]
    compiled = engine.Engine().compile(json.dumps({"if": [*chain, -1]}))
    return lambda: [int(compiled.evaluate(row)) for row in rows]


def _logic_test(test: Test) -> Any:
    read = {"var": test["fact"]}
    known = {"!==": [read, None]}
    if "values" in test:
        found: Any = {"in": [read, test["values"]]}
        if test["unknown"]:
            found = {"or": [{"===": [read, None]}, {"and": [known, found]}]}
            return {"!": [found]} if test["negated"] else found
        return {"and": [known, {"!": [found]} if test["negated"] else found]}
    parts: list[Any] = [known]
    if test["low"] is not None:
        parts.append({">=" if test["low_in"] else ">": [read, test["low"]]})
    if test["high"] is not None:
        parts.append({"<=" if test["high_in"] else "<": [read, test["high"]]})
    return {"and": parts}


def cedar(rules: list[list[Test]], rows: list[dict[str, Any]]) -> Callable[[], list[int]]:
    """One permit a rule; of those that hold, the first. A fact that is not known is an attribute left out."""
    import cedarpy as engine  # type: ignore[import-not-found]

    policies = "\n".join(
        f'@id("{at}") permit(principal, action, resource) when {{ {" && ".join(map(_cedar_test, rule)) or "true"} }};'
        for at, rule in enumerate(rules)
    )
    requests = [
        {
            "principal": 'U::"u"',
            "action": 'Action::"a"',
            "resource": 'R::"r"',
            "context": {name: value for name, value in row.items() if value is not None},
        }
        for row in rows
    ]
    ids = {f"policy{at}": at for at in range(len(rules))}

    def run() -> list[int]:
        answers = engine.is_authorized_batch(requests, policies, [])
        found = []
        for answer in answers:
            reasons = [ids.get(one, -1) if one in ids else int(one) for one in answer.diagnostics.reasons]
            found.append(min(reasons) if reasons else -1)
        return found

    return run


def _cedar_test(test: Test) -> str:
    name = test["fact"]
    has = f"context has {name}"
    if "values" in test:
        values = ", ".join(json.dumps(value) for value in test["values"])
        found = f"[{values}].contains(context.{name})" if test["values"] else "false"
        if test["unknown"]:
            found = f"(!({has}) || ({has} && {found}))"
            return f"!({found})" if test["negated"] else found
        return f"({has} && {'!' if test['negated'] else ''}({found}))"
    parts = [has]
    if test["low"] is not None:
        parts.append(f"context.{name} {'>=' if test['low_in'] else '>'} {test['low']}")
    if test["high"] is not None:
        parts.append(f"context.{name} {'<=' if test['high_in'] else '<'} {test['high']}")
    return "(" + " && ".join(parts) + ")"


ENGINES = {
    "zen-engine": (zen, 10_000),
    "datalogic-py": (datalogic, 10_000),
    "cedarpy": (cedar, 2_000),
}


def main() -> None:
    """Run every engine that is installed; one line of JSON each."""
    with open(sys.argv[1], encoding="utf-8") as given:  # noqa: PTH123
        work = json.load(given)
    for name, (make, most) in ENGINES.items():
        rows = work["uses"][:most]
        try:
            run = make(work["rules"], rows)
            seconds, found = [], []
            for _ in range(2):
                start = time.perf_counter()
                found = run()
                seconds.append(time.perf_counter() - start)
        except Exception as error:  # noqa: BLE001  a peer that fails is told, and the others still run
            print(json.dumps({"engine": name, "failed": f"{type(error).__name__}: {error}"[:300]}))
            continue
        told = {"engine": name, "version": metadata.version(name), "rules": found}
        print(json.dumps({**told, "per_second": len(rows) / statistics.median(seconds)}))


if __name__ == "__main__":
    main()

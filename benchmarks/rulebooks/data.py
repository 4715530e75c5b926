"""Uses for the benchmark policy: a Parquet file of any length, the same for the same length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from wardbook.policy.compile import FactColumn, Rows
from wardbook.policy.determine import Docket
from wardbook.policy.model import Fact, FactType, Rulebook
from wardbook.policy.sheet import plain

MAY_BE_UNKNOWN = ("aboard", "threat order", "declined", "threat level", "assessment age")
"""The facts that one use in ten does not know."""

MOST = {"threat level": 10, "assessment age": 400, "distance": 400, "officers": 6, "riders": 4}


COSTS = {name: f"cost_{name}" for name in ("personnel", "vehicle", "lodging")}
"""The columns of the costs, by cost class."""


def column(fact: Fact) -> str:
    """The name of a fact's column."""
    return plain(fact.name).replace(" ", "_")


def write_uses(rulebook: Rulebook, rows: int, path: Path) -> None:
    """Write ``rows`` uses: every fact, the day, and three costs in cents as DECIMAL(18,2)."""
    parts = ["i AS use_id", f"DATE '2005-01-01' + CAST({_random(0, 7000)} AS INTEGER) AS date"]
    for at, fact in enumerate(rulebook.facts, 1):
        value = _value(fact, at)
        if fact.name in MAY_BE_UNKNOWN:
            value = f"CASE WHEN {_random(at + 100, 10)} = 0 THEN NULL ELSE {value} END"
        parts.append(f"{value} AS {column(fact)}")
    for at, name in enumerate(("personnel", "vehicle", "lodging")):
        parts.append(f"CAST({_random(at + 200, 100000)} AS DECIMAL(18,2)) / 100 AS exact_{name}")
    costs = ", ".join(
        f"CAST(exact_{name} AS DECIMAL(18,2)) AS cost_{name}" for name in ("personnel", "vehicle", "lodging")
    )
    with duckdb.connect() as made:
        made.execute(
            f"COPY (SELECT * EXCLUDE (exact_personnel, exact_vehicle, exact_lodging), {costs} FROM (SELECT {', '.join(parts)} FROM range({rows}) AS r(i))) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION snappy)"
        )


def _random(salt: int, most: int) -> str:
    """A number below ``most`` from the use and ``salt`` (below 256).

    The hash is of one number: that of two is an exclusive or, whose parity would tie every column to every
    other.
    """
    return f"CAST((hash(i * 256 + {salt}) >> 11) % {most} AS BIGINT)"


def _value(fact: Fact, salt: int) -> str:
    match fact.type:
        case FactType.ENUM:
            words = ", ".join(f"'{value}'" for value in fact.values)
            return f"[{words}][{_random(salt, len(fact.values))} + 1]"
        case FactType.YES_NO:
            return f"{_random(salt, 2)} = 1"
        case FactType.DECIMAL:
            return f"CAST({_random(salt, 40)} / 4 AS DECIMAL(18,6))"
        case _:
            return _random(salt, MOST.get(fact.name, 100) + 1)


def rows_of(path: Path) -> Callable[[Docket], Rows]:
    """The relation over the Parquet file, for `compile`."""

    def made(ready: Docket) -> Rows:
        columns = tuple(FactColumn(column(fact)) for fact in ready.rulebook.facts)
        return Rows(f"read_parquet('{path}')", "use_id", "date", columns, dictionaries=True)

    return made

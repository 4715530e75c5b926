"""A table to decide: its columns matched to the facts of a rulebook, its cells read as their values.

Columns are matched to facts by name, or by the book's fact that they read; case, spaces, dashes and
underscores do not matter. A cell that cannot be read exactly is no value, and is told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wardbook.errors import InputRefusedError
from wardbook.policy.compile import FactColumn, Rows
from wardbook.policy.determine import Docket
from wardbook.policy.model import COST_CLASSES, DAY, Fact, FactType, Rulebook
from wardbook.policy.read_costs import ANY_OTHER
from wardbook.policy.sheet import plain
from wardbook.policy.sql_text import quoted, sql_type
from wardbook.records.engine import Engine, file_literal, literal
from wardbook.records.schema import MONEY

KEYS = ("use id", "id", "case")
"""The columns that may hold the key of a use."""

_NARROW = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"})
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_NO_TEXT = "CAST(NULL AS VARCHAR)"

_CSV = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
    "null_padding = false, maximum_line_size = 67108864"
)
"""Nothing of the layout is guessed: no row is taken for a comment, and none is passed over."""

GIVEN = "given"
"""The relation of a table's rows, numbered from 1 in ``line_number``."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table by what they are; names as they stand in the file."""

    types: Mapping[str, str]
    facts: Mapping[str, str]
    costs: Mapping[str, str]
    day: str | None
    key: str | None
    unknown: tuple[str, ...]

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that a decision reads."""
        named = (self.key, self.day, *self.facts.values(), *self.costs.values())
        return tuple(name for name in named if name is not None)


def open_table(engine: Engine, source: Path, work: Path) -> dict[str, str]:
    """Create the view `GIVEN` over ``source``; gives its columns and their types.

    A CSV file is read once, into ``work``, so that parts of it can be read again. Raises `InputRefusedError`.
    """
    if not source.is_file():
        raise InputRefusedError(str(source), "a table (.parquet or .csv)", "no file", "Check the path.")
    try:
        rows = source if source.suffix == ".parquet" else work / "given.parquet"
        if source.suffix == ".csv":
            columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in _headings(source))
            engine.write_parquet(
                f"SELECT * FROM read_csv({file_literal(source)}, columns = {{{columns}}}, {_CSV})",  # noqa: S608
                rows,
            )
        engine.define(
            f"CREATE VIEW {GIVEN} AS SELECT file_row_number + 1 AS line_number, "  # noqa: S608
            f"* EXCLUDE (file_row_number) FROM read_parquet({file_literal(rows)}, file_row_number = true)"
        )
        described = engine.rows(f"DESCRIBE {GIVEN}")
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        reason = " ".join(" ".join(str(error).split("\n")[:3]).split())
        advice = "Save it again: commas between the cells, UTF-8, every row as long as the headings."
        raise InputRefusedError(str(source), "a table that can be read", reason, advice) from error
    return {row[0]: row[1] for row in described if row[0] != "line_number"}


def _headings(source: Path) -> list[str]:
    """The headings of a CSV file. Raises `InputRefusedError` where there are none, or one is there twice."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as lines:
            found = next(csv.reader(lines, strict=True), [])
    except UnicodeDecodeError as error:
        raise InputRefusedError(
            str(source), "text in UTF-8", f"a byte that is none ({error.reason})", "Save it as UTF-8."
        ) from error
    except csv.Error as error:
        raise InputRefusedError(f"{source}:1", "a row of headings", str(error), "Save it again.") from error
    if not found or not all(name.strip() for name in found):
        what = "an empty line" if not found else "a column without a heading"
        raise InputRefusedError(f"{source}:1", "a heading for every column", what, "Write the headings.")
    folded = [name.casefold() for name in found]
    twice = next((name for name in found if folded.count(name.casefold()) > 1), None)
    if twice is not None:
        raise InputRefusedError(f"{source}:1", "each heading once", f'"{twice}" twice', "Rename one.")
    return found


def find_columns(rulebook: Rulebook, types: Mapping[str, str], source: Path) -> Columns:
    """What each column is. Raises `InputRefusedError` for a fact or cost with two columns, or no fact."""
    by_name = {plain(fact.reads): fact.name for fact in rulebook.facts if fact.reads}
    by_name |= {plain(fact.name): fact.name for fact in rulebook.facts}
    classes = {plain(f"cost {name}"): name for name in _cost_classes(rulebook)}
    facts: dict[str, str] = {}
    costs: dict[str, str] = {}
    others: list[str] = []
    day = key = None
    for column in types:
        name = plain(column)
        if name in by_name:
            _once(facts, by_name[name], column, source)
        elif name in classes:
            _once(costs, classes[name], column, source)
        elif name == DAY:
            day = column
        elif name in KEYS and key is None:
            key = column
        else:
            others.append(column)
    if not facts:
        names = ", ".join(list(types)[:12])
        wanted = f"a column for a fact of the rulebook ({', '.join(f.name for f in rulebook.facts[:12])})"
        raise InputRefusedError(str(source), wanted, names, "Commas must part the cells; name the columns.")
    return Columns(types, facts, costs, day, key, tuple(others))


def _once(found: dict[str, str], name: str, column: str, source: Path) -> None:
    if name in found:
        both = f'"{found[name]}" and "{column}"'
        raise InputRefusedError(str(source), f"one column for {name}", both, "Take one of them out.")
    found[name] = column


def _cost_classes(rulebook: Rulebook) -> tuple[str, ...]:
    named = (cost.cost_class for cost in rulebook.cost_rules if cost.cost_class != ANY_OTHER)
    return tuple(dict.fromkeys((*named, *COST_CLASSES)))


# ---------------------------------------------------------------- cells


def table_rows(ready: Docket, columns: Columns) -> Rows:
    """The relation as `compile` reads it; costs and key go through as ``k`` and ``cost<n>``."""
    facts = tuple(_fact_column(fact, columns) for fact in ready.rulebook.facts)
    carried = [f"{quoted(columns.key) if columns.key else 'line_number'} AS use_key"]
    for at, column in enumerate(columns.costs.values()):
        text = _text(column)
        if _fits(columns.types[column], MONEY):
            carried += [f"CAST({quoted(column)} AS {MONEY}) AS cost{at}", f"{_NO_TEXT} AS bad_cost{at}"]
            continue
        carried.append(f"{_money(text)} AS cost{at}")
        carried.append(
            f"CASE WHEN {text} IS NOT NULL AND {_money(text)} IS NULL THEN {text} END AS bad_cost{at}"
        )
    day = "CAST(NULL AS DATE)"
    if columns.day is not None and columns.types[columns.day] == "DATE":
        day = quoted(columns.day)
        carried.append(f"{_NO_TEXT} AS bad_day")
    elif columns.day is not None:
        text = _text(columns.day)
        day = _day(text)
        carried.append(f"CASE WHEN {text} IS NOT NULL AND {day} IS NULL THEN {text} END AS bad_day")
    return Rows(GIVEN, "line_number", day, facts, tuple(carried))


def _fact_column(fact: Fact, columns: Columns) -> FactColumn:
    column = columns.facts.get(fact.name)
    kind = "DECIMAL(18,6)" if fact.type in {FactType.DECIMAL, FactType.DURATION} else sql_type(fact)
    if column is None:
        return FactColumn(f"CAST(NULL AS {kind})")
    text = _text(column)
    if kind != "VARCHAR" and _fits(columns.types[column], kind):
        raw = quoted(column) if columns.types[column] == kind else f"CAST({quoted(column)} AS {kind})"
        return FactColumn(raw, "", f"CAST({quoted(column)} AS VARCHAR)")
    if fact.type in {FactType.ENUM, FactType.TEXT}:
        return FactColumn(text, "", text)
    raw = _read(fact.type, kind, text)
    return FactColumn(raw, f"({text} IS NOT NULL AND {raw} IS NULL)", text)


def _fits(found: str, wanted: str) -> bool:
    """Whether every value of a column's type is exactly one of the type that is wanted."""
    if found == wanted:
        return True
    if wanted == "BIGINT":
        return found in _NARROW
    narrow, wide = _DECIMAL.fullmatch(found), _DECIMAL.fullmatch(wanted)
    if narrow is None or wide is None:
        return False
    digits, places = int(narrow[1]) - int(narrow[2]), int(narrow[2])
    return places <= int(wide[2]) and digits <= int(wide[1]) - int(wide[2])


def _read(kind: FactType, sql: str, text: str) -> str:
    """The cell as a value of the type; NULL where it cannot be read exactly."""
    if kind is FactType.YES_NO:
        words = {"yes": "TRUE", "true": "TRUE", "no": "FALSE", "false": "FALSE"}
        cases = " ".join(f"WHEN {literal(word)} THEN {value}" for word, value in words.items())
        return f"CASE lower({text}) {cases} END"
    if kind is FactType.DATE:
        return _day(text)
    shape = {FactType.WHOLE: r"-?\d{1,18}", FactType.MONEY: r"-?\d{1,15}(\.\d{1,2})?"}.get(
        kind, r"-?\d{1,12}(\.\d{1,6})?"
    )
    return f"CASE WHEN regexp_full_match({text}, {literal(shape)}) THEN TRY_CAST({text} AS {sql}) END"


def _money(text: str) -> str:
    shape = literal(r"-?\d{1,13}(\.\d{1,2})?")
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN TRY_CAST({text} AS DECIMAL(18,2)) END"


def _day(text: str) -> str:
    """A day, also as the beginning of a day that an engine writes for an instant."""
    shape = literal(r"\d{4}-\d{2}-\d{2}( 00:00:00(\.0{1,9})?([-+]\d{2}(:?\d{2})?)?)?")
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN TRY_CAST(substring({text}, 1, 10) AS DATE) END"


def _text(column: str) -> str:
    """A cell as text without spaces around it; NULL where it is blank or says ``?``."""
    return f"nullif(nullif(trim(CAST({quoted(column)} AS VARCHAR)), ''), '?')"

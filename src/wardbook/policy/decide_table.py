"""Deciding a table: any Parquet or CSV file with the facts of a rulebook as columns, a row a use.

Columns are matched to facts by name, or by the book's fact that they read; case, spaces, dashes and
underscores do not matter. ``date`` is the day of the use, ``use_id``, ``id`` or ``case`` its key (else the
row's number), and ``cost airfare`` what was spent of a cost class. Nothing is guessed: a cell that cannot be
read or that the fact does not admit is told in the row's ``problems`` and decides nothing; a column that no
fact has is listed; a fact without a column is not known in every row, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from wardbook.errors import InputRefusedError
from wardbook.policy.compile import Compiled, FactColumn, Rows
from wardbook.policy.cost_sql import CostSql
from wardbook.policy.decide import (
    ANSWERS,
    HOLDING,
    answer,
    answers_table,
    missing_sql,
    reason_sql,
    same_key,
)
from wardbook.policy.determine import Docket, docket, outcome_names
from wardbook.policy.model import COST_CLASSES, DAY, Fact, FactType, Rulebook
from wardbook.policy.read_costs import ANY_OTHER
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import plain
from wardbook.policy.sql_text import sql_type
from wardbook.records.engine import Engine, literal

KEYS = ("use id", "id", "case")
MOST_ADVICE = 200
"""Strange words of one fact that get the nearest right word."""


@dataclass(frozen=True)
class Decided:
    """What became of a table: its rows, how many were decided, and how many had problems.

    ``unknown_columns`` are columns that no fact has, ``missing_columns`` facts without a column. ``by_rule``
    counts the rows by the rules that decided them.
    """

    rows: int
    decided: int
    undetermined: int
    with_problems: int
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    by_rule: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Columns:
    """The columns of a table by what they are; names as they stand in the file."""

    types: Mapping[str, str]
    facts: Mapping[str, str]
    costs: Mapping[str, str]
    day: str | None
    key: str | None
    unknown: tuple[str, ...]


def decide_table(
    rulebook: Rulebook,
    source: Path,
    out: Path,
    as_of: date | None = None,
    known: date | None = None,
) -> Decided:
    """Decide every row of ``source`` (.parquet or .csv) and write ``out`` (.parquet or .csv), a row a row.

    The law applied is that in force on the day of each row, or on ``as_of``, as the rulebook was known on
    day ``known``. ``out`` is written aside and then renamed. Raises `InputRefusedError` for a table that
    cannot be read, has a column or a key twice, or whose suffix says nothing.
    """
    for path in (source, out):
        if path.suffix not in {".parquet", ".csv"}:
            raise InputRefusedError(str(path), "a file .parquet or .csv", f'"{path.suffix}"', "Rename it.")
    with Engine() as engine:
        engine.define("SET preserve_insertion_order = true")
        names = _open(engine, source)
        columns = _columns(rulebook, names, source)
        ready = docket(rulebook, known)
        compiled = Compiled(ready, _rows(ready, columns), as_of)
        _refuse_double_keys(engine, columns, source)
        engine.run(HOLDING, compiled.masks())
        found = engine.rows(f"SELECT DISTINCT {', '.join(compiled.key_names)} FROM {HOLDING}")  # noqa: S608
        engine.load(answers_table(compiled), (answer(compiled, key) for key in found))
        engine.run("decided", _decided(engine, compiled, columns))
        _write(engine, out)
        return _counts(engine, rulebook, columns)


def _open(engine: Engine, source: Path) -> dict[str, str]:
    """Relation ``given``: the rows with their numbers. Gives the columns and their types."""
    path = literal(str(source))
    if not source.is_file():
        raise InputRefusedError(str(source), "a table (.parquet or .csv)", "no file", "Check the path.")
    try:
        if source.suffix == ".parquet":
            engine.define(
                "CREATE VIEW given AS SELECT file_row_number + 1 AS line_number, "  # noqa: S608
                f"* EXCLUDE (file_row_number) FROM read_parquet({path}, file_row_number = true)"
            )
        else:
            engine.define(
                "CREATE TABLE given AS SELECT row_number() OVER () AS line_number, * "  # noqa: S608
                f"FROM read_csv({path}, all_varchar = true, header = true, strict_mode = true, delim = ',')"
            )
        described = engine.rows("DESCRIBE given")
    except duckdb.Error as error:
        reason = str(error).split("\n")[0]
        raise InputRefusedError(str(source), "a table that can be read", reason, "Save it again.") from error
    return {row[0]: row[1] for row in described if row[0] != "line_number"}


def _columns(rulebook: Rulebook, types: Mapping[str, str], source: Path) -> _Columns:
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
    return _Columns(types, facts, costs, day, key, tuple(others))


def _once(found: dict[str, str], name: str, column: str, source: Path) -> None:
    if name in found:
        both = f'"{found[name]}" and "{column}"'
        raise InputRefusedError(str(source), f"one column for {name}", both, "Take one of them out.")
    found[name] = column


def _cost_classes(rulebook: Rulebook) -> tuple[str, ...]:
    named = (cost.cost_class for cost in rulebook.cost_rules if cost.cost_class != ANY_OTHER)
    return tuple(dict.fromkeys((*named, *COST_CLASSES)))


def _refuse_double_keys(engine: Engine, columns: _Columns, source: Path) -> None:
    if columns.key is None:
        return
    key = _quoted(columns.key)
    twice = engine.rows(f"SELECT {key} FROM given GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1")  # noqa: S608
    if twice:
        found = f'"{twice[0][0]}" more than once'
        raise InputRefusedError(str(source), f"each {columns.key} once", found, "Give every row its own key.")


# ---------------------------------------------------------------- cells


def _rows(ready: Docket, columns: _Columns) -> Rows:
    """The relation as `compile` reads it; costs and key go through as ``k`` and ``cost<n>``."""
    facts = tuple(_fact_column(fact, columns) for fact in ready.rulebook.facts)
    carried = [f"{_quoted(columns.key) if columns.key else 'line_number'} AS use_key"]
    for at, column in enumerate(columns.costs.values()):
        text = _text(column)
        carried.append(f"{_money(text)} AS cost{at}")
        carried.append(
            f"CASE WHEN {text} IS NOT NULL AND {_money(text)} IS NULL THEN {text} END AS bad_cost{at}"
        )
    day = "CAST(NULL AS DATE)"
    if columns.day is not None:
        text = _text(columns.day)
        day = _day(text)
        carried.append(f"CASE WHEN {text} IS NOT NULL AND {day} IS NULL THEN {text} END AS bad_day")
    return Rows("given", "line_number", day, facts, tuple(carried))


def _fact_column(fact: Fact, columns: _Columns) -> FactColumn:
    column = columns.facts.get(fact.name)
    kind = "DECIMAL(18,6)" if fact.type is FactType.DECIMAL else sql_type(fact)
    if column is None:
        return FactColumn(f"CAST(NULL AS {kind})")
    if columns.types[column] == kind:
        return FactColumn(
            _quoted(column) if kind != "VARCHAR" else _text(column), "", f"CAST({_quoted(column)} AS VARCHAR)"
        )
    text = _text(column)
    if fact.type in {FactType.ENUM, FactType.TEXT}:
        return FactColumn(text, "", text)
    raw = _read(fact.type, kind, text)
    return FactColumn(raw, f"({text} IS NOT NULL AND {raw} IS NULL)", text)


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
    shape = literal(r"\d{4}-\d{2}-\d{2}( 00:00:00.*)?")
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN TRY_CAST({text} AS DATE) END"


def _text(column: str) -> str:
    """A cell as text without spaces around it; NULL where it is blank or says ``?``."""
    return f"nullif(nullif(trim(CAST({_quoted(column)} AS VARCHAR)), ''), '?')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# ---------------------------------------------------------------- what is written


def _decided(engine: Engine, compiled: Compiled, columns: _Columns) -> str:
    ready = compiled.ready
    rulebook = ready.rulebook
    outcomes = outcome_names(rulebook)
    said = [f"a.o{at} AS {_quoted(outcome)}" for at, outcome in enumerate(outcomes)]
    masks = [name for name in compiled.key_names if name.startswith("p")]
    arrangement = f"a.o{outcomes.index('costs')}"
    shares = _shares(rulebook, columns, arrangement)
    shown = [
        f"h.use_key AS {_quoted(columns.key or 'row')}",
        "a.rule",
        "CASE WHEN a.certain THEN 'yes' ELSE 'no' END AS certain",
        *said,
        *shares,
        "a.cites",
        f"{reason_sql(compiled)} AS reason",
        f"{missing_sql(compiled)} AS missing",
        f"{_problems(engine, compiled, columns)} AS problems",
        "h.day AS law_of",
        *(f"h.{name} AS mask_{name}" for name in masks),
        f"{literal(rulebook.version)} AS rulebook_version",
        f"{literal(rulebook.sha256)} AS rulebook_sha256",
    ]
    return (
        f"SELECT {', '.join(shown)} FROM {HOLDING} AS h JOIN {ANSWERS} AS a "  # noqa: S608
        f"ON {same_key(compiled)} ORDER BY h.use_id"
    )


def _shares(rulebook: Rulebook, columns: _Columns, arrangement: str) -> Iterator[str]:
    """What each payer bears of each cost of the table, and why an amount is open."""
    if not columns.costs:
        return
    facts = {fact.name: f"h.f{at}" for at, fact in enumerate(rulebook.facts)}
    costs = {name: f"h.cost{at}" for at, name in enumerate(columns.costs)}
    made = CostSql(rulebook, facts, arrangement)
    for share in made.shares(costs):
        yield f"{share.amount} AS {_quoted(f'{share.cost_class}: {share.payer}')}"
    points = ", ".join(f"nullif({text}, '')" for text in made.open_points(costs).values())
    yield f"concat_ws('; ', {points}) AS {_quoted('open costs')}"


def _problems(engine: Engine, compiled: Compiled, columns: _Columns) -> str:
    """SQL for what is wrong in a row: cells that cannot be read or are not admitted, broken invariants."""
    told = [
        f"{literal(fact.name + ' ')} || '\"' || h.w{at} || '\": expected ' || {literal(_expected(fact))} || "
        f"{_advice(engine, fact, at)}"
        for at, fact in enumerate(compiled.ready.rulebook.facts)
        if fact.name in columns.facts and fact.name in compiled.can_be_strange
    ]
    told += [
        f"{literal(f'cost {name} ')} || '\"' || h.bad_cost{at} || '\": expected an amount such as 1250.00'"
        for at, name in enumerate(columns.costs)
    ]
    if columns.day is not None:
        told.append("'date \"' || h.bad_day || '\": expected a day as YYYY-MM-DD'")
    told.append("'the facts contradict: ' || nullif(a.broken_names, '')")
    return f"concat_ws('; ', {', '.join(told)})"


def _expected(fact: Fact) -> str:
    words = {
        FactType.YES_NO: "yes or no",
        FactType.WHOLE: "a whole number",
        FactType.DATE: "a day as YYYY-MM-DD",
        FactType.MONEY: f"an amount in {fact.unit} such as 1250.00",
        FactType.DURATION: f"a number of {fact.unit}",
        FactType.SHARE: "a share from 0 to 1",
    }
    expected = one_of(fact.values) if fact.type is FactType.ENUM else words.get(fact.type, "a number")
    within = "" if fact.low is None and fact.high is None else f" within {fact.low}..{fact.high}"
    return expected + within.replace("None", "")


def _advice(engine: Engine, fact: Fact, at: int) -> str:
    """SQL for the nearest right word of each strange word of an enum."""
    if fact.type is not FactType.ENUM:
        return "''"
    query = f"SELECT DISTINCT w{at} FROM {HOLDING} WHERE w{at} IS NOT NULL ORDER BY 1 LIMIT {MOST_ADVICE}"  # noqa: S608
    near = ((str(word), did_you_mean(str(word), fact.values)) for (word,) in engine.rows(query))
    cases = " ".join(f"WHEN {literal(word)} THEN {literal('. ' + told)}" for word, told in near if told)
    return f"CASE h.w{at} {cases} ELSE '' END" if cases else "''"


def _write(engine: Engine, out: Path) -> None:
    aside = out.with_name(f".{out.name}")
    write = engine.write_parquet if out.suffix == ".parquet" else engine.write_csv
    try:
        write("SELECT * FROM decided", aside)
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)


def _counts(engine: Engine, rulebook: Rulebook, columns: _Columns) -> Decided:
    rows = engine.count("decided")
    decided = int(engine.one("SELECT count(*) FROM decided WHERE certain = 'yes'"))
    problems = int(engine.one("SELECT count(*) FROM decided WHERE problems <> ''"))
    by_rule: Sequence[tuple[str, int]] = [
        (str(rule), int(count))
        for rule, count in engine.rows("SELECT rule, count(*) FROM decided GROUP BY 1 ORDER BY 2 DESC, 1")
    ]
    missing = tuple(fact.name for fact in rulebook.facts if fact.name not in columns.facts)
    absent = missing if columns.day is not None else (*missing, DAY)
    return Decided(rows, decided, rows - decided, problems, columns.unknown, absent, tuple(by_rule))

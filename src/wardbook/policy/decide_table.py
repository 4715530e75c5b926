"""Deciding a table: any Parquet or CSV file with the facts of a rulebook as columns, a row a use.

Columns are matched to facts by name, or by the book's fact that they read; case, spaces, dashes and
underscores do not matter. ``date`` is the day of the use, ``use_id``, ``id`` or ``case`` its key (else the
row's number), and ``cost airfare`` what was spent of a cost class. Nothing is guessed: a cell that cannot be
read or that the fact does not admit is told in the row's ``problems`` and decides nothing; a column that no
fact has is listed; a fact without a column is not known in every row, and is listed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.policy.compile import Compiled
from wardbook.policy.cost_sql import CostSql
from wardbook.policy.decide import (
    ANSWERS,
    HOLDING,
    answer,
    answers_table,
    missing_sql,
    reason_sql,
    same_key,
    strange_columns,
)
from wardbook.policy.determine import docket, outcome_names
from wardbook.policy.given_table import GIVEN, Columns, find_columns, open_table, table_rows
from wardbook.policy.model import DAY, Fact, FactType, Rulebook
from wardbook.policy.read_rules import UNDETERMINED
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sql_text import quoted
from wardbook.records.engine import Engine, file_literal, literal
from wardbook.records.in_place import put_in_place
from wardbook.records.spark_engine import SparkEngine

MOST_ADVICE = 200
"""Strange words of one fact that get the nearest right word."""

PART = 250_000
"""Rows that are decided and written at a time."""


@dataclass(frozen=True)
class Decided:
    """What became of a table: its rows, how many were decided, and how many had problems.

    A row is decided if no question is open and no rule that decides it says "cannot be determined".
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


def decide_table(
    rulebook: Rulebook,
    source: Path,
    out: Path,
    as_of: date | None = None,
    known: date | None = None,
    on_spark: bool = False,
    told: Callable[[int, int], None] = lambda _done, _rows: None,
    part: int = PART,
) -> Decided:
    """Decide every row of ``source`` (.parquet or .csv) and write ``out`` (.parquet or .csv), a row a row.

    The law applied is that in force on the day of each row, or on ``as_of``, as the rulebook was known on
    day ``known``. ``part`` rows are decided at a time, so that a table may be larger than memory; ``told``
    hears how many of how many are done. ``out`` is written aside and then renamed. Raises
    `InputRefusedError` for a table that cannot be read, has a column or a key twice, or whose suffix says
    nothing. On Spark the same file is written; raises `WrongUseError` where it cannot be started.
    """
    for path in (source, out):
        if path.suffix not in {".parquet", ".csv"}:
            raise InputRefusedError(str(path), "a file .parquet or .csv", f'"{path.suffix}"', "Rename it.")
    if out.exists() and source.exists() and out.samefile(source):
        raise WrongUseError(f"{out} is the table to decide; name another file to write")
    with Engine() as files, tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
        files.define("SET preserve_insertion_order = true")
        names = open_table(files, source, Path(work))
        columns = find_columns(rulebook, names, source)
        ready = docket(rulebook, known)
        compiled = Compiled(ready, table_rows(ready, columns), as_of)
        table = _Table(compiled, columns, source, out)
        if not on_spark:
            return _in_parts(files, table, Path(work), told, part)
        with SparkEngine(files, out.parent) as engine:
            engine.take(GIVEN, source, {name: names[name] for name in columns.read})
            return _at_once(engine, table)


@dataclass(frozen=True)
class _Table:
    """A table to decide and the file to write."""

    compiled: Compiled
    columns: Columns
    source: Path
    out: Path


def _at_once(engine: SparkEngine, table: _Table) -> Decided:
    """Decide all rows in one step each."""
    _refuse_double_keys(engine, table.columns, table.source)
    engine.run(HOLDING, table.compiled.masks())
    _learn(engine, table.compiled)
    engine.run("decided", f"{_decided(engine, table)} ORDER BY h.use_id")
    _write(engine, table)
    return _counts(engine, table)


def _in_parts(
    engine: Engine, table: _Table, work: Path, told: Callable[[int, int], None], rows: int
) -> Decided:
    """Decide ``rows`` rows at a time; which rules hold of a row is found twice, and kept nowhere."""
    _refuse_double_keys(engine, table.columns, table.source)
    engine.define(f"CREATE VIEW {HOLDING} AS {table.compiled.masks()}")
    _learn(engine, table.compiled)
    query = _decided(engine, table)
    count = engine.count(GIVEN)
    parts = []
    for first in range(1, max(count, 1) + 1, rows):
        last = min(first + rows - 1, count)
        parts.append(work / f"{first}.parquet")
        some = f"{query} WHERE h.use_id BETWEEN {first} AND {last} ORDER BY h.use_id"
        engine.define(f"COPY ({some}) TO {literal(str(parts[-1]))} (FORMAT parquet, COMPRESSION lz4_raw)")
        told(last, count)
    files = ", ".join(file_literal(part) for part in parts)
    engine.define(f"CREATE VIEW decided AS SELECT * FROM read_parquet([{files}])")  # noqa: S608
    _write(engine, table)
    return _counts(engine, table)


def _learn(engine: Engine | SparkEngine, compiled: Compiled) -> None:
    """Relation ``rule_answers``: what each set of rules that holds of some row comes to."""
    keys = ", ".join(compiled.key_names)
    found = engine.rows(f"SELECT DISTINCT {keys} FROM {HOLDING}")  # noqa: S608
    engine.load(answers_table(compiled), (answer(compiled, key) for key in found))


def _refuse_double_keys(engine: Engine | SparkEngine, columns: Columns, source: Path) -> None:
    if columns.key is None:
        return
    key = quoted(columns.key)
    twice = engine.rows(f"SELECT {key} FROM {GIVEN} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1")  # noqa: S608
    if twice:
        found = f'"{twice[0][0]}" more than once'
        raise InputRefusedError(str(source), f"each {columns.key} once", found, "Give every row its own key.")


# ---------------------------------------------------------------- what is written


def _decided(engine: Engine | SparkEngine, table: _Table) -> str:
    """The SELECT of what is written of each row, in no order."""
    compiled, columns = table.compiled, table.columns
    ready = compiled.ready
    rulebook = ready.rulebook
    outcomes = outcome_names(rulebook)
    said = [f"a.o{at} AS {quoted(outcome)}" for at, outcome in enumerate(outcomes)]
    masks = [name for name in compiled.key_names if name.startswith("p")]
    arrangement = f"a.o{outcomes.index('costs')}"
    shares = _shares(compiled, columns, arrangement)
    shown = [
        f"h.use_key AS {quoted(columns.key or 'row')}",
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
        f"ON {same_key(compiled)}"
    )


def _shares(compiled: Compiled, columns: Columns, arrangement: str) -> Iterator[str]:
    """What each payer bears of each cost of the table, and why an amount is open."""
    if not columns.costs:
        return
    rulebook = compiled.ready.rulebook
    facts = {fact.name: f"h.f{at}" for at, fact in enumerate(rulebook.facts)}
    costs = {name: f"h.cost{at}" for at, name in enumerate(columns.costs)}
    made = CostSql(rulebook, facts, arrangement, words=strange_columns(compiled))
    for share in made.shares(costs):
        yield f"{share.amount} AS {quoted(f'{share.cost_class}: {share.payer}')}"
    points = ", ".join(f"nullif({text}, '')" for text in made.open_points(costs).values())
    yield f"concat_ws('; ', {points}) AS {quoted('open costs')}"


def _problems(engine: Engine | SparkEngine, compiled: Compiled, columns: Columns) -> str:
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


def _advice(engine: Engine | SparkEngine, fact: Fact, at: int) -> str:
    """SQL for the nearest right word of each strange word of an enum."""
    if fact.type is not FactType.ENUM:
        return "''"
    query = f"SELECT DISTINCT w{at} FROM {HOLDING} WHERE w{at} IS NOT NULL ORDER BY 1 LIMIT {MOST_ADVICE}"  # noqa: S608
    near = ((str(word), did_you_mean(str(word), fact.values)) for (word,) in engine.rows(query))
    cases = " ".join(f"WHEN {literal(word)} THEN {literal('. ' + told)}" for word, told in near if told)
    return f"CASE h.w{at} {cases} ELSE '' END" if cases else "''"


def _write(engine: Engine | SparkEngine, table: _Table) -> None:
    """Write relation ``decided``; the key keeps the type it has in the table that was given."""
    columns, out = table.columns, table.out
    write = engine.write_parquet if out.suffix == ".parquet" else engine.write_csv
    key = "" if columns.key is None else quoted(columns.key)
    kept = f"* REPLACE (CAST({key} AS {columns.types[columns.key or DAY]}) AS {key})" if key else "*"
    with put_in_place(out) as aside:
        write(f"SELECT {kept} FROM decided", aside)  # noqa: S608


def _counts(engine: Engine | SparkEngine, table: _Table) -> Decided:
    columns, facts = table.columns, table.compiled.ready.rulebook.facts
    rows = engine.count("decided")
    asked = {outcome for rule in table.compiled.ready.rulebook.rules for outcome in rule.outcomes}
    said = [f"coalesce({quoted(name)} <> {literal(UNDETERMINED)}, FALSE)" for name in sorted(asked)]
    every = " AND ".join(["certain = 'yes'", *said])
    decided = int(engine.one(f"SELECT count(*) FROM decided WHERE {every}"))  # noqa: S608
    problems = int(engine.one("SELECT count(*) FROM decided WHERE problems <> ''"))
    by_rule: Sequence[tuple[str, int]] = [
        (str(rule), int(count))
        for rule, count in engine.rows("SELECT rule, count(*) FROM decided GROUP BY 1 ORDER BY 2 DESC, 1")
    ]
    missing = tuple(fact.name for fact in facts if fact.name not in columns.facts)
    absent = missing if columns.day is not None else (*missing, DAY)
    return Decided(rows, decided, rows - decided, problems, columns.unknown, absent, tuple(by_rule))

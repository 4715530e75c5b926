"""SQL for Spark: what is not known to mean the same is refused; what passes gives the same on both."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import duckdb
import pytest

from wardbook.policy.cost_numbers import quotient, shared
from wardbook.policy.given_table import _day, _money, _read
from wardbook.policy.model import FactType
from wardbook.records.engine import literal
from wardbook.records.spark_sql import spark_sql

pytest.importorskip("sqlglot")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT hash(a) FROM t", "Anonymous is not compared"),
        ("SELECT a / b FROM t", "Div is not compared"),
        ("SELECT avg(a) FROM t", "Avg is not compared"),
        ("SELECT sum(a) FROM t", "Sum is not compared"),
        ("SELECT list(a ORDER BY b) FROM t", "is not compared"),
        ("SELECT map_extract_value(MAP {['x']: 1}, [a]) FROM t", "is not compared"),
        ("SELECT a, row_number() OVER () FROM t", "is not compared"),
        ("SELECT * EXCLUDE (a) FROM t", "leaves out or renames columns"),
        ("SELECT count(a) FROM t", "is not of rows"),
        ("SELECT count(DISTINCT a) FROM t", "is not"),
        ("SELECT DISTINCT ON (a) b FROM t", "is no SELECT DISTINCT"),
        ("SELECT a FROM t LEFT JOIN s ON t.a = s.a", "is no plain inner join"),
        ("SELECT a FROM t JOIN s USING (a)", "is no plain inner join"),
        ("SELECT a FROM t CROSS JOIN s", "is no plain inner join"),
        ("SELECT CAST(a AS DOUBLE) FROM t", "is another type in Spark"),
        ("SELECT CAST(a AS TIMESTAMPTZ) FROM t", "is another type in Spark"),
        ("SELECT 1e3 FROM t", "is a double"),
        ("SELECT TRY_CAST(a AS DATE) FROM t", "is not behind a regexp_full_match"),
        (
            r"SELECT CASE WHEN regexp_full_match(a, '\d') THEN TRY_CAST(b AS BIGINT) END FROM t",
            "is not of the text that is tested",
        ),
        (r"SELECT regexp_full_match(a, '\w+') FROM t", "is no pattern that both engines read alike"),
        ("SELECT regexp_full_match(a, b) FROM t", "is no pattern that both engines read alike"),
        ("SELECT lower(a) FROM t", "is not compared with words without i and k"),
        ("SELECT CASE lower(a) WHEN 'kilo' THEN 1 END FROM t", "is not compared with words"),
        ("SELECT date_diff('month', a, b) FROM t", "is not of days"),
        ("SELECT trim(a, b) FROM t", "does not name the characters"),
        ("SELECT a FROM t ORDER BY a COLLATE NOCASE", "is not compared"),
        ("SELECT (SELECT max(a) FROM s) FROM t", "is not compared"),
        ("SELECT a FROM t UNION ALL SELECT b FROM s", "is not compared"),
    ],
)
def test_sql_that_may_mean_two_things_is_refused(query: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        spark_sql(query)


def test_a_text_is_no_sql() -> None:
    assert spark_sql(r"SELECT 'it''s \ odd' AS x") == r"SELECT 'it\'s \\ odd' AS x"


# ---------------------------------------------------------------- what passes, on both engines


ALPHABET = "ab'\"\\${}%_`;:?-/*\n\r\t\x01\x1a n0tu\x85\u2028\xa0é߀😀"
WHOLE = (0, 1, 3, 10**15, 2**31, 2**62 - 1)
CELLS = (
    *("yes", "YES", "Yes ", "", "?", " ?", "\xa0x\u2003", "\tx", "-0", "٣", "ſ", "\u212a"),
    *("-1.50", "12", "1e3", "NaN", "1,000", "+1", "1.", "00012.50", "999999999999999999", "2020-1-1"),
    *("2020-01-01", "2020-01-01 00:00:00+00", "2020-01-01 00:00:00 BC", "2020-01-01 00:00:00.5"),
    *("2020-02-30", "2020-01-01\n", "2020-01-01T00:00:00"),
)
DECIMALS = ("0", "0.5", "1.25", "-3.000001", "999999999999.999999", "100")
DAYS = ("0001-01-01", "1500-01-01", "1582-10-10", "1900-02-28", "2000-02-29", "2019-05-15", "9999-12-31")
TYPES = {
    FactType.YES_NO: "BOOLEAN",
    FactType.WHOLE: "BIGINT",
    FactType.MONEY: "DECIMAL(18,2)",
    FactType.DECIMAL: "DECIMAL(18,6)",
}


def texts() -> Iterator[str]:
    random = Random(5)
    for _ in range(150):
        yield literal("".join(random.choice(ALPHABET) for _ in range(random.randint(0, 12))))
    for odd in (r"${env:HOME} \u0041 \101", "--x", "/* a */", r"\%", ":name", "{{x}}", "r'a'", "$$x$$"):
        yield literal(odd)


def bits() -> Iterator[str]:
    for one, other in product(WHOLE, WHOLE):
        a, b = f"CAST({one} AS BIGINT)", f"CAST({other} AS BIGINT)"
        yield from (f"{a} & {b}", f"{a} & 7 <> 0", f"({a} >> 31) & 2147483647", f"{a} & ~({b} >> 31)")
        yield from (f"CAST({a} AS HUGEINT) * {b}", f"{a} - {b}", f"{a} < {b}")
        yield from (f"{a} // ({b} + 1)", f"{a} % ({b} + 1)", f"(CAST({a} AS HUGEINT) * 3) % ({b} + 1)")
        for rounding in ("half up", "half even", "down", "up"):
            yield quotient(f"CAST({one % 10**12} AS HUGEINT)", str(other % 10**12 + 1), rounding)
            yield shared(f"CAST({one} AS HUGEINT)", 10**6, "371234", str(10**6 + other % 9), rounding)


def cells() -> Iterator[str]:
    for cell in (*(literal(cell) for cell in CELLS), "NULL"):
        text = f"nullif(nullif(trim(CAST({cell} AS VARCHAR)), ''), '?')"
        yield from (text, _money(text), _day(text), f"{text} IS NOT NULL AND {_day(text)} IS NULL")
        yield from (_read(kind, sql, text) for kind, sql in TYPES.items())
        for other in ("'yes'", "''", "NULL"):
            yield from (f"concat_ws('; ', {cell}, {other}, NULL)", f"CAST({cell} AS VARCHAR) || {other}")
            yield from (f"concat('x', CAST({other} AS VARCHAR))", f"nullif({cell}, {other})")
            yield from (f"{cell} = {other}", f"{cell} < {other}")


def numbers() -> Iterator[str]:
    values = [f"CAST('{value}' AS DECIMAL(18,6))" for value in DECIMALS]
    for value in values:
        yield from (f"CAST({value} AS VARCHAR)", f"contains(CAST({value} AS VARCHAR), '.')", f"abs({value})")
        yield f"rtrim(rtrim(CAST({value} AS VARCHAR), '0'), '.')"
        yield f"CAST(CAST({value} AS DECIMAL(38,6)) * 1000000 AS HUGEINT)"
    wide = [f"CAST({value} AS DECIMAL(28,6))" for value in values]
    for one, other in product((*values, "CAST(NULL AS DECIMAL(18,6))"), ("0", "NULL", "CAST(7 AS HUGEINT)")):
        yield from (f"greatest({one}, {other})", f"least({one}, {other}, 1)", f"{one} < {other}")
    yield from (f"{one} - {other} < CAST('1.5' AS DECIMAL(2,1))" for one, other in product(wide, wide))


def days() -> Iterator[str]:
    for one, other in product(DAYS, DAYS):
        yield from (f"date_diff('day', DATE '{one}', DATE '{other}')", f"DATE '{one}' < DATE '{other}'")
    yield from (f"CAST(DATE '{day}' AS VARCHAR)" for day in DAYS)


def truths() -> Iterator[str]:
    values = ("TRUE", "FALSE", "CAST(NULL AS BOOLEAN)")
    for a, b in product(values, values):
        yield from (f"{a} AND {b}", f"{a} OR {b}", f"NOT ({a} AND {b})", f"{a} IN ({b}, TRUE)", f"{a} = {b}")
        yield f"CASE WHEN {a} THEN 1 WHEN NOT {b} THEN 2 ELSE 3 END"
        yield f"{a} IS NULL OR ({a} IS NOT NULL AND {b})"


@pytest.mark.parametrize("expressions", [texts, bits, cells, numbers, days, truths])
def test_what_passes_gives_the_same_on_both_engines(spark: Any, expressions: Any) -> None:
    told = list(expressions())
    for start in range(0, len(told), 400):
        some = told[start : start + 400]
        query = "SELECT " + ", ".join(f"{text} AS c{at}" for at, text in enumerate(some))
        wanted = duckdb.execute(query).fetchall()
        (found,) = spark.sql(spark_sql(query)).collect()
        differ = [
            (text, one, other)
            for text, one, other in zip(some, wanted[0], found, strict=True)
            if one != other or isinstance(one, Decimal | int) != isinstance(other, Decimal | int)
        ]
        assert not differ

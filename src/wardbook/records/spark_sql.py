r"""The SQL of a step, written for Spark.

Steps are written once, in DuckDB's dialect, and sqlglot writes them for Spark. What it writes can be wrong
without a word, so only a small part of SQL passes: each kind of node that may occur is listed, each was
compared on both engines, and anything else is refused. Where one text means two things, it is rewritten here:

=====================  ===================================================================================
``HUGEINT``            ``DECIMAL(38,0)``: Spark has no whole number of 128 bits
``a // b``             ``CAST(a DIV b AS DECIMAL(38,0))``: ``DIV`` gives 64 bits, whose product can overflow
``regexp_full_match``  ``RLIKE '\A(?:...)\z'``: Java's ``$`` also stands before a last line break; with
                       ``(?d)`` where there is a ``.``, which more characters stop (Sail knows no such flag)
``trim(x)``            of every blank of Unicode (category Zs), as DuckDB does; Spark takes off spaces only
=====================  ===================================================================================

A quotient ``a // b`` must be below 2^63: beyond, Spark's ``DIV`` wraps without a word. Casts to text are
alike for the types of `PLAIN_TYPES` only; a relation brought to Spark has no others.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import Any

from wardbook.errors import WrongUseError

SQLGLOT = "30.30.0"
"""The version of sqlglot whose output was compared; its output is part of the result."""

PLAIN_TYPES = re.compile(r"VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DATE|DECIMAL\(\d+,\d+\)")
"""The types (by DuckDB's names) whose values both engines read from Parquet and write as text alike."""

_RELATIONS = (
    *("Select", "With", "CTE", "TableAlias", "From", "Table", "Join", "Where", "Group", "Having", "Order"),
    *("Ordered", "Limit", "Distinct", "Subquery", "Star", "Alias", "Column", "Identifier", "Count"),
)
_VALUES = ("Literal", "Boolean", "Null", "Paren", "Cast", "TryCast", "DataType", "DataTypeParam", "Var")
_TRUTHS = ("And", "Or", "Not", "Is", "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "In", "Between")
_CHOICES = ("Case", "If", "Coalesce", "Nullif", "Greatest", "Least")
_NUMBERS = (
    *("Add", "Sub", "Mul", "IntDiv", "Mod", "Neg", "Abs", "BitwiseAnd", "BitwiseNot", "BitwiseRightShift"),
    "DateDiff",
)
_TEXTS = ("DPipe", "Concat", "ConcatWs", "Substring", "Trim", "Contains", "RegexpFullMatch", "Lower")
_NODES = frozenset((*_RELATIONS, *_VALUES, *_TRUTHS, *_CHOICES, *_NUMBERS, *_TEXTS))
"""The kinds of nodes that pass."""

_TYPES = frozenset({"BOOLEAN", "INT", "BIGINT", "INT128", "DECIMAL", "DATE", "VARCHAR", "TEXT"})
_PATTERN = re.compile(r"(?:[-0-9 :?*+.,{}()]|\[[-+]+\]|\\d|\\\.)+")
"""Regular expressions that mean the same in RE2 and in Java."""

_BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_WHOLE = re.compile(r"\d+")
_DECIMAL = re.compile(r"\d+\.\d+")


def spark_sql(query: str) -> str:
    """One SELECT of DuckDB's dialect as Spark's.

    Raises `ValueError` for SQL that is not known to mean the same on both, and `WrongUseError` where sqlglot
    is not installed in its version.
    """
    sqlglot = _sqlglot()
    tree = sqlglot.parse_one(query, read="duckdb")
    for node in tree.walk():
        _check(node)
    for node in reversed(list(tree.walk())):
        _rewrite(node)
    return str(tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE))


@cache
def _sqlglot() -> ModuleType:
    try:
        import sqlglot
    except ImportError as error:
        raise WrongUseError(
            f"the engine spark needs sqlglot: expected version {SQLGLOT}; found none. "
            'Install it with: pip install "wardbook[spark]"'
        ) from error
    found = metadata.version("sqlglot")
    if found != SQLGLOT:
        raise WrongUseError(
            f"the engine spark needs sqlglot {SQLGLOT}, whose output was compared with DuckDB's; found "
            f'{found}. Install it with: pip install "wardbook[spark]"'
        )
    return sqlglot


def name_sql(name: str) -> str:
    """A name of a column as Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


# ---------------------------------------------------------------- what passes


def _check(node: Any) -> None:
    kind = type(node).__name__
    if kind not in _NODES:
        raise _unknown(node, "is not compared on both engines")
    check = _CHECKS.get(kind)
    problem = check(node) if check else ""
    if problem:
        raise _unknown(node, problem)


def _unknown(node: Any, problem: str) -> ValueError:
    text = node.sql(dialect="duckdb")
    return ValueError(f"SQL for Spark: {type(node).__name__} {problem}: {text[:200]}")


def _check_join(node: Any) -> str:
    plain = not any(node.args.get(part) for part in ("side", "method", "using", "global", "match_condition"))
    inner = node.args.get("kind") in {None, "", "INNER"} and node.args.get("on") is not None
    return "" if plain and inner else "is no plain inner join"


def _check_star(node: Any) -> str:
    named = any(node.args.get(part) for part in ("except_", "except", "replace", "rename"))
    return "leaves out or renames columns" if named else ""


def _check_distinct(node: Any) -> str:
    alone = type(node.parent).__name__ == "Select" and not node.args.get("on")
    return "" if alone else "is no SELECT DISTINCT"


def _check_literal(node: Any) -> str:
    if node.is_string:
        return "has a NUL" if "\0" in node.this else ""
    return "" if _WHOLE.fullmatch(node.this) or _DECIMAL.fullmatch(node.this) else "is a double"


def _check_type(node: Any) -> str:
    return "" if node.this.name in _TYPES else "is another type in Spark"


def _check_try_cast(node: Any) -> str:
    """TRY_CAST reads more than one form in each engine, so the form is tested first."""
    case = node.parent
    test = case.args.get("this") if type(case).__name__ == "If" else None
    if test is None or type(test).__name__ != "RegexpFullMatch":
        return "is not behind a regexp_full_match"
    read = node.this.this if type(node.this).__name__ == "Substring" else node.this
    return "" if read == test.this else "is not of the text that is tested"


def _check_lower(node: Any) -> str:
    """A text in small letters differs between the engines; what it is compared with here never does."""
    case = node.parent
    words = [branch.this.name for branch in case.args["ifs"]] if type(case).__name__ == "Case" else []
    safe = words and all(re.fullmatch("[a-hj-z]+", word) and "k" not in word for word in words)
    return "" if safe else "is not compared with words without i and k"


def _check_trim(node: Any) -> str:
    characters = node.args.get("expression")
    return "" if characters is None or _is_text(characters) else "does not name the characters"


def _check_regexp(node: Any) -> str:
    pattern = node.args["expression"]
    plain = _is_text(pattern) and _PATTERN.fullmatch(pattern.name) and not node.args.get("options")
    return "" if plain else "is no pattern that both engines read alike"


def _check_date_diff(node: Any) -> str:
    unit = node.args.get("unit")
    return "" if unit is not None and unit.name.upper() == "DAY" else "is not of days"


def _check_count(node: Any) -> str:
    return "" if type(node.this).__name__ == "Star" else "is not of rows"


def _is_text(node: Any) -> bool:
    return type(node).__name__ == "Literal" and bool(node.is_string)


_CHECKS = {
    "Join": _check_join,
    "Star": _check_star,
    "Distinct": _check_distinct,
    "Literal": _check_literal,
    "DataType": _check_type,
    "TryCast": _check_try_cast,
    "Lower": _check_lower,
    "Trim": _check_trim,
    "RegexpFullMatch": _check_regexp,
    "DateDiff": _check_date_diff,
    "Count": _check_count,
}


# ---------------------------------------------------------------- what is rewritten


def _rewrite(node: Any) -> None:
    """Write one node otherwise in its place; the nodes below it were before."""
    exp = _sqlglot().exp
    match type(node).__name__:
        case "DataType" if node.this.name == "INT128":
            node.replace(_wide())
        case "IntDiv":
            node.replace(exp.Cast(this=node.copy(), to=_wide()))
        case "Trim" if node.args.get("expression") is None:
            node.set("expression", exp.Literal.string(_BLANKS))
            node.set("position", node.args.get("position") or "BOTH")
        case "RegexpFullMatch":
            pattern = node.args["expression"].name
            flag = "(?d)" if "." in pattern.replace(r"\.", "") else ""
            whole = exp.Literal.string(rf"{flag}\A(?:{pattern})\z")
            node.replace(exp.RegexpLike(this=node.this.copy(), expression=whole))


def _wide() -> Any:
    return _sqlglot().exp.DataType.build("DECIMAL(38, 0)")

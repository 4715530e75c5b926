"""A recorded query, written for Spark's dialect: macros put in, and what Spark says otherwise said so.

sqlglot writes the text anew; what it would write wrongly or not at all is rewritten before. That a query
means the same is not argued here: its rows are compared (`conformance_play`). Needs sqlglot only.

========================  ================================================================================
``w_hop(...)``            the macro's expression, in the place of the call
``* REPLACE``, EXCLUDE    the columns by name
``FILTER (x)``            ``FILTER (WHERE x)``
``SEMI``, ``ANTI JOIN``   ``LEFT SEMI``, ``LEFT ANTI JOIN``, with ON
``arg_min``, ``arg_max``  ``min_by``, ``max_by``
``quantile_disc(x, q)``   ``percentile_disc(q) WITHIN GROUP (ORDER BY x)``
``ASOF JOIN t``           a join with the rows of ``t`` that end where the next one begins (``lead``)
``x << y``                with ``y`` as a number of 32 bits
``to_timestamp(s)``       ``timestamp_seconds(s)``
``unnest`` in a SELECT    ``explode``
``row_number() OVER ()``  ``monotonically_increasing_id()``
``HUGEINT``               ``DECIMAL(38,0)``
``x // y``                NULL where ``y`` is 0, as on DuckDB
``1.5``                   a double
========================  ================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from tests.records.conformance_record import Macro

Columns = Callable[[str], Sequence[str]]
"""The columns of a relation, in order."""


def written(query: str, macros: Sequence[Macro], columns: Columns) -> str:
    """A query of DuckDB's dialect in Spark's."""
    tree = sqlglot.parse_one(query, read="duckdb")
    tree = _expanded(tree, {macro.name: macro for macro in macros})
    tree = _listed(tree, columns)
    for node in reversed(list(tree.walk())):
        change = _CHANGES.get(type(node))
        if change is not None:
            change(node)
    return str(tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE))


# ---------------------------------------------------------------- macros


def _expanded(tree: Any, macros: dict[str, Macro]) -> Any:
    """The tree with every macro's expression in its place, those within macros too."""
    while calls := [call for call in tree.find_all(exp.Anonymous) if call.name in macros]:
        for call in calls:
            macro = macros[call.name]
            given = dict(zip(macro.parameters, call.expressions, strict=True))
            body = sqlglot.parse_one(macro.text, read="duckdb")
            call.replace(exp.paren(body.transform(_argument, given)))
    return tree


def _argument(node: Any, given: dict[str, Any]) -> Any:
    if isinstance(node, exp.Column) and not node.table and node.name in given:
        return exp.paren(given[node.name].copy())
    return node


# ---------------------------------------------------------------- stars


def _listed(tree: Any, columns: Columns) -> Any:
    """The tree with ``* REPLACE`` and ``* EXCLUDE`` written as columns."""
    for star in list(tree.find_all(exp.Star)):
        replaced = {item.alias: item.this for item in star.args.get("replace") or ()}
        left_out = {item.name for item in star.args.get("except_") or star.args.get("except") or ()}
        if not replaced and not left_out:
            continue
        column: Any = star.parent if isinstance(star.parent, exp.Column) else star
        table = column.table if isinstance(column, exp.Column) else ""
        select: Any = column.parent
        names = _names(select, table, columns)
        shown = [
            exp.alias_(replaced[name].copy(), name) if name in replaced else exp.column(name, table or None)
            for name in names
            if name not in left_out
        ]
        at = select.expressions.index(column)
        select.set("expressions", [*select.expressions[:at], *shown, *select.expressions[at + 1 :]])
    return tree


def _names(select: Any, table: str, columns: Columns) -> list[str]:
    """The columns of the relation of a name in a SELECT's FROM, which may be one of its WITH."""
    source = select.args.get("from_") or select.args["from"]
    found = [node for node in (source.this, *(j.this for j in select.args.get("joins") or ())) if node]
    (relation,) = [node for node in found if not table or node.alias_or_name == table][:1]
    root = select.root()
    for common in root.find_all(exp.CTE):
        if common.alias == relation.name:
            return [name for one in common.this.expressions for name in _shown(one, common.this, columns)]
    return list(columns(relation.name))


def _shown(one: Any, select: Any, columns: Columns) -> list[str]:
    if isinstance(one, exp.Star):
        return _names(select, "", columns)
    if isinstance(one, exp.Column) and isinstance(one.this, exp.Star):
        return _names(select, one.table, columns)
    return [one.alias_or_name]


# ---------------------------------------------------------------- one node for another


def _filter(node: Any) -> None:
    if not isinstance(node.expression, exp.Where):
        node.set("expression", exp.Where(this=node.expression))


def _join(node: Any) -> None:
    kind = str(node.args.get("kind") or "").upper()
    if node.args.get("method") == "ASOF":
        _asof(node)
    if kind in {"SEMI", "ANTI"}:
        node.set("side", "LEFT")
    using = node.args.get("using")
    if using and kind in {"SEMI", "ANTI"}:
        select = node.parent
        source = select.args.get("from_") or select.args["from"]
        left, right = source.this.alias_or_name, node.this.alias_or_name
        names = [name.name for name in using]
        node.set("using", None)
        node.set("on", exp.and_(*(exp.column(n, right).eq(exp.column(n, left)) for n in names)))


def _asof(node: Any) -> None:
    """The rows of the right side, each until the next one of its key begins."""
    tests = list(node.args["on"].flatten()) if isinstance(node.args["on"], exp.And) else [node.args["on"]]
    (since,) = (test for test in tests if isinstance(test, exp.GTE))
    begins, at = since.expression.name, since.this
    right = node.this.alias_or_name
    keys = [side.name for test in tests if isinstance(test, exp.EQ) for side in (test.this, test.expression)
            if side.table == right]  # fmt: skip
    source = node.this.copy()
    source.set("alias", exp.TableAlias(this=exp.to_identifier("asof_rows")))
    ends = f"lead({begins}) OVER (PARTITION BY {', '.join(keys)} ORDER BY {begins}) AS asof_end"
    rows = exp.select("*", ends).from_(source).subquery(right)
    end = exp.column("asof_end", right)
    until = exp.or_(end.is_(exp.null()), exp.LT(this=at.copy(), expression=end.copy()))
    node.set("this", rows)
    node.set("method", None)
    node.set("on", exp.and_(*tests, until))


def _quantile(node: Any) -> None:
    """By name: sqlglot would write its own node as ``percentile_approx`` without a word."""
    value, share = node.this, node.args["expression"]
    order = exp.Order(expressions=[exp.Ordered(this=value.copy())])
    found = exp.Anonymous(this="percentile_disc", expressions=[share.copy()])
    node.replace(exp.WithinGroup(this=found, expression=order))


def _numbered(node: Any) -> None:
    if not node.args.get("partition_by") and not node.args.get("order") and not node.args.get("alias"):
        node.replace(exp.Anonymous(this="monotonically_increasing_id"))


def _type(node: Any) -> None:
    if node.this.name == "INT128":
        node.replace(exp.DataType.build("DECIMAL(38, 0)"))


def _literal(node: Any) -> None:
    if not node.is_string and "." in node.this and "e" not in node.this.lower():
        node.replace(exp.Cast(this=node.copy(), to=exp.DataType.build("DOUBLE")))


def _div(node: Any) -> None:
    if not isinstance(node.expression, exp.Literal):
        zero = exp.Literal.number(0)
        node.set("expression", exp.Nullif(this=node.expression.copy(), expression=zero))


def _shift(node: Any) -> None:
    node.set("expression", exp.Cast(this=exp.paren(node.expression.copy()), to=exp.DataType.build("INT")))


def _called(name: str) -> Callable[[exp.Expression], None]:
    def change(node: Any) -> None:
        given = (
            node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.args.get("expression")]
        )
        node.replace(exp.Anonymous(this=name, expressions=[one.copy() for one in given if one is not None]))

    return change


_CHANGES: dict[type, Callable[[Any], None]] = {
    exp.Filter: _filter,
    exp.Join: _join,
    exp.PercentileDisc: _quantile,
    exp.Window: _numbered,
    exp.DataType: _type,
    exp.Literal: _literal,
    exp.IntDiv: _div,
    exp.BitwiseLeftShift: _shift,
    exp.UnixToTime: _called("timestamp_seconds"),
    exp.ArgMin: _called("min_by"),
    exp.ArgMax: _called("max_by"),
}

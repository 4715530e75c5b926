"""A small DMN engine for tests, written from the specification: single-hit tables over S-FEEL.

It shares no code with the export or the import. Three values as in DMN 1.3: a comparison with null is null,
``null = x`` is false, and a rule matches only where each of its tests is true.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

NS = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MOVES: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub}
TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|<=|>=|!=|[<>=]|\.\.|[\[\](),+-]|[A-Za-z_]\w*(?:\.\w+)*)'
)


def words(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(text)
        found.append(match[1])
        at = match.end()
    return found


class Feel:
    """One expression or one list of unary tests, with the values of names."""

    def __init__(self, text: str, context: Mapping[str, object]) -> None:
        self.left = words(text)
        self.context = context

    def take(self, *wanted: str) -> str:
        if self.left and (not wanted or self.left[0] in wanted):
            return self.left.pop(0)
        return ""

    def value(self) -> object:
        word = self.take()
        if word.startswith('"'):
            return re.sub(r"\\(.)", r"\1", word[1:-1])
        if re.fullmatch(r"-?\d.*", word):
            return Decimal(word)
        if word in {"true", "false", "null"}:
            return {"true": True, "false": False}.get(word)
        if word in {"date", "duration"} and self.take("("):
            text = str(self.value())
            self.take(")")
            return date.fromisoformat(text) if word == "date" else timedelta(days=int(text[1:-1]))
        return self.context[word]

    def expression(self) -> object:
        left = self.sum()
        sign = self.take("<", "<=", ">", ">=", "=", "!=")
        if not sign:
            return left
        right = self.sum()
        if sign in {"=", "!="}:
            return (left == right) == (sign == "=")
        return None if left is None or right is None else SIGNS[sign](left, right)

    def sum(self) -> object:
        total = self.value()
        while sign := self.take("+", "-"):
            other = self.value()
            total = None if total is None or other is None else MOVES[sign](total, other)
        return total

    def holds(self, value: object) -> bool:
        if self.left == ["-"]:
            return True
        negated = self.left[0] == "not"
        if negated:
            self.left = self.left[2:-1]
        told = [self.test(value)]
        while self.take(","):
            told.append(self.test(value))
        assert not self.left
        return any(told) != negated

    def test(self, value: object) -> bool:
        sign = self.take(*SIGNS)
        if sign:
            end = self.value()
            return value is not None and end is not None and bool(SIGNS[sign](value, end))
        opened = self.take("[", "(", "]")
        if not opened:
            return bool(value == self.value())
        low, _, high, closed = self.value(), self.take(".."), self.value(), self.take()
        if value is None:
            return False
        above = SIGNS[">=" if opened == "[" else ">"]
        below = SIGNS["<=" if closed == "]" else "<"]
        return bool(above(value, low) and below(value, high))


def decide(text: str, given: Mapping[str, object]) -> dict[str, object]:
    """What each decision of a DMN text gives, by id; the decisions stand after those they need."""
    context = dict(given)
    for decision in ET.fromstring(text.encode()).findall(f"{NS}decision"):
        table = decision.find(f"{NS}decisionTable")
        assert table is not None
        context[decision.attrib["id"]] = _table(table, context)
    return {key: value for key, value in context.items() if key not in given}


def _table(table: ET.Element, context: Mapping[str, object]) -> object:
    inputs = [
        Feel(_text(one), context).expression() for one in table.findall(f"{NS}input/{NS}inputExpression")
    ]
    names = [one.get("name") or "" for one in table.findall(f"{NS}output")]
    hits = []
    for rule in table.findall(f"{NS}rule"):
        tests = zip(rule.findall(f"{NS}inputEntry"), inputs, strict=True)
        if all(Feel(_text(entry), context).holds(value) for entry, value in tests):
            hits.append([Feel(_text(one), context).value() for one in rule.findall(f"{NS}outputEntry")])
    policy = table.get("hitPolicy", "UNIQUE")
    if not hits:
        return None
    if policy != "FIRST" and any(hit != hits[0] for hit in hits):
        return "more than one"
    return hits[0][0] if len(names) == 1 else dict(zip(names, hits[0], strict=True))


def _text(element: ET.Element) -> str:
    return element.findtext(f"{NS}text") or ""

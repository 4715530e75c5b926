"""The part of FEEL (DMN's expression language) that decision tables use: S-FEEL's unary tests and literals.

A test of DMN knows two answers, a cell of a rulebook three. `sides` therefore says of a cell which known
values make it true and which make it false, each as a list of what is meant. Nothing is said by ``not(...)``:
in FEEL, ``not("a")`` holds of a value that is not known (Decision Model and Notation 1.3, 10.3.2.8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from wardbook.policy.cells import ORDERED, Between, Cell, holds
from wardbook.policy.model import Fact, FactType, FactValue

ANY = "-"
"""The unary test that holds of everything."""

Literal: TypeAlias = str | bool | int | Decimal | date
_Point: TypeAlias = int | Decimal | date

_TYPES = {
    FactType.ENUM: "string",
    FactType.TEXT: "string",
    FactType.YES_NO: "boolean",
    FactType.DATE: "date",
}


class FeelError(ValueError):
    """An expression that is not in the subset: what was expected, and what was found."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}; found {found}")
        self.expected = expected
        self.found = found


@dataclass(frozen=True)
class Sides:
    """A cell as unary tests: ``true`` and ``false`` are the tests that known values meet, empty for none.

    ``unknown`` is what the cell is where the fact is not known: true, false, or None (neither).
    """

    true: str
    false: str
    unknown: bool | None = None

    def turned(self) -> Sides:
        """The sides of the negation."""
        return Sides(self.false, self.true, None if self.unknown is None else not self.unknown)


# ---------------------------------------------------------------- writing


def feel_type(fact: Fact) -> str:
    """The FEEL type of a fact: string, boolean, number or date."""
    return _TYPES.get(fact.type, "number")


def literal(value: FactValue) -> str:
    """A value as FEEL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raise TypeError(f"FEEL has no literal for {value!r}")


def listed(values: Iterable[FactValue]) -> str:
    """Unary tests that hold of these values."""
    return ",".join(literal(value) for value in values)


def known(fact: Fact) -> str:
    """Unary tests that hold of every value of ``fact`` and not where it is not known; empty for a text."""
    if fact.type is FactType.ENUM:
        return listed(fact.values)
    if fact.type is FactType.YES_NO:
        return "true,false"
    if fact.type is FactType.TEXT:
        return ""
    middle = literal(date(2000, 1, 1) if fact.type is FactType.DATE else 0)
    return f"< {middle},>= {middle}"


def sides(cell: Cell, fact: Fact) -> Sides:
    """A cell of any fact but a text as unary tests."""
    unknown = holds(cell, None)
    if fact.type in ORDERED:
        inside, outside = _ordered(cell, fact)
        return Sides(inside, outside, unknown)
    values: Sequence[FactValue] = fact.values if fact.type is FactType.ENUM else (True, False)
    return Sides(
        listed(value for value in values if holds(cell, value)),
        listed(value for value in values if holds(cell, value) is False),
        unknown,
    )


def _ordered(cell: Cell, fact: Fact) -> tuple[str, str]:
    """Unary tests for the known values that a cell admits, and for the others."""
    if isinstance(cell, Between):
        return _inside(cell), ",".join(_outside(cell))
    points = sorted(cell.values)  # type: ignore[type-var]
    between = ",".join(_gaps(points)) if points else known(fact)  # type: ignore[arg-type]
    named = listed(points)
    return (between, named) if cell.negated else (named, between)


def _inside(cell: Between) -> str:
    if cell.low is None:
        return f"{'<=' if cell.high_in else '<'} {literal(cell.high)}"
    if cell.high is None:
        return f"{'>=' if cell.low_in else '>'} {literal(cell.low)}"
    first, last = "[" if cell.low_in else "(", "]" if cell.high_in else ")"
    return f"{first}{literal(cell.low)}..{literal(cell.high)}{last}"


def _outside(cell: Between) -> Iterable[str]:
    if cell.low is not None:
        yield f"{'<' if cell.low_in else '<='} {literal(cell.low)}"
    if cell.high is not None:
        yield f"{'>' if cell.high_in else '>='} {literal(cell.high)}"


def _gaps(points: Sequence[_Point]) -> Iterable[str]:
    yield f"< {literal(points[0])}"
    for low, high in pairwise(points):
        yield f"({literal(low)}..{literal(high)})"
    yield f"> {literal(points[-1])}"


# ---------------------------------------------------------------- reading


@dataclass(frozen=True)
class Name:
    """An endpoint that is the name of another input."""

    name: str


Endpoint: TypeAlias = Literal | Name | None


@dataclass(frozen=True)
class Test:
    """One unary test: ``sign`` is ``=``, ``<``, ``<=``, ``>`` or ``>=``; None stands for ``null``."""

    sign: str
    end: Endpoint


@dataclass(frozen=True)
class Interval:
    """``[low..high]`` and its open forms."""

    low: Endpoint
    high: Endpoint
    low_in: bool
    high_in: bool


@dataclass(frozen=True)
class Tests:
    """The unary tests of one cell, any of which may hold; ``negated``: none of them."""

    tests: tuple[Test | Interval, ...]
    negated: bool = False


_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?(?:\d{1,18}(?:\.\d{1,18})?|\.\d{1,18}))(?![\w.]\w)'
    r"|(?P<sign><=|>=|<|>|=)|(?P<dots>\.\.)|(?P<mark>[\[\](),])|(?P<word>[^\W\d][\w ]*(?:\.[^\W\d][\w ]*)*))"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def string_value(text: str) -> str:
    """The characters of a FEEL string literal."""
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)


def parse_tests(text: str) -> Tests | None:
    """Read the unary tests of one cell; None where it admits everything. Raises `FeelError`."""
    if text.strip() in {"", ANY}:
        return None
    return _Reader(text).whole()


def parse_literal(text: str) -> Literal | None:
    """Read one literal, such as an output; None is ``null``. Raises `FeelError`."""
    reader = _Reader(text)
    end = reader.endpoint()
    reader.finish()
    if isinstance(end, Name):
        raise FeelError("a literal", f'"{text.strip()}"')
    return end


class _Reader:
    """Recursive descent over the tokens of one cell."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                found = f'"{text[at:].strip()[:30]}" in "{text.strip()[:60]}"'
                raise FeelError("a unary test of S-FEEL", found)
            self.tokens.append((match.lastgroup, match[match.lastgroup].strip()))
            at = match.end()
        self.at = 0

    def sees(self, word: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1] == word and self.kind() != "string"

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, word: str) -> bool:
        taken = self.sees(word)
        self.at += taken
        return taken

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.refusal(f'"{word}"')

    def refusal(self, expected: str) -> FeelError:
        found = self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"
        return FeelError(expected, f'"{found}" in "{self.text.strip()[:60]}"')

    def finish(self) -> None:
        if self.at != len(self.tokens):
            raise self.refusal("the end of the cell")

    def whole(self) -> Tests:
        negated = self.sees("not") and self.tokens[self.at + 1 : self.at + 2] == [("mark", "(")]
        if negated:
            self.at += 2
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        if negated:
            self.need(")")
        self.finish()
        return Tests(tuple(tests), negated)

    def test(self) -> Test | Interval:
        if self.kind() == "sign":
            sign = self.tokens[self.at][1]
            self.at += 1
            return Test(sign, self.endpoint())
        if self.kind() == "mark" and self.tokens[self.at][1] in {"[", "]", "("}:
            return self.interval()
        return Test("=", self.endpoint())

    def interval(self) -> Interval:
        low_in = self.tokens[self.at][1] == "["
        self.at += 1
        low = self.endpoint()
        self.need("..")
        high = self.endpoint()
        if not (self.sees("]") or self.sees(")") or self.sees("[")):
            raise self.refusal('"]" or ")"')
        high_in = self.tokens[self.at][1] == "]"
        self.at += 1
        return Interval(low, high, low_in, high_in)

    def endpoint(self) -> Endpoint:
        kind = self.kind()
        if kind not in {"string", "number", "word"}:
            raise self.refusal("a literal or the name of an input")
        text = self.tokens[self.at][1]
        self.at += 1
        if kind == "string":
            return string_value(text)
        if kind == "number":
            return Decimal(text) if "." in text else int(text)
        if text in {"true", "false"}:
            return text == "true"
        if text == "null":
            return None
        if text == "date" and self.take("("):
            return self.day()
        if self.sees("("):
            raise self.refusal(f"a literal or the name of an input, not the function {text}")
        return Name(text)

    def day(self) -> date:
        if self.kind() != "string":
            raise self.refusal('a day as date("YYYY-MM-DD")')
        text = string_value(self.tokens[self.at][1])
        self.at += 1
        self.need(")")
        try:
            return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else _no_day(text)
        except ValueError as error:
            raise FeelError('a day as date("YYYY-MM-DD")', f'"{text}"') from error


def _no_day(text: str) -> date:
    raise FeelError('a day as date("YYYY-MM-DD")', f'"{text}"')

"""The free condition of a rule: a small, whitelisted fragment of boolean logic, from the ``when`` column.

::

    condition  = part (("and" part)* | ("or" part)*)        mixed only with parentheses
    part       = "not" part | "(" condition ")" | test
    test       = fact                                       a yes/no fact
               | fact ("=" | "<>" | "<" | "<=" | ">" | ">=") value
               | fact "is" ["not"] (value | "known")
               | fact ["not"] "in" "(" value ("," value)* ")"
               | fact ["not"] "between" value "and" value
               | fact sign fact [("+" | "-") number]        two facts of one type

Names of facts may have several words; the longest known name is meant. ``date`` is the day of the use.
Anything else is refused with its place: nothing of SQL or of any other language passes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardbook.policy.cells import (
    ORDERED,
    Between,
    CellError,
    OneOf,
    parse_value,
    says_unknown,
    show_value,
)
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactType,
    FactValue,
    Not,
)
from wardbook.policy.refusal import did_you_mean, one_of

DAY_FACT = Fact(DAY, DAY, FactType.DATE, (), "On what day?", "the day of the use", 0)
"""The day of the use, as a fact that conditions may compare."""

_TOKEN = re.compile(r"\s*(?:(<=|>=|<>|[<>=()+,-])|'((?:[^']|'')*)'|([^\s<>=()+,']+))")
_SIGNS = ("<", "<=", "=", "<>", ">=", ">")
_DEEPEST = 20
"""Parentheses and words "not" inside one another."""
_MOST_WORDS = 1000
"""Words and signs of one condition."""
_DAYS = r"[0-9]{1,9}"
_AMOUNT = r"[0-9]{1,12}(\.[0-9]{1,6})?"
_WORDS = frozenset({"and", "or", "not", "is", "in", "between", "known"})
_FOREIGN = {
    "==": 'Write "=".',
    "!=": 'Write "<>".',
    "null": 'Not known is not a value: write "is not known".',
    "unknown": 'Not known is not a value: write "is not known".',
}


class WhenError(CellError):
    """A condition that cannot be read; ``offset`` is the place in the cell, from 0."""

    def __init__(self, offset: int, expected: str, found: str, advice: str = "") -> None:
        super().__init__(expected, found, advice)
        self.offset = offset


@dataclass(frozen=True)
class _Token:
    text: str
    at: int
    end: int
    kind: str  # "sign", "quoted" or "word"


def parse_when(text: str, facts: Sequence[Fact]) -> Expression:
    """Read a condition over ``facts`` and the day of the use. Raises `WhenError`."""
    reader = _Reader(text, facts)
    expression = reader.condition()
    reader.end()
    return expression


def _tokens(text: str) -> list[_Token]:
    for foreign in (";", "--", "/*", '"', "`", "==", "!="):
        if foreign in text:
            at = text.index(foreign)
            raise WhenError(
                at, "a condition in the words of this column", f'"{foreign}"', _FOREIGN.get(foreign, "")
            )
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        if len(tokens) == _MOST_WORDS:
            wanted = f"a condition of at most {_MOST_WORDS:,} words and signs"
            raise WhenError(at, wanted, "more", "Write it as several rules.")
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise WhenError(start, "a condition in the words of this column", f'"{text[start : start + 10]}"')
        kind = "sign" if match[1] else "quoted" if match[2] is not None else "word"
        group = {"sign": 1, "quoted": 2, "word": 3}[kind]
        word = match[group].replace("''", "'") if kind == "quoted" else match[group]
        tokens.append(_Token(word, match.start(group), match.end(), kind))
        at = match.end()
    return tokens


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip()).casefold()


class _Reader:
    """Recursive descent over the tokens of one cell."""

    def __init__(self, text: str, facts: Sequence[Fact]) -> None:
        self.text = text
        self.facts = {_folded(fact.name): fact for fact in (*facts, DAY_FACT)}
        self.longest = max(len(name.split()) for name in self.facts)
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    # ------------------------------------------------------------ tokens

    def peek(self, ahead: int = 0) -> _Token | None:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def sees(self, *words: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind != "quoted" and token.text.casefold() in words

    def take(self, *words: str) -> bool:
        if self.sees(*words):
            self.at += 1
            return True
        return False

    def need(self, word: str, what: str) -> None:
        if not self.take(word):
            raise self.refusal(what)

    def refusal(self, expected: str, advice: str = "") -> WhenError:
        token = self.peek()
        if token is None:
            return WhenError(len(self.text), expected, "the end of the cell", advice)
        return WhenError(
            token.at, expected, f'"{token.text}"', advice or _FOREIGN.get(token.text.casefold(), "")
        )

    def end(self) -> None:
        if self.peek() is not None:
            raise self.refusal('"and", "or" or the end of the cell')

    # ------------------------------------------------------------ conditions

    def condition(self) -> Expression:
        parts, joined = [self.part()], ""
        while self.sees("and", "or"):
            token = self.tokens[self.at]
            word = token.text.casefold()
            if joined and word != joined:
                raise WhenError(
                    token.at,
                    f'"{joined}", or parentheses that say which belong together',
                    f'"{word}" after "{joined}"',
                    'Write "a and (b or c)" or "(a and b) or c".',
                )
            joined = word
            self.at += 1
            parts.append(self.part())
        if not joined:
            return parts[0]
        return AllOf(tuple(parts)) if joined == "and" else AnyOf(tuple(parts))

    def part(self) -> Expression:
        if not self.sees("not", "("):
            return self.test()
        if self.depth == _DEEPEST:
            wanted = f'at most {_DEEPEST} parentheses or "not" inside one another'
            raise self.refusal(wanted, "Write it as several rules.")
        self.depth += 1
        inside: Expression
        if self.take("not"):
            inside = Not(self.part())
        else:
            self.at += 1
            inside = self.condition()
            self.need(")", '")"')
        self.depth -= 1
        return inside

    def fact(self, expected: str = "the name of a fact") -> Fact:
        for count in range(self.longest, 0, -1):
            words = self.tokens[self.at : self.at + count]
            if len(words) == count and all(word.kind != "quoted" for word in words):
                start, end = words[0].at, words[-1].end
                found = self.facts.get(_folded(self.text[start:end]))
                if found is not None:
                    self.at += count
                    return found
        token = self.peek()
        word = token.text if token else ""
        known = [fact.name for fact in self.facts.values()]
        raise self.refusal(f"{expected}, {one_of(known)}", did_you_mean(word, known))

    def test(self) -> Expression:
        fact = self.fact()
        if self.sees("(") or self.sees("."):
            raise self.refusal("a test of a fact, not a function")
        negated = self.sees("not") and self.sees("in", "between", ahead=1) and self.take("not")
        if self.take("in"):
            return self._listed(fact, negated)
        if self.take("between"):
            return self._between(fact, negated)
        if self.take("is"):
            return self._is(fact)
        token = self.peek()
        if token is not None and token.kind == "sign" and token.text in _SIGNS:
            self.at += 1
            return self._signed(fact, token)
        if fact.type is not FactType.YES_NO:
            raise self.refusal(f'"is", "in", "between" or one of {" ".join(_SIGNS)} after {fact.name}')
        return Condition(fact.name, OneOf((True,)), "yes")

    def _is(self, fact: Fact) -> Expression:
        negated = self.take("not")
        if self.take("known"):
            cell = OneOf((), unknown=True, negated=not negated)
            return Condition(fact.name, cell, "?" if negated else "not ?")
        return self._one_of(fact, [self.value(fact)], negated)

    def _listed(self, fact: Fact, negated: bool) -> Expression:
        self.need("(", '"(" and values parted by commas')
        if self.sees(")"):
            raise self.refusal("a value", "A list without values holds of nothing.")
        values = [self.value(fact)]
        while self.sees(","):
            self._refuse_glued(fact)
            self.at += 1
            values.append(self.value(fact))
        self.need(")", '"," or ")"')
        return self._one_of(fact, values, negated)

    def _refuse_glued(self, fact: Fact) -> None:
        """A comma between two digits is not taken for one that parts values: ``1,250``."""
        at = self.tokens[self.at].at
        if fact.type in ORDERED and re.fullmatch(r"[0-9],[0-9]", self.text[at - 1 : at + 2]):
            advice = "Write amounts without commas, and a blank after a comma that parts two values."
            raise self.refusal("a blank after the comma", advice)

    def _one_of(self, fact: Fact, values: list[FactValue], negated: bool) -> Condition:
        if len(set(values)) != len(values):
            raise self.refusal("each value once")
        text = ", ".join(show_value(value) for value in values)
        cell = OneOf(tuple(values), negated=negated)
        return Condition(fact.name, cell, f"not {text}" if negated else text)

    def _between(self, fact: Fact, negated: bool) -> Expression:
        self._ordered(fact, "between")
        at = self.peek()
        low = self.bound(fact)
        self.need("and", '"and" and the upper end')
        high = self.bound(fact)
        if low > high:  # type: ignore[operator]
            found = f"{show_value(low)} and {show_value(high)}"
            raise WhenError(at.at if at else 0, "a range from low to high", f'"{found}"')
        text = f"{show_value(low)}..{show_value(high)}"
        test = Condition(fact.name, Between(low, high), text)
        return Not(test) if negated else test

    def _signed(self, fact: Fact, sign: _Token) -> Expression:
        start = self.at
        other = self._other_fact()
        if other is not None:
            self._refuse_two_meanings(fact, start)
            return self._compare(fact, sign, other)
        if sign.text not in {"=", "<>"}:
            self._ordered(fact, sign.text, sign.at)
        if sign.text in {"=", "<>"}:
            return self._one_of(fact, [self.value(fact)], sign.text == "<>")
        value = self.bound(fact)
        text = f"{sign.text} {show_value(value)}"
        closed = len(sign.text) == 2
        if sign.text[0] == "<":
            return Condition(fact.name, Between(None, value, high_in=closed), text)
        return Condition(fact.name, Between(value, None, low_in=closed), text)

    def _refuse_two_meanings(self, fact: Fact, start: int) -> None:
        """Note words that are a value of the fact and the name of another fact."""
        words = self.text[self.tokens[start].at : self.tokens[self.at - 1].end]
        if words.casefold() in {value.casefold() for value in (*fact.values, *fact.aliases)}:
            self.at = start
            advice = f"Write '{words}' in quotation marks for the value."
            raise self.refusal(f"a value of {fact.name} or the name of a fact, not both", advice)

    def _other_fact(self) -> Fact | None:
        before = self.at
        try:
            return self.fact()
        except WhenError:
            self.at = before
            return None

    def _compare(self, left: Fact, sign: _Token, right: Fact) -> Expression:
        if (left.type, left.unit) != (right.type, right.unit) or (
            left.type not in ORDERED and sign.text not in {"=", "<>"}
        ):
            kinds = f"{left.name} is {_kind(left)}, {right.name} is {_kind(right)}"
            raise WhenError(sign.at, "two facts of one type that can be compared", kinds)
        plus: int | Decimal = 0
        token = self.peek()
        if left.type in ORDERED and self.take("+", "-") and token is not None:
            plus = self._plus(left, -1 if token.text == "-" else 1)
        return Compare(left.name, sign.text, right.name, plus)

    def _plus(self, fact: Fact, sign: int) -> int | Decimal:
        token = self.peek()
        whole = fact.type in {FactType.DATE, FactType.WHOLE}
        if token is None or not re.fullmatch(_DAYS if whole else _AMOUNT, token.text):
            raise self.refusal("a whole number" if whole else "a number")
        self.at += 1
        if fact.type is FactType.DATE:
            self.take("days", "day")
        elif fact.unit:
            self.take(fact.unit.casefold())
        return sign * (int(token.text) if whole else Decimal(token.text))

    def _ordered(self, fact: Fact, word: str, at: int | None = None) -> None:
        if fact.type not in ORDERED:
            token = self.peek()
            place = at if at is not None else token.at if token else len(self.text)
            raise WhenError(place, f'"=" or "in" for {fact.name}', f'"{word}"', f"{fact.name} has no order.")

    # ------------------------------------------------------------ values

    def value(self, fact: Fact) -> FactValue:
        """One value of a fact: the words up to the next sign, comma, parenthesis, "and" or "or"."""
        first = self.peek()
        if first is None:
            raise self.refusal(f"a value of {fact.name}")
        if first.kind == "quoted":
            self.at += 1
            return self._parsed(first.text, fact, first)
        start = first.at
        self.take("-")
        words = 0
        while (token := self.peek()) is not None and self._in_value(token, fact):
            self.at += 1
            words += 1
        if not words:
            raise self.refusal(f"a value of {fact.name}")
        return self._parsed(self.text[start : self.tokens[self.at - 1].end], fact, first)

    def bound(self, fact: Fact) -> int | Decimal | date:
        """One value of a fact that has an order."""
        value = self.value(fact)
        if isinstance(value, int | Decimal | date):
            return value
        raise TypeError(f"{fact.name} has no order")

    def _in_value(self, token: _Token, fact: Fact) -> bool:
        """Whether a word goes on with a value; a text ends before any word of a condition."""
        if token.kind == "sign":
            return token.text == "-" and self.tokens[self.at - 1].end == token.at
        ends = _WORDS if fact.type is FactType.TEXT else {"and", "or"}
        return token.kind == "word" and token.text.casefold() not in ends

    def _parsed(self, text: str, fact: Fact, token: _Token) -> FactValue:
        try:
            return parse_value(text, fact)
        except CellError as error:
            advice = _FOREIGN["unknown"] if says_unknown(text) else error.advice
            raise WhenError(token.at, error.expected, error.found, advice) from None


def _kind(fact: Fact) -> str:
    return f"{fact.type.value} in {fact.unit}" if fact.unit else fact.type.value


# ---------------------------------------------------------------- showing


def show_expression(expression: Expression) -> str:
    """A condition in the words of the ``when`` column; read again, it gives the same condition."""
    match expression:
        case Condition(fact, cell):
            return _show_test(fact, cell)
        case Compare(left, sign, right, plus):
            shift = f" {'+' if plus > 0 else '-'} {show_value(abs(Decimal(plus)))}" if plus else ""
            return f"{left} {sign} {right}{shift}"
        case AllOf(parts):
            return " and ".join(_inside(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_inside(part) for part in parts)
        case Not(part):
            return f"not ({show_expression(part)})"


def _inside(part: Expression) -> str:
    return f"({show_expression(part)})" if isinstance(part, AllOf | AnyOf) else show_expression(part)


def _show_test(fact: str, cell: object) -> str:
    if isinstance(cell, Between):
        low = "" if cell.low is None else f"{fact} {'>=' if cell.low_in else '>'} {show_value(cell.low)}"
        high = "" if cell.high is None else f"{fact} {'<=' if cell.high_in else '<'} {show_value(cell.high)}"
        return f"({low} and {high})" if low and high else low or high
    if not isinstance(cell, OneOf):
        raise TypeError(f"{type(cell).__name__} is not a cell")
    if cell.unknown and not cell.values:
        return f"{fact} is {'' if cell.negated else 'not '}known"
    values = ", ".join(_quoted(show_value(value)) for value in cell.values)
    listed = f"{fact} {'not ' if cell.negated else ''}in ({values})"
    if not cell.unknown:
        return listed
    return f"({listed} {'and' if cell.negated else 'or'} {fact} is {'' if cell.negated else 'not '}known)"


def _quoted(text: str) -> str:
    plain = not re.search(r"[\s<>=()+,'-]", text) and text.casefold() not in _WORDS
    return text if plain else "'" + text.replace("'", "''") + "'"

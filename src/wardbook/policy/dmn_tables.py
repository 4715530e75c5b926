"""A rulebook as DMN decision tables that give equal answers, with facts that are not known.

DMN's hit policies are not the meaning of a rulebook: they know no third truth value, no conflict, and no rule
that is itself overridden. So the meaning is spelt out, in plain tables with hit policy FIRST:

1. ``rule ...``: one table a rule says how far it stands: ``certain`` (true, and nothing that overrides it may
   stand), ``true`` (true, but may be overridden), ``open`` (not known), or ``no``.
2. ``answer ...``: where several rules say the same, how far that answer stands, which is as far as the
   furthest of them.
3. the question: decided where one answer is at least true and no other may stand; a conflict where two are
   certain; no rule where none may stand; else undetermined.

These are the bounds of `policy.resolve`, table by table, so the size grows with the rulebook and not with the
cases. Tables list the values that make a rule false before those that make it true; a value that is not known
is in neither list and falls to the line below. So nothing but S-FEEL is needed, and no engine's reading of
``null`` in a comparison or of ``not(...)``; only a test of a text says ``null``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TypeAlias

from wardbook.policy.cells import ORDERED, Between, Cell, OneOf, holds
from wardbook.policy.classes import DAY_FACT, bounds, conjuncts, invariant_parts
from wardbook.policy.determine import in_force
from wardbook.policy.dmn_model import Authority, Column, Input, Line, Model, Output, Table
from wardbook.policy.feel import ANY, Sides, feel_type, known, listed, literal, sides
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactType,
    Invariant,
    Not,
    Rule,
    Rulebook,
    known_on,
)
from wardbook.policy.resolve import Deck, decks, members
from wardbook.policy.when import show_expression

DAY_INPUT = "day_of_use"
"""The input that holds the day of the use."""

STATUS = "status"
"""The output that says how a question came out: one of `STATUSES`."""

DECIDED, UNDETERMINED, CONFLICT, NO_RULE, CONTRADICTION = STATUSES = (
    "decided",
    "undetermined",
    "conflict",
    "no rule",
    "facts contradict",
)

CERTAIN, TRUE, OPEN, NO = STANDINGS = ("certain", "true", "open", "no")
TRUTHS = ("true", "false", "open")

Saying: TypeAlias = tuple[tuple[str, str], ...]

SAID = """\
Decision tables made from a wardbook rulebook. For each question, the decision with the question's name gives
"status" and the outcomes: status "decided" with the outcomes as the rulebook decides them, or "undetermined"
(a fact that is not known could change the answer), "conflict" (rules contradict each other), "no rule"
(no rule speaks of the case) or "facts contradict" (the facts break what cannot be otherwise); then every
outcome is "undetermined".
Give null for a fact that is not known, and for the day of the use. Values must be among the values that the
input allows; the rulebook also tells of a value it does not understand, which these tables cannot.
The tables hold the rules in force at any day (by the day of the use) as the rulebook knows them last. They do
not hold: which facts would settle an undetermined answer, the splitting of costs among payers and its
rounding, earlier states of the rulebook, examples, or the proof. The words of the law are in the knowledge
sources; the rulebook itself stands in the extension element."""

_RESERVED = frozenset(
    {"and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies"}
    | {"between", "function", "external", "true", "false", "null", "instance", "of", "date", "time"}
    | {"duration", "string", "number", "list", "context", "boolean", "range", "item", "partial", "min"}
    | {"max", "sum", "mean", "count", "all", "any", "now", "today", "years", "months", "days", STATUS}
)
"""Words with a meaning in FEEL, or in these tables."""


def to_model(rulebook: Rulebook) -> Model:
    """The decision tables of ``rulebook``, with the rules known last."""
    return _Maker(rulebook).model()


@dataclass(frozen=True)
class _Part:
    """A column and what makes the part of a rule it stands for true or false."""

    column: Column
    sides: Sides


Lines: TypeAlias = Callable[[Sequence[_Part]], Iterator[tuple[tuple[str, ...], str]]]


def law_name(anchor: str) -> str:
    """The name of the knowledge source that holds the words of a provision."""
    return f"law_{anchor}"


def _feel_name(words: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_") or "x"
    return f"n_{name}" if name[0].isdigit() or name in _RESERVED else name


class _Maker:
    """Makes the tables of one rulebook; ``tables`` has those made so far, each after what it needs."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = known_on(rulebook, date.max)
        self.outcomes = {rule.question: tuple(rule.outcomes) for rule in rulebook.rules}
        self.taken: set[str] = {DAY_INPUT}
        self.facts = {fact.name: fact for fact in rulebook.facts} | {DAY: DAY_FACT}
        self.names = {fact.name: self.name(fact.name) for fact in rulebook.facts} | {DAY: DAY_INPUT}
        self.made: dict[Expression, _Part] = {}
        self.tables: list[Table] = []

    def name(self, words: str) -> str:
        """A name for FEEL that no other input or decision has."""
        base = name = _feel_name(words)
        count = 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        return name

    def model(self) -> Model:
        invariants = [self.invariant(invariant) for invariant in self.rulebook.invariants]
        for deck in decks(self.rulebook):
            self.question(deck, invariants)
        titles = self.rulebook.law_titles
        law = self.rulebook.law.items()
        return Model(
            self.rulebook.title,
            tuple(self.inputs()),
            tuple(self.tables),
            tuple(Authority(law_name(anchor), titles[anchor], text) for anchor, text in law),
            SAID,
            self.rulebook.text,
        )

    def inputs(self) -> Iterator[Input]:
        yield Input(DAY_INPUT, "date", "the day of the use", "", DAY_FACT.question)
        for fact in self.rulebook.facts:
            yield Input(self.names[fact.name], feel_type(fact), fact.name, _allowed(fact), fact.question)

    # ------------------------------------------------------------ parts

    def parts(self, expressions: Iterable[Expression]) -> list[_Part]:
        """The parts that must all hold, each as a column."""
        return [self.part(one) for expression in expressions for one in conjuncts(expression)]

    def part(self, expression: Expression) -> _Part:
        """An expression as a column; what is not a test of one fact gets a decision of its own."""
        if isinstance(expression, Not):
            inner = self.part(expression.part)
            return _Part(inner.column, inner.sides.turned())
        if isinstance(expression, Condition) and self.facts[expression.fact].type is not FactType.TEXT:
            fact = self.facts[expression.fact]
            return _Part(self.fact_column(fact), sides(_cell(expression), fact))
        if expression not in self.made:
            self.made[expression] = self.helper(expression)
        return self.made[expression]

    def helper(self, expression: Expression) -> _Part:
        """A decision that says whether an expression holds: "true", "false" or "open"."""
        match expression:
            case Condition():
                columns, lines = self.text_test(expression)
            case Compare():
                columns, lines = self.comparison(expression)
            case AllOf(parts):
                columns, lines = self.joined([self.part(one) for one in parts], _all_lines)
            case AnyOf(parts):
                columns, lines = self.joined([self.part(one) for one in parts], _any_lines)
            case _:
                raise TypeError(f"{expression!r} is no part of a rule")
        name = self.name(f"test {len(self.made) + 1}")
        self.add(name, columns, _output("truth", TRUTHS), lines, show_expression(expression))
        return _Part(Column(name, "string", name, listed(TRUTHS)), Sides('"true"', '"false"'))

    def joined(self, parts: Sequence[_Part], lines: Lines) -> tuple[tuple[Column, ...], list[Line]]:
        made = [Line(tests, (literal(truth),)) for tests, truth in lines(parts)]
        return tuple(part.column for part in parts), made

    def add(
        self,
        name: str,
        columns: Sequence[Column],
        output: Output,
        lines: Sequence[Line],
        label: str,
        said: str = "",
        cites: Iterable[str] = (),
    ) -> None:
        """Add a table; one that reads nothing gets the day of the use as its column, as DMN wants one."""
        if not columns:
            columns = (self.fact_column(DAY_FACT),)
            lines = [Line((ANY,), line.results) for line in lines]
        self.tables.append(
            Table(
                name,
                tuple(columns),
                (output,),
                tuple(lines),
                label=label,
                said=said,
                needs=self.read_by(columns),
                cites=tuple(dict.fromkeys(law_name(anchor) for anchor in cites)),
            )
        )

    def fact_column(self, fact: Fact) -> Column:
        return Column(self.names[fact.name], feel_type(fact), fact.name, _allowed(fact))

    def text_test(self, test: Condition) -> tuple[tuple[Column, ...], list[Line]]:
        cell = _cell(test)
        if not isinstance(cell, OneOf):
            raise TypeError("a text has no order")
        truth = {None: "open", True: "true", False: "false"}[holds(cell, None)]
        lines = [Line(("null",), (literal(truth),))]
        if cell.values:
            lines.append(Line((listed(cell.values),), (literal("false" if cell.negated else "true"),)))
        lines.append(Line((ANY,), (literal("true" if cell.negated else "false"),)))
        return (self.fact_column(self.facts[test.fact]),), lines

    def comparison(self, test: Compare) -> tuple[tuple[Column, ...], list[Line]]:
        """Both facts must be known before the answer of FEEL counts: to it, ``null = 5`` is false."""
        left, right = self.facts[test.left], self.facts[test.right]
        sign = "!=" if test.sign == "<>" else test.sign
        compared = f"{self.names[left.name]} {sign} {self.names[right.name]}"
        if test.plus:
            size = literal(test.plus).removeprefix("-")
            shift = f'duration("P{size}D")' if right.type is FactType.DATE else size
            compared += f" {'+' if test.plus > 0 else '-'} {shift}"
        columns = (self.fact_column(left), self.fact_column(right), Column(compared, "boolean", compared))
        here = (known(left) or ANY, known(right) or ANY)
        unknown = [] if ANY not in here else [("null", ANY, ANY), (ANY, "null", ANY)]
        lines = [Line(tests, (literal("open"),)) for tests in unknown]
        lines += [Line((*here, truth), (literal(truth),)) for truth in ("true", "false")]
        return columns, [*lines, Line((ANY, ANY, ANY), (literal("open"),))]

    def read_by(self, columns: Iterable[Column]) -> tuple[str, ...]:
        """The inputs and decisions that the expressions of columns name, in order."""
        expressions = (re.sub(r'"[^"]*"', "", column.expression) for column in columns)
        words = (word for text in expressions for word in re.findall(r"[a-z][a-z0-9_]*", text))
        return tuple(dict.fromkeys(word for word in words if word in self.taken))

    # ------------------------------------------------------------ rules

    def rule(self, rule: Rule, over: Sequence[str]) -> str:
        """The table that says how far one rule stands; ``over`` are those of the rules that override it."""
        parts = self.parts(rule.conditions if rule.when is None else (*rule.conditions, rule.when))
        if rule.in_force_from is not None or rule.in_force_to is not None:
            cell = Between(rule.in_force_from, rule.in_force_to)
            parts.insert(0, _Part(self.fact_column(DAY_FACT), sides(cell, DAY_FACT)))
        above = [Column(name, "string", name, listed(STANDINGS)) for name in over]
        lines = []
        for at in range(len(over)):
            tests = [ANY] * (len(over) + len(parts))
            tests[at] = literal(CERTAIN)
            lines.append(Line(tuple(tests), (literal(NO),), "overridden"))
        for own, truth in _all_lines(parts):
            if truth == "true":
                lines.append(Line((*[literal(NO)] * len(over), *own), (literal(CERTAIN),)))
            if truth != "true" or over:
                standing = {"true": TRUE, "false": NO, "open": OPEN}[truth]
                lines.append(Line((*[ANY] * len(over), *own), (literal(standing),)))
        name = self.name(f"rule {rule.name}")
        columns = (*above, *(part.column for part in parts))
        output = _output("standing", STANDINGS)
        self.add(name, columns, output, lines, f"rule {rule.name}", _rule_words(rule), rule.anchors)
        return name

    def invariant(self, invariant: Invariant) -> str:
        """The table that says whether the facts keep ("true") or break ("false") an invariant."""
        columns, lines = self.joined(self.parts(invariant_parts(invariant)), _all_lines)
        name = self.name(f"invariant {invariant.name}")
        said = f"{invariant.text}. Source: {invariant.source}"
        self.add(name, columns, _output("truth", TRUTHS), lines, f"invariant {invariant.name}", said)
        return name

    # ------------------------------------------------------------ questions

    def question(self, deck: Deck, invariants: Sequence[str]) -> None:
        """The tables of one question: its rules, its answers, and what it comes to."""
        standing: dict[int, str] = {}
        for at in deck.order:
            over = [standing[above] for above in members(deck.overridden_by[at])]
            standing[at] = self.rule(deck.rules[at], over)
        rules: dict[Saying, list[str]] = {}
        for at, rule in enumerate(deck.rules):
            rules.setdefault(tuple(sorted(rule.outcomes.items())), []).append(standing[at])
        answers = [self.answer(said, names) for said, names in rules.items()]
        columns = [Column(one, "string", one, listed(TRUTHS)) for one in invariants]
        columns += [Column(one, "string", one, listed(STANDINGS)) for one in answers]
        outcomes = self.outcomes[deck.question]
        lines = [Line(*line) for line in _question_lines(list(rules), outcomes, len(invariants))]
        needs = tuple(column.expression for column in columns)
        if not columns:  # every rule was withdrawn: a table wants a column, even to say so
            columns, needs = [self.fact_column(DAY_FACT)], (DAY_INPUT,)
            lines = [Line((ANY,), line.results) for line in lines[:1]]
        outputs = [_output(STATUS, STATUSES), *(Output(one, label=one) for one in outcomes)]
        self.tables.append(
            Table(
                self.name(deck.question),
                tuple(columns),
                tuple(outputs),
                tuple(lines),
                label=deck.question,
                question=deck.question,
                needs=needs,
            )
        )

    def answer(self, said: Saying, rules: Sequence[str]) -> str:
        """The decision that says how far one answer stands: the rule's own where only one gives it."""
        if len(rules) == 1:
            return rules[0]
        words = ", ".join(f"{outcome} {value}" for outcome, value in said)
        lines = []
        for standing in (CERTAIN, TRUE, OPEN):
            for at in range(len(rules)):
                tests = [ANY] * len(rules)
                tests[at] = literal(standing)
                lines.append(Line(tuple(tests), (literal(standing),)))
        lines.append(Line((ANY,) * len(rules), (literal(NO),)))
        columns = [Column(rule, "string", rule, listed(STANDINGS)) for rule in rules]
        name = self.name(f"answer {words}"[:60])
        self.add(name, columns, _output("standing", STANDINGS), lines, f"answer: {words}")
        return name


# ---------------------------------------------------------------- lines


def _all_lines(parts: Sequence[_Part]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The lines of Kleene's AND: tests, a column each, and "true", "false" or "open".

    A part whose fact, while not known, makes it true is false only in the values it lists; one that is then
    false is true only in the values it lists; any other may be open.
    """
    sides_of = [part.sides for part in parts]
    for at, one in enumerate(sides_of):
        if one.unknown is not False and one.false:
            yield _only(parts, {at: one.false}), "false"
    needed = {at: one.true for at, one in enumerate(sides_of) if one.unknown is not True}
    if all(needed.values()):
        yield _only(parts, needed), "true"
    listed_ones = {at: one.true for at, one in enumerate(sides_of) if one.unknown is False}
    if any(one.unknown is None for one in sides_of) and all(listed_ones.values()):
        yield _only(parts, listed_ones), "open"
    if listed_ones:
        yield _only(parts, {}), "false"


def _any_lines(parts: Sequence[_Part]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The lines of Kleene's OR: those of the AND of the negations, negated."""
    negated = {"true": "false", "false": "true", "open": "open"}
    turned = [_Part(part.column, part.sides.turned()) for part in parts]
    for tests, truth in _all_lines(turned):
        yield tests, negated[truth]


def _only(parts: Sequence[_Part], tests: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(tests.get(at, ANY) for at in range(len(parts)))


def _question_lines(
    answers: Sequence[Saying], outcomes: Sequence[str], invariants: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The lines of a question: how it came out, and the outcomes."""
    count = len(answers)
    nothing = (literal(UNDETERMINED),) * len(outcomes)
    blank = (ANY,) * invariants
    for at in range(invariants):
        tests = [ANY] * (invariants + count)
        tests[at] = literal("false")
        yield tuple(tests), (literal(CONTRADICTION), *nothing)
    for at, answer in enumerate(answers):
        stands = [literal(NO)] * count
        stands[at] = listed((CERTAIN, TRUE))
        said = dict(answer)
        yield (*blank, *stands), (literal(DECIDED), *(literal(said[outcome]) for outcome in outcomes))
    yield (*blank, *(literal(NO),) * count), (literal(NO_RULE), *nothing)
    for one, other in combinations(range(count), 2):
        stands = [ANY] * count
        stands[one] = stands[other] = literal(CERTAIN)
        yield (*blank, *stands), (literal(CONFLICT), *nothing)
    yield (*blank, *(ANY,) * count), (literal(UNDETERMINED), *nothing)


def _output(name: str, values: Sequence[str]) -> Output:
    return Output(name, label=name, values=listed(values))


# ---------------------------------------------------------------- words


def _allowed(fact: Fact) -> str:
    """The values of a fact as unary tests; empty where every value of its FEEL type is one."""
    if fact.type is FactType.ENUM:
        return listed(fact.values)
    low, high = bounds(fact)
    if fact.type not in ORDERED or (low is None and high is None):
        return ""
    return sides(Between(low, high), fact).true


def _cell(test: Condition) -> Cell:
    if not isinstance(test.cell, OneOf | Between):
        raise TypeError(f"{test.fact}: {test.cell!r} is no cell")
    return test.cell


def _rule_words(rule: Rule) -> str:
    """A rule in words: what it asks, what it says, and why."""
    asked = [f"{test.fact}: {test.text}" for test in rule.conditions]
    asked += [rule.when_text] if rule.when_text else []
    said = ", ".join(f"{outcome} {value}" for outcome, value in rule.outcomes.items())
    words = f"{'; '.join(asked) or 'always'}. Then {said}. In force {in_force(rule)}. Cites {rule.cites}."
    words += f" Overrides {', '.join(rule.overrides)}." if rule.overrides else ""
    return f"{words} {rule.note}".strip()

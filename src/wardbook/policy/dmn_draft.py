"""Decision tables of others, read from DMN, as the draft of a rulebook.

A DMN model has no law, no days in force, and no word for what is not known. The draft says so at each place:
what it could not know is marked `TO_BE_WRITTEN`, and rules whose model names no knowledge source cite the
heading "To be cited", whose text says that nothing is cited yet. The draft loads, so that an author can try
it and fill it in.

Hit policies: UNIQUE and ANY become rules without overrides, FIRST becomes overrides of the later rules that
say something else. Other policies have no meaning as one answer with one reason, and are refused. Where every
fact is known the draft decides as the tables do; where one is not, a DMN table falls through to a later rule,
and the draft says "undetermined".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardbook.policy.cells import says_unknown, show_value
from wardbook.policy.dmn_model import Authority, Column, Input, Line, Model, Table
from wardbook.policy.dmn_read import refuse
from wardbook.policy.feel import FeelError, Interval, Literal, Name, Test, Tests, parse_literal, parse_tests
from wardbook.policy.model import OUTCOMES, FactType
from wardbook.policy.read_facts import RESERVED
from wardbook.policy.read_rules import ANSWERS, MOST_RULES, PURPOSES, UNDETERMINED
from wardbook.policy.sheet import plain

TO_BE_WRITTEN = "to be written"
TO_BE_CITED = "to-be-cited"

POLICIES = ("UNIQUE", "FIRST", "ANY")

_WHY_NOT = {
    "COLLECT": "its answer is a list or a sum, not one answer with one reason",
    "RULE ORDER": "its answer is a list, not one answer with one reason",
    "OUTPUT ORDER": "its answer is a list, not one answer with one reason",
    "PRIORITY": "it ranks answers and not rules; say which rule overrides which",
}
_TYPES = {"boolean": FactType.YES_NO, "number": FactType.DECIMAL, "date": FactType.DATE}
_ORDERED = frozenset({FactType.DECIMAL, FactType.DATE})
_INTRODUCTION = f"""\
This is a draft, read from the decision tables of a DMN model. The model says nothing of the law it rests on,
of the days on which its rules are in force, or of the records that settle a fact. Each such place says
"{TO_BE_WRITTEN}" or cites "To be cited". The time zone and the currency are chosen only so that the draft can
be read. Where a fact is not known, the tables of the model pass on to a later rule;
a rulebook says "undetermined"."""

_SIMPLE_NAME = re.compile(r"[^\W\d][\w ]*(?:\.[^\W\d][\w ]*)*")
_BAD_WORD = re.compile(r"[?<>=()|\";,]|\.\.")
_PLAIN_TEXT = re.compile(r"\s+")


@dataclass(frozen=True)
class _Fact:
    """A fact of the draft: the input's name in FEEL, its name and type here, and what it asks."""

    feel: str
    name: str
    type: FactType
    values: tuple[str, ...]
    question: str


def draft(model: Model) -> str:
    """The Markdown of a rulebook for the decision tables of ``model``.

    Raises `InputRefusedError`, naming decision, rule and column, for what the language of rulebooks lacks.
    """
    made = _Draft(model)
    return "\n".join(made.lines()) + "\n"


class _Draft:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.decisions = {table.name for table in model.tables}
        self.facts = self._facts()
        self.rules: set[str] = set()
        self.used: set[str] = set()
        self.outcomes: dict[str, tuple[str, ...]] = {}
        self.anchors = _anchors(model.authorities)
        if not model.tables:
            raise refuse("", "a decision table", "none")

    # ------------------------------------------------------------ the page

    def lines(self) -> Iterator[str]:
        questions = [line for table in self.model.tables for line in self._question(table)]
        title = _words(self.model.title)
        yield from ("---", f"title: {title}", f"jurisdiction: {TO_BE_WRITTEN}", f"authority: {TO_BE_WRITTEN}")
        yield from (
            "version: draft",
            "time_zone: UTC",
            "currency: USD",
            "---",
            "",
            f"# {title}",
            "",
            _INTRODUCTION,
        )
        yield from self._law()
        yield from ("", "## Facts", "")
        rows = [
            (one.name, "-", one.type.value, ", ".join(one.values), one.question, TO_BE_WRITTEN)
            for one in self.facts.values()
        ]
        yield from _pipe(("fact", "reads", "type", "values", "question", "settled by"), rows)
        if self.outcomes:
            yield from ("", "## Outcomes", "")
            named = ((name, ", ".join(values)) for name, values in self.outcomes.items())
            yield from _pipe(("outcome", "values"), named)
        yield from questions

    def _law(self) -> Iterator[str]:
        yield from ("", "## The law", "")
        for authority in self.model.authorities:
            yield f"### {_words(authority.title)} {{#{self.anchors[authority.name]}}}"
            yield ""
            if authority.text:
                yield from (f"> {_words(line)}".rstrip() for line in authority.text.split("\n"))
            else:
                title = _words(authority.title)
                yield f"> Paraphrase of {title}: {TO_BE_WRITTEN}. The DMN model names it without a quotation."
            yield ""
        if self._uncited():
            yield f"### To be cited {{#{TO_BE_CITED}}}"
            yield ""
            yield "> Paraphrase of no law: the DMN model from which these rules were read cites none. Replace"
            yield "> this by the words of the law each rule rests on."

    def _uncited(self) -> bool:
        return any(not self._cites(table) for table in self.model.tables)

    def _cites(self, table: Table) -> str:
        return "; ".join(self.anchors[name] for name in table.cites if name in self.anchors)

    # ------------------------------------------------------------ facts

    def _facts(self) -> dict[str, _Fact]:
        declared = {one.name: one for one in self.model.inputs}
        found: dict[str, _Fact] = {}
        for table in self.model.tables:
            for column in table.columns:
                place = f"decision {table.name}, column {column.label or column.expression}"
                name = column.expression.strip()
                if name in self.decisions:
                    advice = "A rulebook has no facts that rules decide: write the tests out in one table."
                    raise refuse(place, "the name of an input", f'the decision "{name}"', advice)
                if name not in declared and not _SIMPLE_NAME.fullmatch(name):
                    raise refuse(place, "the name of an input", f'"{name}"')
                fact = _fact(declared.get(name, Input(name, "")), column, place)
                known = found.setdefault(name, fact)
                if (known.type, known.values) != (fact.type, fact.values):
                    wanted = f"one type and the same values of {name} in each table"
                    raise refuse(place, wanted, fact.type.value)
                if any(plain(one.name) == plain(fact.name) and one.feel != name for one in found.values()):
                    raise refuse(place, "inputs whose names differ in letters or digits", f'"{name}"')
        return found

    # ------------------------------------------------------------ questions

    def _question(self, table: Table) -> Iterator[str]:
        place = f"decision {table.name}"
        if table.policy not in POLICIES:
            why = _WHY_NOT.get(table.policy, "it is no hit policy of DMN")
            raise refuse(place, f"hit policy {', '.join(POLICIES)}", table.policy, f"{table.policy}: {why}.")
        if not table.lines:
            raise refuse(place, "a rule", "none")
        if len(table.lines) + 1 > MOST_RULES:
            raise refuse(place, f"at most {MOST_RULES - 1} rules", str(len(table.lines)))
        said = self._said(table, place)
        outcomes = self._outcomes(table, said, place)
        rows = list(self._rows(table, said, place))
        columns = [self.facts[column.expression.strip()].name for column in table.columns]
        if len(set(columns)) != len(columns):
            raise refuse(place, "each input in one column", "an input twice")
        yield from ("", f"## Question: {_words(table.question or table.label or table.name)}", "")
        headings = ("rule", "cites", "in force", "overrides", *columns, "when")
        yield from _pipe((*headings, *(f"=> {name}" for name in outcomes), "note", "settled by"), rows)

    def _said(self, table: Table, place: str) -> list[tuple[str, ...]]:
        """What each rule says, outcome by outcome."""
        return [
            tuple(
                _said(text, f"{place}, rule {at}, output {output.name or table.name}")
                for text, output in zip(line.results, table.outputs, strict=True)
            )
            for at, line in enumerate(table.lines, 1)
        ]

    def _outcomes(self, table: Table, said: Sequence[tuple[str, ...]], place: str) -> list[str]:
        names = []
        for at, output in enumerate(table.outputs):
            values = tuple(dict.fromkeys(row[at] for row in said if row[at] != UNDETERMINED))
            if output.default:
                values = tuple(dict.fromkeys([*values, _said(output.default, f"{place}, default")]))
            name = self._outcome(output.name or output.label or table.label or table.name, values)
            names.append(name)
            if name not in OUTCOMES:
                self.outcomes[name] = tuple(value for value in values if value != UNDETERMINED)
        return names

    def _outcome(self, words: str, values: Sequence[str]) -> str:
        """The name of an outcome; one that every audit knows only where the values are its own."""
        name = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_") or "outcome"
        name = name if name[0].isalpha() else f"outcome_{name}"
        known: Mapping[str, tuple[str, ...]]
        known = {"purpose": PURPOSES, "security_reason": ANSWERS, "permitted": ANSWERS}
        fits = all(value in known.get(name, ()) for value in values)
        base = name if name not in OUTCOMES or (fits and name in known) else f"{name}_said"
        name, count = base, 1
        while name in self.used:
            count += 1
            name = f"{base}_{count}"
        self.used.add(name)
        return name

    def _rows(self, table: Table, said: Sequence[tuple[str, ...]], place: str) -> Iterator[tuple[str, ...]]:
        base = re.sub(r"[^A-Za-z0-9]+", "-", table.name).strip("-") or "rule"
        names = [self._rule_name(f"{base}-{at}") for at in range(1, len(table.lines) + 1)]
        cites = self._cites(table) or TO_BE_CITED
        first = table.policy == "FIRST"
        defaults = [output.default for output in table.outputs]
        otherwise = self._rule_name(f"{base}-otherwise") if any(defaults) else ""
        for at, line in enumerate(table.lines):
            over = [names[n] for n in range(at + 1, len(names)) if first and said[n] != said[at]]
            over += [otherwise] if otherwise else []
            cells, when = self._cells(table, line, f"{place}, rule {at + 1}")
            open_end = TO_BE_WRITTEN if UNDETERMINED in said[at] else ""
            note = _words(line.note)
            yield (names[at], cites, "always", ", ".join(over), *cells, when, *said[at], note, open_end)
        if otherwise:
            if not all(defaults):
                raise refuse(place, "a default for each output or for none", "defaults for some")
            told = [_said(default, f"{place}, default") for default in defaults]
            open_end = TO_BE_WRITTEN if UNDETERMINED in told else ""
            blank = [""] * len(table.columns)
            note = "what the tables say where no rule of theirs speaks"
            yield (otherwise, cites, "always", "", *blank, "", *told, note, open_end)

    def _rule_name(self, name: str) -> str:
        base, count = name, 1
        while name in self.rules:
            count += 1
            name = f"{base}-{count}"
        self.rules.add(name)
        return name

    def _cells(self, table: Table, line: Line, place: str) -> tuple[list[str], str]:
        """The cells of a rule, and what no cell can say as its ``when``."""
        cells, when = [], []
        for text, column in zip(line.tests, table.columns, strict=True):
            where = f"{place}, column {column.label or column.expression}"
            fact = self.facts[column.expression.strip()]
            try:
                tests = parse_tests(text)
            except FeelError as error:
                raise refuse(where, error.expected, error.found) from error
            cell = "" if tests is None else self._cell(tests, fact, where)
            cells.append(cell or "")
            if cell is None and tests is not None:
                when.append(self._when(tests, fact, where))
        return cells, " and ".join(f"({one})" if len(when) > 1 else one for one in when)

    def _cell(self, tests: Tests, fact: _Fact, place: str) -> str | None:
        """The tests as one cell; None where no cell says them."""
        equal = [one for one in tests.tests if isinstance(one, Test) and one.sign == "="]
        if len(equal) == len(tests.tests) and not any(isinstance(one.end, Name) for one in equal):
            values = dict.fromkeys(self._value(one.end, fact, place) for one in equal)
            return ("not " if tests.negated else "") + ", ".join(values)
        if len(tests.tests) != 1 or tests.negated:
            return None
        one = tests.tests[0]
        self._ordered(one, fact, place)
        if isinstance(one, Interval):
            if isinstance(one.low, Name) or isinstance(one.high, Name) or not (one.low_in and one.high_in):
                return None
            return f"{self._bound(one.low, fact, place)}..{self._bound(one.high, fact, place)}"
        return None if isinstance(one.end, Name) else f"{one.sign} {self._bound(one.end, fact, place)}"

    def _when(self, tests: Tests, fact: _Fact, place: str) -> str:
        told = [self._test(one, fact, place) for one in tests.tests]
        words = " or ".join(f"({one})" if len(told) > 1 else one for one in told)
        return f"not ({words})" if tests.negated else words

    def _test(self, one: Test | Interval, fact: _Fact, place: str) -> str:
        if isinstance(one, Interval):
            self._ordered(one, fact, place)
            low = f"{fact.name} {'>=' if one.low_in else '>'} {self._end(one.low, fact, place)}"
            high = f"{fact.name} {'<=' if one.high_in else '<'} {self._end(one.high, fact, place)}"
            return f"{low} and {high}"
        if one.sign != "=":
            self._ordered(one, fact, place)
        if one.end is None:
            return f"{fact.name} is not known"
        return f"{fact.name} {one.sign} {self._end(one.end, fact, place)}"

    def _ordered(self, one: Test | Interval, fact: _Fact, place: str) -> None:
        orders = isinstance(one, Interval) or one.sign != "="
        if orders and fact.type not in _ORDERED:
            advice = f"{fact.name} is {fact.type.value}."
            raise refuse(place, f"values of {fact.name}", "a test of order", advice)

    def _end(self, end: Literal | Name | None, fact: _Fact, place: str) -> str:
        if not isinstance(end, Name):
            value = self._bound(end, fact, place)
            return value if fact.type in _ORDERED or fact.type is FactType.YES_NO else f"'{value}'"
        other = self.facts.get(end.name)
        if other is None or other.type is not fact.type:
            raise refuse(place, f"a value, or an input of the type of {fact.name}", f'"{end.name}"')
        return other.name

    def _bound(self, end: Literal | Name | None, fact: _Fact, place: str) -> str:
        if end is None:
            raise refuse(place, f"a value of {fact.name}", "null as a bound")
        return self._value(end, fact, place)

    def _value(self, end: Literal | Name | None, fact: _Fact, place: str) -> str:
        """A literal as a cell says it; ``?`` for null."""
        if end is None:
            return "?"
        if isinstance(end, Name):
            raise refuse(place, f"a value of {fact.name}", f'the name "{end.name}"')
        kinds: dict[FactType, type | tuple[type, ...]]
        kinds = {FactType.YES_NO: bool, FactType.DATE: date, FactType.DECIMAL: (int, Decimal)}
        fits = isinstance(end, kinds.get(fact.type, str))
        if not fits or (fact.type is FactType.DECIMAL and isinstance(end, bool)):
            raise refuse(place, f"values of {fact.name}, which is {fact.type.value}", f'"{end}"')
        if isinstance(end, str):
            if fact.type is FactType.ENUM and end not in fact.values:
                raise refuse(place, f"one of {', '.join(fact.values)}", f'"{end}"')
            return _word(end, place)
        return show_value(end)


# ---------------------------------------------------------------- parts


def _fact(declared: Input, column: Column, place: str) -> _Fact:
    kind = declared.type or column.type
    allowed = declared.values or column.values
    name = _fact_name(declared.name or column.expression)
    question = _words(declared.question) or f"{_words(declared.label or name)}?"
    if kind in _TYPES:
        return _Fact(declared.name, name, _TYPES[kind], (), question)
    if kind not in {"string", "Any", ""}:
        raise refuse(place, "an input of type string, boolean, number or date", f'"{kind}"')
    values = _values(allowed, place)
    return _Fact(declared.name, name, FactType.ENUM if values else FactType.TEXT, values, question)


def _fact_name(words: str) -> str:
    name = _PLAIN_TEXT.sub(" ", re.sub(r"[^\w ]+", " ", words)).strip()
    return f"{name} given" if plain(name) in RESERVED - {"purpose"} else name


def _values(allowed: str, place: str) -> tuple[str, ...]:
    """The values that an input allows, where it lists words."""
    if not allowed:
        return ()
    try:
        tests = parse_tests(allowed)
    except FeelError as error:
        raise refuse(f"{place}, allowed values", error.expected, error.found) from error
    if tests is None or tests.negated:
        return ()
    ends = [one.end for one in tests.tests if isinstance(one, Test) and one.sign == "="]
    if len(ends) != len(tests.tests) or not all(isinstance(end, str) for end in ends):
        raise refuse(f"{place}, allowed values", "a list of strings", f'"{allowed[:60]}"')
    return tuple(dict.fromkeys(_word(str(end), place) for end in ends))


def _word(word: str, place: str) -> str:
    """A string as a value of a rulebook. Raises `InputRefusedError` for one that a cell could not say."""
    bad = not word or word != word.strip() or _BAD_WORD.search(word) or word != " ".join(word.split())
    if bad or says_unknown(word) or word.casefold().startswith("not "):
        wanted = 'a value without , ; ? | " ( ) < > = or "..", that does not say "not known"'
        raise refuse(place, wanted, f'"{word}"')
    return word


def _said(text: str, place: str) -> str:
    """What an output entry says, as a value of an outcome; null is "cannot be determined"."""
    try:
        value = parse_literal(text)
    except FeelError as error:
        raise refuse(place, "a literal", error.found) from error
    if value is None or value == "":
        return UNDETERMINED
    return _word(value, place) if isinstance(value, str) else show_value(value)


def _anchors(authorities: Sequence[Authority]) -> dict[str, str]:
    found: dict[str, str] = {}
    for authority in authorities:
        words = authority.name.removeprefix("law_") or authority.title
        base = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-") or "law"
        anchor, count = base, 1
        while anchor in found.values() or anchor == TO_BE_CITED:
            count += 1
            anchor = f"{base}-{count}"
        found[authority.name] = anchor
    return found


def _words(text: str) -> str:
    """A text of the model as one line of prose: nothing in it is a heading, a table, an anchor or hidden."""
    line = " ".join(text.split())
    line = re.sub(r"<(?=[A-Za-z/?!])", "< ", line).replace("{#", "{ #")
    line = line.replace("```", "'''").replace("~~~", "'''")
    return re.sub(r"^[#>|]+\s*", "", line)


def _pipe(headings: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

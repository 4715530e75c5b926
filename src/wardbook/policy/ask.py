"""Asking a rulebook about one use: facts in, the answer with its reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from wardbook.errors import WrongUseError
from wardbook.policy.cells import CellError, parse_value, show_value
from wardbook.policy.classes import invariant_parts
from wardbook.policy.decide import cited
from wardbook.policy.determine import (
    DAY_SETTLED_BY,
    Determined,
    Docket,
    Known,
    Masks,
    determine,
    docket,
    fact_name,
)
from wardbook.policy.meaning import all_of, in_force_on, met, true_of
from wardbook.policy.model import AllOf, Fact, FactValue, Rule, Rulebook, Strange
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.resolve import members
from wardbook.policy.sheet import plain
from wardbook.policy.who_pays import AskedCost, Payment, asked_costs, facts_wanted, payments_of, who_pays

_HEADINGS = {
    "purpose": "Purpose",
    "security_reason": "Was security the reason",
    "permitted": "Permitted",
    "costs": "Arrangement of costs",
}

_NOT_KNOWN = {"", "?", "unknown", "not known"}


@dataclass(frozen=True)
class Cited:
    """One provision the answer rests on: anchor, title, and its words as the rulebook quotes them."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Missing:
    """One fact that keeps the answer or an amount open: its name, the question, and what settles it."""

    fact: str
    question: str
    settled_by: str


@dataclass(frozen=True)
class Answer:
    """The answer: outcomes (None where undetermined), the rules behind it, and what remains to be known.

    ``payments`` are empty where the arrangement of costs is undetermined. ``write_down`` is what the record
    of the use must say.
    """

    outcomes: Mapping[str, str | None]
    rules: tuple[str, ...]
    cites: tuple[Cited, ...]
    citation: str
    reason: str
    reasons: tuple[str, ...]
    missing: tuple[Missing, ...]
    settled_by: tuple[str, ...]
    payments: tuple[Payment, ...]
    write_down: tuple[str, ...]


def ask(
    rulebook: Rulebook,
    facts: Mapping[str, FactValue],
    day: date | None = None,
    costs: Sequence[str] = (),
) -> Answer:
    """Answer for a use with these facts on ``day`` (today in the rulebook's time zone, where None).

    Facts are named as in the rulebook or as in the book's facts; values may be typed or as written in a cell
    (``yes``, ``campaign``); facts not given are not known. ``costs`` are the cost classes to answer for, with
    an amount where it is known (``airfare=1,234.56``); none means all that the arrangement names. Raises
    `WrongUseError` with the nearest right word.
    """
    ready = docket(rulebook)
    asked = asked_costs(rulebook, costs)
    values = dict(parse_fact(rulebook, name, value) for name, value in facts.items())
    on = day or datetime.now(ZoneInfo(rulebook.settings["time_zone"])).date()
    return _answer(ready, evaluate(ready, values, on), values, asked)


def evaluate(ready: Docket, values: Mapping[str, FactValue], day: date | None) -> Determined:
    """Determine a use with these values, by the facts' names; a value not given, or None, is not known."""
    masks = [_masks(deck.rules, values, day) for deck in ready.decks]
    missing, strange = (0 if day is not None else ready.day_bit), 0
    for at, fact in enumerate(ready.rulebook.facts):
        value = values.get(fact.name)
        missing |= isinstance(value, Strange | None) << at
        strange |= isinstance(value, Strange) << at
    open_terms = _bits(true_of(term, values, day) is None for term in ready.terms)
    broken = _bits(
        true_of(AllOf(invariant_parts(invariant)), values, day) is False
        for invariant in ready.rulebook.invariants
    )
    return determine(ready, masks, Known(missing, strange, open_terms, broken))


def _bits(answers: Iterable[bool]) -> int:
    return sum(answer << at for at, answer in enumerate(answers))


def _masks(rules: Sequence[Rule], values: Mapping[str, FactValue], day: date | None) -> Masks:
    true = unknown = out_of_force = 0
    for at, rule in enumerate(rules):
        held, valid = met(rule, values, day), in_force_on(rule, day)
        both = all_of((held, valid))
        true |= (both is True) << at
        unknown |= (both is None) << at
        out_of_force |= (held is True and valid is False) << at
    return Masks(true, unknown, out_of_force)


# ---------------------------------------------------------------- what was asked


def parse_fact(rulebook: Rulebook, name: str, value: FactValue) -> tuple[str, FactValue]:
    """The fact's name in the rulebook and its value, from a name and a value as a person writes them.

    An empty value, ``?`` and ``unknown`` are None: not known. Raises `WrongUseError` with the nearest word.
    """
    fact = find_fact(rulebook, name)
    if value is None or (isinstance(value, str) and value.strip().casefold() in _NOT_KNOWN):
        return fact.name, None
    try:
        return fact.name, parse_value(show_value(value), fact)
    except CellError as error:
        wanted = error.expected
        raise WrongUseError(
            f"{fact.name}: expected {wanted}; found {error.found}. {error.advice}".strip()
        ) from error


def find_fact(rulebook: Rulebook, name: str) -> Fact:
    """The fact of that name (as in the rulebook or in the book). Raises `WrongUseError`."""
    wanted = plain(name)
    for fact in rulebook.facts:
        if wanted and wanted in {plain(fact.name), plain(fact.reads)}:
            return fact
    known = [fact.name for fact in rulebook.facts]
    near = did_you_mean(name, known)
    raise WrongUseError(f'"{name}" is no fact of {rulebook.title}: expected {one_of(known)}. {near}'.strip())


# ---------------------------------------------------------------- the answer


def _answer(
    ready: Docket, found: Determined, values: Mapping[str, FactValue], asked: Sequence[AskedCost]
) -> Answer:
    rulebook = ready.rulebook
    arrangement = found.outcomes["costs"]
    rules = payments_of(rulebook, arrangement, [cost.cost_class for cost in asked])
    payments = who_pays(rulebook, arrangement, asked, values)
    wanted = [
        Missing(fact.name, fact.question, fact.settled_by) for fact in facts_wanted(rulebook, rules, values)
    ]
    anchors = [a for rule in found.standing for a in rule.anchors] + [
        a for _, r in rules if r for a in r.anchors
    ]
    return Answer(
        outcomes=found.outcomes,
        rules=found.rules,
        cites=tuple(
            Cited(anchor, rulebook.law_titles[anchor], rulebook.law[anchor])
            for anchor in dict.fromkeys(anchors)
        ),
        citation="; ".join(cited(found)),
        reason=reason(ready, found, values),
        reasons=reasons(ready, found, values),
        missing=tuple(dict.fromkeys((*_missing(ready, found), *wanted))),
        settled_by=found.missing,
        payments=payments,
        write_down=tuple(dict.fromkeys(payment.write_down for payment in payments if payment.write_down)),
    )


def reason(ready: Docket, found: Determined, values: Mapping[str, FactValue]) -> str:
    """The reason in words, with the values of the facts behind it."""
    return ". ".join(reasons(ready, found, values))


def reasons(ready: Docket, found: Determined, values: Mapping[str, FactValue]) -> tuple[str, ...]:
    """The reasons in words, one for each rule or open question, with the values of the facts behind it."""
    facts = ready.rulebook.facts
    said = []
    for part in found.parts:
        shown = [f"{facts[at].name} = {show_value(values.get(facts[at].name))}" for at in members(part.shown)]
        said.append(f"{part.words} ({', '.join(shown)})" if shown else part.words)
    return tuple(said)


def _missing(ready: Docket, found: Determined) -> tuple[Missing, ...]:
    facts = ready.rulebook.facts
    wanted = sorted({at for indexes in found.missing_facts for at in indexes})
    return tuple(
        Missing(facts[at].name, facts[at].question, facts[at].settled_by)
        if at < len(facts)
        else Missing(fact_name(ready, at), "On what day?", DAY_SETTLED_BY)
        for at in wanted
    )

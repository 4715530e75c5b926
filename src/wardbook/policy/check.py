"""The examples of a rulebook, run as its tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wardbook.policy.ask import evaluate
from wardbook.policy.costs import payments
from wardbook.policy.determine import Determined, Docket, docket, fact_name
from wardbook.policy.model import Example, Rulebook
from wardbook.policy.resolve import Kind


@dataclass(frozen=True)
class Failure:
    """One expected outcome that the rules do not give: place, what was expected and what was found."""

    file: str
    line: int
    case: str
    outcome: str
    expected: str
    found: str

    def __str__(self) -> str:
        case = f" ({self.case})" if self.case else ""
        place = f"{self.file}:{self.line}{case}"
        return f"{place}: {self.outcome} should be {self.expected}; the rules give {self.found}"


def run_examples(rulebook: Rulebook) -> list[Failure]:
    """The expected outcomes that the rules do not give, in the order of the file; empty if all pass."""
    ready = docket(rulebook)
    return [failure for example in rulebook.examples for failure in _failures(ready, example)]


def _failures(ready: Docket, example: Example) -> list[Failure]:
    found = evaluate(ready, example.facts, example.day)
    failures = []
    for outcome, expected in example.expected.items():
        given = _given(ready, found, outcome)
        if given != _plain(expected):
            file = ready.rulebook.path
            failures.append(Failure(file, example.line, example.name, outcome, expected, given))
    return [*failures, *_payment_failures(ready, example, found)]


def _payment_failures(ready: Docket, example: Example, found: Determined) -> Iterator[Failure]:
    """The expected payments that the cost rules do not give."""
    rulebook = ready.rulebook
    shares = payments(rulebook, found.outcomes["costs"], example.costs, example.facts)
    for (cost_class, payer), expected in example.payments.items():
        same = [share for share in shares if share.cost_class == cost_class]
        amounts = [share.amount for share in same if share.payer == payer]
        if any(share.amount is None for share in same):
            given = "undetermined"
        else:
            given = f"{sum((a for a in amounts if a is not None), Decimal(0)):.2f}"
        if cost_class not in example.costs:
            given = f"nothing: the example gives no cost {cost_class}"
        if given != expected:
            outcome = f"{cost_class}: {payer}"
            yield Failure(rulebook.path, example.line, example.name, outcome, expected, given)


def _plain(expected: str) -> str:
    word, _, rest = expected.partition(":")
    if word.strip() != "undetermined":
        return expected
    return "undetermined: " + ", ".join(sorted(item.strip() for item in rest.split(",")))


def _given(ready: Docket, found: Determined, outcome: str) -> str:
    for deck, verdict, missing in zip(ready.decks, found.verdicts, found.missing_facts, strict=True):
        if outcome not in deck.rules[0].outcomes:
            continue
        if verdict.kind is Kind.DECIDED:
            return verdict.outcomes[outcome]
        if verdict.kind is Kind.OPEN:
            return "undetermined: " + ", ".join(sorted(fact_name(ready, at) for at in missing))
        return f"undetermined: {verdict.kind.value}"
    return "nothing: no question decides it"

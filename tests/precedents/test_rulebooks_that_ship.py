"""The rulebooks that ship: examples at their edges, paraphrases that say so, gaps that are meant."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from wardbook.policy.ask import evaluate
from wardbook.policy.check import run_examples
from wardbook.policy.costs import PUBLIC_BODY
from wardbook.policy.determine import docket
from wardbook.policy.model import Rulebook
from wardbook.policy.prove import prove
from wardbook.policy.read import load

ROOT = Path(__file__).resolve().parents[2]
BOOKS = sorted(str(path.relative_to(ROOT / "rulebooks")) for path in (ROOT / "rulebooks").rglob("*.md"))
NAMED = {
    "new-york-city/security-detail.md",
    "new-york-city/penalties.md",
    "west-virginia/state-aircraft.md",
    "new-york-state/travel-time-share.md",
    "us-house/primary-purpose.md",
    "us-federal-elections/campaign-stop.md",
    "us-executive/time-share-1982.md",
    "us-federal/home-to-work.md",
    "us-treasury/security-transport.md",
    "washington-state/executive-protection.md",
    "australia/full-cost-plus.md",
    "voluntary/missouri-2004.md",
    "voluntary/new-jersey-2011.md",
    "voluntary/wisconsin-2015.md",
}

CHARTER = {"rule-1-13-b", "charter-2606-b", "charter-2606-b-1", "charter-2606-d"}
QUOTED = {
    "new-york-city/security-detail.md": CHARTER | {"charter-2604-b-2", "charter-2604-b-3"},
    "new-york-city/penalties.md": CHARTER | {"rule-1-13-d", "rule-1-13-f"},
    "west-virginia/state-aircraft.md": {"ao-2020-04-question"},
    "us-federal/home-to-work.md": {
        "usc-1344-a-1",
        "usc-1344-a-2",
        "usc-1344-b",
        "usc-1344-c",
        "usc-1344-d-1",
        "cfr-102-5-35",
        "cfr-102-5-40",
        "cfr-102-5-45",
        "cfr-102-5-50",
        "cfr-102-5-75",
        "cfr-102-5-120",
    },
    "us-treasury/security-transport.md": {"exclusion", "td-8457", "td-8457-dates"},
    "washington-state/executive-protection.md": {
        "rcw-43-43-035",
        "report-1991",
        "report-1991-senate",
        "report-2003",
        "report-2003-house",
    },
    "australia/full-cost-plus.md": {"commencement", "section-26", "section-27", "section-28", "section-38"},
}
"""The anchors whose words were read in a republication named above them; all others are paraphrases."""

READ_AS_SAID = {
    "new-york-city/security-detail.md": {"campaign staff aboard", "place lived in"},
    "west-virginia/state-aircraft.md": {"assessment in force", "from residence", "principal aboard"},
}
"""Facts for which the rulebook says in words how it reads their absence; all others leave the answer open."""

MEANT_GAPS = {"west-virginia/state-aircraft.md"}
"""Rulebooks that mean a gap and say so; there is none elsewhere."""


@pytest.fixture(params=BOOKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def book(root: Path, name: str) -> Rulebook:
    return load(root / "rulebooks" / name)


def test_these_are_the_rulebooks_that_ship() -> None:
    assert set(BOOKS) == NAMED


def test_the_examples_hold(book: Rulebook) -> None:
    assert len(book.examples) >= 10
    assert [str(failure) for failure in run_examples(book)] == []


def test_every_rule_is_met_by_an_example(book: Rulebook) -> None:
    ready = docket(book)
    met = {rule.name for e in book.examples for rule in evaluate(ready, e.facts, e.day).standing}
    assert [rule.name for rule in book.rules if rule.name not in met] == []


DAYS = {
    "new-york-city/security-detail.md": {
        "2009-12-31": "the year of the opinion of 2009, of which the day is not known",
        "2010-01-01": "the first day on which it had been given for certain",
        "2019-05-14": "the day before the Board's advice",
        "2019-05-15": "the Board's advice",
    },
    "west-virginia/state-aircraft.md": {"2020-03-05": "Advisory Opinion 2020-04 issued"},
    "new-york-state/travel-time-share.md": {
        "2007-07-31": "before the month of Advisory Opinion 07-03",
        "2007-08-01": "that month, of which the day is not known",
        "2007-08-31": "its last day",
        "2007-09-01": "the first day on which it had been issued for certain",
        "2008-01-03": "the day before the release of Advisory Opinion 07-05",
        "2008-01-04": "that release",
    },
    "us-executive/time-share-1982.md": {
        "1982-03-23": "the day before the opinion of 1982",
        "1982-03-24": "the opinion of 1982",
        "1990-10-21": "the day before the opinion on communications",
        "1990-10-22": "the opinion on communications",
    },
    "us-federal/home-to-work.md": {
        "2000-09-11": "the day before part 102-5 was published",
        "2000-09-12": "65 FR 54966",
    },
    "us-federal-elections/campaign-stop.md": {
        "1977-12-31": "the year of the rule, of which the day is not known",
        "1978-01-01": "the first day on which it stood for certain",
        "2001-12-31": "before the year of the opinion on a mayor's trip",
        "2002-01-01": "that year, of which the day is not known",
        "2002-02-06": "Notice 2002-1, 67 Fed. Reg. 5445",
        "2002-12-31": "the last day of that year",
        "2003-01-01": "the first day on which the opinion had been given for certain",
    },
    "us-treasury/security-transport.md": {
        "1992-12-29": "the day before Treasury Decision 8457",
        "1992-12-30": "Treasury Decision 8457",
    },
    "washington-state/executive-protection.md": {
        "1991-04-01": "the day before the bill report on SB 5050",
        "1991-04-02": "the bill report on SB 5050",
        "2003-03-13": "the day before the bill report on SSB 5264",
        "2003-03-14": "the bill report on SSB 5264",
    },
    "australia/full-cost-plus.md": {
        "2017-12-31": "the day before the Act commenced",
        "2018-01-01": "the Act commenced",
    },
    "voluntary/missouri-2004.md": {
        "2004-10-31": "before the election cycle that the promise goes back to",
        "2004-11-01": "the first day of the month named",
    },
    "voluntary/new-jersey-2011.md": {
        "2011-05-26": "the day before the first trip",
        "2011-05-27": "the first trip",
        "2011-05-31": "the second trip",
        "2011-06-01": "the day after it",
    },
    "voluntary/wisconsin-2015.md": {
        "2014-12-31": "the day before the first half of 2015",
        "2015-01-01": "the first half of 2015",
        "2015-09-21": "the campaign ended",
        "2015-09-22": "the day after",
    },
}
"""Every first and last day in force, by rulebook, and what happened on it."""


def test_the_days_in_force_are_those_of_the_provisions(book: Rulebook, name: str) -> None:
    ends = {end for rule in book.rules for end in (rule.in_force_from, rule.in_force_to) if end}
    assert {end.isoformat() for end in ends} == set(DAYS.get(name, {}))


def test_each_first_and_last_day_has_an_example_on_it_and_one_on_its_other_side(book: Rulebook) -> None:
    ready = docket(book)
    held: dict[date, set[str]] = {}
    for example in book.examples:
        if example.day is not None:
            standing = evaluate(ready, example.facts, example.day).standing
            held.setdefault(example.day, set()).update(rule.name for rule in standing)
    for day, other in boundary_days(book):
        bound = {rule.name for rule in book.rules if day in (rule.in_force_from, rule.in_force_to)}
        assert held.get(day, set()) & bound, day
        assert other in held, other


def boundary_days(book: Rulebook) -> set[tuple[date, date]]:
    """Each first or last day in force, with the day on its other side."""
    firsts = {(d, d - timedelta(days=1)) for rule in book.rules if (d := rule.in_force_from)}
    return firsts | {(d, d + timedelta(days=1)) for rule in book.rules if (d := rule.in_force_to)}


def test_every_outcome_of_every_rule_is_expected_by_an_example(book: Rulebook) -> None:
    ready = docket(book)
    expected = {
        (rule.name, outcome)
        for example in book.examples
        for rule in evaluate(ready, example.facts, example.day).standing
        for outcome in example.expected
    }
    assert {(rule.name, outcome) for rule in book.rules for outcome in rule.outcomes} <= expected


def test_every_row_of_who_pays_has_an_amount_in_an_example(book: Rulebook) -> None:
    ready = docket(book)
    named = {(cost.arrangement, cost.cost_class) for cost in book.cost_rules}
    told = set()
    for example in book.examples:
        arrangement = evaluate(ready, example.facts, example.day).outcomes["costs"]
        for cost_class, payer in example.payments:
            row = cost_class if (arrangement, cost_class) in named else "any other"
            told.add((arrangement, row, payer))
    for cost in book.cost_rules:
        payer = PUBLIC_BODY if cost.payer == "nobody" else cost.payer
        assert (cost.arrangement, cost.cost_class, payer) in told


def test_each_fact_that_a_rule_reads_is_once_missing(book: Rulebook, name: str) -> None:
    read = {condition.fact for rule in book.rules for condition in rule.conditions}
    expected = {text for example in book.examples for text in example.expected.values()}
    missing = {
        fact.strip()
        for text in expected
        if text.startswith("undetermined: ")
        for fact in text.removeprefix("undetermined: ").split(",")
    }
    assert read - missing == READ_AS_SAID.get(name, set())


def test_the_examples_have_amounts_and_open_ends(book: Rulebook) -> None:
    expected = [text for example in book.examples for text in example.expected.values()]
    assert any(text.startswith("undetermined: ") for text in expected)
    if book.cost_rules:
        paid = [amount for example in book.examples for amount in example.payments.values()]
        assert "undetermined" in paid
        assert any(amount not in {"undetermined", "0.00"} for amount in paid)


def test_what_is_not_quoted_says_that_it_is_a_paraphrase(book: Rulebook, name: str) -> None:
    quoted = QUOTED.get(name, set())
    assert quoted <= set(book.law)
    for anchor in set(book.law) - quoted:
        assert book.law[anchor].startswith("Paraphrase of "), anchor
    for anchor in quoted:
        assert not book.law[anchor].startswith("Paraphrase of "), anchor


def test_each_says_what_it_does_not_decide_and_what_could_not_be_checked(book: Rulebook) -> None:
    headings = [line for line in book.text.splitlines() if line.startswith("## ")]
    assert any("does not decide" in heading for heading in headings)
    assert any("could not check" in heading or "could not be checked" in heading for heading in headings)
    assert "not legal advice" in " ".join(book.text.split())


def test_every_provision_is_cited_by_a_rule_or_stands_for_the_whole(book: Rulebook) -> None:
    cited = {anchor for rule in book.rules for anchor in rule.anchors}
    cited |= {anchor for cost in book.cost_rules for anchor in cost.anchors}
    framework = {"charter-2604-b-2", "charter-2606-b", "charter-2606-d", "mixed-purpose"}
    assert set(book.law) - cited <= framework


def test_each_is_proved_free_of_conflicts_dead_rules_and_gaps_that_are_not_meant(
    book: Rulebook, name: str
) -> None:
    pytest.importorskip("z3")
    proof = prove(book)
    assert (proof.conflicts, proof.dead, proof.not_proved, proof.not_exercised) == ((), (), (), ())
    assert bool(proof.gaps) == (name in MEANT_GAPS)
    assert proof.gaps_complete
    if proof.gaps:
        assert "A proof shows these as gaps, and they are meant" in " ".join(book.text.split())

"""Determinations in SQL, against a slow twin that never saw the SQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.books import COSTS, FACTS, FRONT, LAW, WHOLE, with_rules
from wardbook.policy.ask import ask, evaluate, reason
from wardbook.policy.decide import cited, decide
from wardbook.policy.determine import docket
from wardbook.policy.model import FactValue, Rulebook, Strange
from wardbook.policy.read import load_text
from wardbook.records.engine import Engine
from wardbook.records.schema import DETERMINATIONS
from wardbook.records.schema import FACTS as FACTS_TABLE

Use = Mapping[str, FactValue]

LAW_DAY = date(2019, 5, 15)


def decided(book: Rulebook, uses: Sequence[Use], as_of: date | None = None) -> list[dict[str, Any]]:
    """The determinations of uses (facts by column; ``use_id`` is their number), in the order of the uses."""
    with Engine() as engine:
        engine.load(FACTS_TABLE, ({"use_id": f"{at:04}", **use} for at, use in enumerate(uses)))
        decide(engine, book, as_of)
        return engine.dicts("SELECT * FROM determinations ORDER BY use_id")


TOWN = load_text(WHOLE, "town.md")
DAY = date(2020, 1, 1)


def one(**facts: FactValue) -> dict[str, Any]:
    (found,) = decided(TOWN, [{"date": DAY, **facts}])
    return found


# ---------------------------------------------------------------- single uses, in the domain's words


def test_a_decided_use() -> None:
    found = one(purpose="political", protectee_aboard=False)
    assert found == {
        "use_id": "0000",
        "rule": "other",
        "cites": "Town code § 4; Town code § 5, first sentence",
        "purpose": None,
        "security_reason": "cannot be determined",
        "permitted": "no",
        "costs": "user",
        "reason": "other: no town business (purpose = political, aboard = no)",
        "facts_used": ["protectee_aboard", "purpose"],
        "missing": "a rulebook that decides security reason: this one does not",
    }


def test_an_open_use_names_the_record_that_settles_it() -> None:
    found = one(purpose="political")
    assert (found["permitted"], found["costs"], found["rule"]) == ("cannot be determined", None, "")
    assert found["missing"].startswith("the rider list; ")
    assert found["reason"] == (
        "May it be used? Cannot be determined: not known: aboard (purpose = political)"
    )


def test_a_rule_dated_after_the_use_is_not_applied_and_named() -> None:
    (found,) = decided(TOWN, [{"date": date(2019, 5, 14), "purpose": "political", "protectee_aboard": False}])
    assert found["permitted"] == "cannot be determined"
    assert "no rule decides; rule other is in force only from 2019-05-15" in found["reason"]
    assert found["missing"].startswith("a rule in force on the day of the use that answers: May it be used?")


def test_the_first_day_in_force_counts_and_as_of_pins_the_law() -> None:
    use: dict[str, FactValue] = {"date": LAW_DAY, "purpose": "political", "protectee_aboard": False}
    assert decided(TOWN, [use])[0]["permitted"] == "no"
    early: dict[str, FactValue] = {**use, "date": date(2018, 1, 1)}
    assert decided(TOWN, [early])[0]["permitted"] == "cannot be determined"
    assert decided(TOWN, [early], as_of=DAY)[0]["permitted"] == "no"
    assert decided(TOWN, [use], as_of=date(2018, 1, 1))[0]["permitted"] == "cannot be determined"


def test_a_use_without_a_day_waits_for_the_day_only_where_the_rule_is_dated() -> None:
    found = one(date=None, purpose="political", protectee_aboard=False)
    assert found["missing"].startswith("the day of the use; ")
    assert one(date=None, purpose="official")["permitted"] == "yes"


def test_a_word_the_rulebook_does_not_know_is_not_known_and_told() -> None:
    found = one(purpose="erra'nd", protectee_aboard=False)
    assert found["permitted"] == "cannot be determined"
    assert 'purpose "erra\'nd" is not a value this rulebook knows' in found["missing"]
    assert "the trip log" in found["missing"]


def test_an_alias_in_the_book_is_its_value() -> None:
    assert one(purpose="campaign", protectee_aboard=True)["rule"] == "guarded"


def test_rules_that_contradict_each_other_decide_nothing_and_are_both_named() -> None:
    table = (
        "| rule | cites | in force | purpose | => permitted |\n|---|---|---|---|---|\n"
        "| a | code-4 | always | official | yes |\n| b | code-5 | always | official, personal | no |\n"
    )
    (found,) = decided(load_text(with_rules(table), "t.md"), [{"date": DAY, "purpose": "official"}])
    assert (found["permitted"], found["rule"], found["cites"]) == ("cannot be determined", "", "")
    assert "rules contradict each other: a says permitted yes; b says permitted no" in found["reason"]
    assert "a ruling on which of a and b prevails" in found["missing"]


def test_text_that_looks_like_sql_is_text() -> None:
    table = (
        "| rule | cites | in force | agency | => permitted | note |\n|---|---|---|---|---|---|\n"
        "| a | code-4 | always | x'); DROP TABLE facts; -- | yes | it's 'so' |\n"
        "| b | code-4 | always | Governor's Office | no | |\n"
    )
    book = load_text(with_rules(table), "t.md")
    rows = decided(book, [{"agency": "x'); DROP TABLE facts; --"}, {"agency": "Governor's Office"}])
    assert [row["rule"] for row in rows] == ["a", "b"]
    assert rows[0]["reason"] == "a: it's 'so' (agency = x'); DROP TABLE facts; --)"


@pytest.mark.parametrize(
    ("cell", "hours", "met"),
    [
        ("1..2", "1", True),
        ("1..2", "2", True),
        ("1..2", "2.001", False),
        ("< 2", "2", False),
        ("<= 2", "2", True),
        ("> 2", "2", False),
        (">= 2", "2", True),
    ],
)
def test_the_ends_of_a_range_in_sql(cell: str, hours: str, met: bool) -> None:
    table = "| rule | cites | in force | hours | => permitted |\n|---|---|---|---|---|\n"
    book = load_text(with_rules(table + f"| a | code-4 | always | {cell} | yes |\n"), "t.md")
    (found,) = decided(book, [{"hours": Decimal(hours)}])
    assert (found["rule"] == "a") is met
    if met:
        assert found["reason"] == f"a (hours = {hours})"


def test_the_last_day_in_force_counts() -> None:
    table = (
        "| rule | cites | in force | => permitted |\n|---|---|---|---|\n| a | code-4 | ..2019-05-15 | yes |\n"
    )
    days: list[Use] = [{"date": LAW_DAY}, {"date": LAW_DAY + timedelta(days=1)}]
    assert [row["rule"] for row in decided(load_text(with_rules(table), "t.md"), days)] == ["a", ""]


def test_a_strange_word_is_neither_known_nor_not_known_and_the_record_says_so() -> None:
    table = (
        "| rule | cites | in force | purpose | => permitted |\n|---|---|---|---|---|\n"
        "| a | code-4 | always | ? | yes |\n"
    )
    (found,) = decided(load_text(with_rules(table), "t.md"), [{"purpose": "joyride"}])
    assert found["permitted"] == "cannot be determined"
    assert 'purpose "joyride" is not a value this rulebook knows' in found["missing"]


def test_no_use_gives_no_row() -> None:
    assert decided(TOWN, []) == []


# ---------------------------------------------------------------- the twin


Test = Callable[[Any], bool | None]


@dataclass(frozen=True)
class Written:
    """A rule of a random rulebook: its row, and its conditions as Python predicates."""

    name: str
    row: str
    tests: tuple[tuple[str, Test], ...]
    first: date | None
    last: date | None
    overrides: tuple[str, ...]
    outcome: str


def _asks(test: Callable[[Any], bool]) -> Test:
    return lambda value: None if value is None else test(value)


PURPOSE_CELLS: tuple[tuple[str, Test], ...] = (
    ("official", _asks(lambda v: v == "official")),
    ("campaign", _asks(lambda v: v == "political")),
    ("not personal", _asks(lambda v: v != "personal")),
    ("official, personal", _asks(lambda v: v in {"official", "personal"})),
    ("?", lambda v: v is None),
    ("not ?", lambda v: v is not None),
    ("political, ?", lambda v: v is None or v == "political"),
    ("not political, ?", lambda v: v is not None and v != "political"),
)
ABOARD_CELLS: tuple[tuple[str, Test], ...] = (
    ("yes", _asks(lambda v: v)),
    ("no", _asks(lambda v: not v)),
    ("no, ?", lambda v: not v),
    ("not yes", _asks(lambda v: not v)),
)
HOURS_CELLS: tuple[tuple[str, Test], ...] = (
    ("1..2.5", _asks(lambda v: Decimal(1) <= v <= Decimal("2.5"))),
    ("< 2.5", _asks(lambda v: v < Decimal("2.5"))),
    (">= 1", _asks(lambda v: v >= 1)),
    ("..1", _asks(lambda v: v <= 1)),
    ("1, 2.5", _asks(lambda v: v in {Decimal(1), Decimal("2.5")})),
)
AGENCY_CELLS: tuple[tuple[str, Test], ...] = (
    ("Governor's Office", _asks(lambda v: v == "Governor's Office")),
    ("not Police, ?", lambda v: v is not None and v != "Police"),
)
NOTE_CELLS: tuple[tuple[str, Test], ...] = (("yes", _asks(lambda v: v)), ("no, ?", lambda v: not v))
COLUMNS: tuple[tuple[str, str, tuple[tuple[str, Test], ...]], ...] = (
    ("purpose", "purpose", PURPOSE_CELLS),
    ("aboard", "protectee_aboard", ABOARD_CELLS),
    ("hours", "hours", HOURS_CELLS),
    ("agency", "agency", AGENCY_CELLS),
    ("note kept", "", NOTE_CELLS),
)
SPANS: tuple[tuple[str, date | None, date | None], ...] = (
    ("always", None, None),
    ("2019-05-15..", LAW_DAY, None),
    ("..2019-05-14", None, LAW_DAY - timedelta(days=1)),
    ("2019-05-14..2019-05-16", LAW_DAY - timedelta(days=1), LAW_DAY + timedelta(days=1)),
)


@st.composite
def written_rules(draw: st.DrawFn, prefix: str, outcomes: Sequence[str]) -> list[Written]:
    count = draw(st.integers(1, 5))
    rules: list[Written] = []
    for at in range(count):
        cells: list[str] = []
        tests: list[tuple[str, Test]] = []
        for _, column, choices in COLUMNS:
            picked = draw(st.one_of(st.none(), st.none(), st.sampled_from(choices)))
            cells.append("" if picked is None else picked[0])
            tests += [] if picked is None else [(column, picked[1])]
        span, first, last = draw(st.sampled_from(SPANS))
        earlier = [rule.name for rule in rules]
        overrides = tuple(name for name in earlier if draw(st.booleans()))
        name, outcome = f"{prefix}{at}", draw(st.sampled_from(outcomes))
        row = " | ".join([name, "code-4", span, ", ".join(overrides), *cells, outcome])
        rules.append(Written(name, f"| {row} |", tuple(tests), first, last, overrides, outcome))
    return list(draw(st.permutations(rules)))


def _table(rules: Sequence[Written], heading: str) -> str:
    headings = ["rule", "cites", "in force", "overrides", *(name for name, _, _ in COLUMNS), heading]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|", *(rule.row for rule in rules)]
    return "\n".join(lines) + "\n"


uses = st.lists(
    st.fixed_dictionaries(
        {
            "date": st.sampled_from([None, *(LAW_DAY + timedelta(days=n) for n in (-2, -1, 0, 1, 2))]),
            "purpose": st.sampled_from([None, "official", "campaign", "political", "personal", "joyride"]),
            "protectee_aboard": st.sampled_from([None, True, False]),
            "hours": st.sampled_from(
                [None, Decimal("0.999"), Decimal(1), Decimal("2.500"), Decimal("2.501")]
            ),
            "agency": st.sampled_from([None, "Governor's Office", "Police"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def _understood(column: str, value: FactValue) -> FactValue:
    """What the rulebook understands of a word in the book."""
    known: dict[str, FactValue] = {"campaign": "political", "joyride": Strange("joyride")}
    return known.get(value, value) if isinstance(value, str) else value


def _truth(rule: Written, use: Use) -> bool | None:
    values = [(test, _understood(column, use.get(column))) for column, test in rule.tests]
    answers = [None if isinstance(value, Strange) else test(value) for test, value in values]
    day = use["date"]
    assert day is None or isinstance(day, date)
    if rule.first or rule.last:
        answers.append(
            None
            if day is None
            else (rule.first is None or day >= rule.first) and (rule.last is None or day <= rule.last)
        )
    if False in answers:
        return False
    return None if None in answers else True


def _outcome(rules: Sequence[Written]) -> str | None:
    """What rules that are all true come to; None for a contradiction or no rule."""

    def stands(rule: Written) -> bool:
        return not any(rule.name in other.overrides and stands(other) for other in rules)

    said = {rule.outcome for rule in rules if stands(rule)}
    return said.pop() if len(said) == 1 else None


def twin(rules: Sequence[Written], use: Use) -> set[str | None]:
    """The outcomes of every completion: each rule that is neither true nor false taken as either."""
    truths = [(rule, _truth(rule, use)) for rule in rules]
    sure = [rule for rule, truth in truths if truth is True]
    unsure = [rule for rule, truth in truths if truth is None]
    return {
        _outcome(sure + [rule for rule, taken in zip(unsure, picks, strict=True) if taken])
        for picks in itertools.product((True, False), repeat=len(unsure))
    }


def _holds_for(rules: Sequence[Written], use: Use, given_outcome: str | None) -> None:
    outcomes = twin(rules, use)
    if given_outcome is not None:
        assert outcomes == {given_outcome}
    elif len(outcomes) == 1:
        (only,) = outcomes
        assert only is None or any(rule.overrides for rule in rules)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    written_rules("p", ("yes", "no")),
    written_rules("c", ("town", "user")),
    uses,
    st.randoms(use_true_random=False),
)
def test_sql_single_answers_and_the_twin_agree(
    permits: list[Written], costs: list[Written], given_uses: list[dict[str, FactValue]], shuffle: Any
) -> None:
    named = {rule.outcome for rule in costs}
    cost_table = "\n".join(
        line for line in COSTS.split("\n") if not line.startswith(("| town", "| user")) or line[2:6] in named
    )
    question = "\n## Question: Who pays?\n\n" + _table(costs, "=> costs")
    book = load_text(with_rules(_table(permits, "=> permitted"), FACTS, question + cost_table), "random.md")
    rows = decided(book, given_uses)
    ready = docket(book)
    for use, row in zip(given_uses, rows, strict=True):
        _holds_for(permits, use, None if row["permitted"] == "cannot be determined" else row["permitted"])
        _holds_for(costs, use, row["costs"])
        values = {
            fact.name: _understood(fact.reads, use.get(fact.reads)) for fact in book.facts if fact.reads
        }
        day = use["date"]
        assert day is None or isinstance(day, date)
        single = evaluate(ready, values, day)
        assert row["rule"] == "; ".join(single.rules)
        assert row["cites"] == "; ".join(cited(single))
        assert (row["permitted"], row["costs"]) == (single.outcomes["permitted"], single.outcomes["costs"])
        if use["purpose"] != "joyride":
            assert row["reason"] == reason(ready, single, values)
            assert row["missing"] == "; ".join(single.missing)
    order = list(range(len(given_uses)))
    shuffle.shuffle(order)
    again = decided(book, [given_uses[at] for at in order])
    plain = [{**row, "use_id": None} for row in rows]
    assert [{**row, "use_id": None} for row in again] == [plain[at] for at in order]


def test_ask_gives_the_reason_of_the_bulk() -> None:
    found = one(purpose="official", protectee_aboard=None)
    assert ask(TOWN, {"purpose": "official"}, DAY).reason == found["reason"]


def test_the_columns_are_those_of_the_schema() -> None:
    assert tuple(one(purpose="official")) == DETERMINATIONS.names


@pytest.mark.parametrize("part", [FRONT, LAW, FACTS])
def test_the_whole_book_has_its_parts(part: str) -> None:
    assert part in WHOLE

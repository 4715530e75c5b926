"""Proofs of small rulebooks whose faults are seeded, and of random ones against trying every case."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.errors import VerificationError, WrongUseError
from wardbook.policy import inquiry as inquiry_module
from wardbook.policy import prove as prove_module
from wardbook.policy import ways as ways_module
from wardbook.policy.ask import evaluate
from wardbook.policy.certificate import (
    certificate_path,
    certify,
    check_certificate,
    read_certificate,
    says_the_same,
)
from wardbook.policy.determine import docket
from wardbook.policy.gaps import MOST_PLAIN
from wardbook.policy.model import FactType, FactValue, Rulebook
from wardbook.policy.prove import conflicts, proof_lines, prove
from wardbook.policy.read import load, load_text
from wardbook.policy.resolve import Kind

HEAD = """\
---
title: Cars of the town
jurisdiction: Town of Elm
authority: Town council
version: 1
time_zone: America/New_York
currency: USD
---

### Town code § 4 {#code-4}

> Cars of the town are for the business of the town.

## Facts

| fact | reads | type | values | question | settled by | may be unknown |
|---|---|---|---|---|---|---|
| event | - | enum | official, rally, errand | What for? | the log | no |
| aboard | - | yes/no | | Who? | the list of riders | |
| level | - | whole number | 0..10 | How high is the threat? | the assessment | no |
| days | - | whole number | | How old is the assessment? | the assessment | no |
"""

MORE_FACTS = """\
| fare | - | money | | What is the fare? | the ticket | no |
| hours | - | decimal | | How long? | the log | no |
| driver | - | text | | Who drives? | the log | |
| due | - | date | | When is it due? | the order | |
"""


def town(rows: str, more: str = "", columns: str = "event | aboard | level | days") -> Rulebook:
    """A rulebook of one question; a row: ``rule | in force | overrides | event | aboard | level | days``."""
    heading = f"| rule | in force | overrides | {columns} | => permitted | cites |"
    ruled = "|---" * heading.count(" | ") + "|---|"
    body = "\n".join(f"{row.strip()} code-4 |" for row in rows.strip().splitlines())
    return load_text(f"{HEAD}{more}\n## Question: May it be used?\n\n{heading}\n{ruled}\n{body}\n", "town.md")


def richer(rows: str, columns: str, more: str = "") -> Rulebook:
    """A rulebook of one question that may read `MORE_FACTS` too; a row as in `town`, over ``columns``."""
    heading = f"| rule | in force | overrides | {columns} | => permitted | cites |"
    ruled = "|---" * heading.count(" | ") + "|---|"
    body = "\n".join(f"{row.strip()} code-4 |" for row in rows.strip().splitlines())
    question = f"## Question: May it be used?\n\n{heading}\n{ruled}\n{body}\n"
    return load_text(f"{HEAD}{MORE_FACTS}{more}\n{question}", "town.md")


def rows_of(book: Rulebook) -> list[str]:
    return [str(gap) for gap in prove(book).gaps]


def test_a_table_that_says_all_is_proved() -> None:
    book = town("""
        | a | always | | official | | | | yes |
        | b | always | | not official | | | | no |
    """)
    proof = prove(book)
    assert (proof.gaps, proof.conflicts, proof.dead, proof.not_proved) == ((), (), (), ())
    assert proof.sound
    assert proof.not_exercised == ("a", "b")


def test_a_gap_is_a_missing_row() -> None:
    book = town("""
        | a | always | | official | | | | yes |
        | b | always | | rally, errand | | 5..10 | | no |
    """)
    assert rows_of(book) == ["MISSING ROW: event rally or errand; level 0..4"]


def test_a_gap_between_two_versions_in_time() -> None:
    book = town("""
        | old | ..2014-12-31 | | | | | | no |
        | new | 2015-03-01.. | | | | | | yes |
    """)
    assert rows_of(book) == ["MISSING ROW: date 2015-01-01..2015-02-28"]


def test_a_gap_that_is_there_only_because_a_fact_may_be_unknown() -> None:
    book = town("""
        | a | always | | | not ? | | | yes |
    """)
    (gap,) = prove(book).gaps
    assert str(gap) == "MISSING ROW: aboard not known"
    assert gap.unknown_only


def test_waiting_for_a_fact_is_no_gap() -> None:
    assert rows_of(town("| a | always | | | yes | | | yes |\n| b | always | | | no | | | no |")) == []


def test_a_conflict_is_told_with_a_case_and_an_override_settles_it() -> None:
    rows = """
        | a | always | {} | rally | | | | no |
        | b | always | | | yes | | | yes |
    """
    (conflict,) = prove(town(rows.format(""))).conflicts
    assert (conflict.first, conflict.second) == ("a", "b")
    assert dict(conflict.case.facts) | {"level": "", "days": ""} == {
        "event": "rally",
        "aboard": "yes",
        "level": "",
        "days": "",
    }
    assert prove(town(rows.format("b"))).conflicts == ()


def test_an_overrider_that_is_itself_overridden_settles_nothing() -> None:
    book = town("""
        | a | always | b | rally | | | | no |
        | b | always | | | yes | | | yes |
        | c | always | a | | | 9..10 | | no |
    """)
    assert [(one.first, one.second) for one in prove(book).conflicts] == [("b", "c")]


def test_rules_of_different_days_do_not_contradict() -> None:
    book = town("""
        | old | ..2014-12-31 | | | | | | no |
        | new | 2015-01-01.. | | | | | | yes |
    """)
    assert prove(book).conflicts == ()


def test_an_invariant_takes_impossible_cases_away() -> None:
    rows = """
        | a | always | | rally | | | | no |
        | b | always | | | yes | | | yes |
    """
    more = """
## Invariants

| invariant | if | then | source |
|---|---|---|---|
| nobody rides to rallies | event is rally | not aboard | the council |
"""
    assert prove(town(rows, more)).conflicts == ()


def test_a_condition_over_two_facts() -> None:
    book = town(
        """
        | a | always | | level > days | yes |
        | b | always | | level <= days | no |
        | c | always | | level = 3 and days = 3 | yes |
        """,
        columns="when",
    )
    proof = prove(book)
    assert proof.gaps == ()
    assert [(one.first, one.second) for one in proof.conflicts] == [("b", "c")]


def test_dead_rules_and_what_shadows_them() -> None:
    book = town("""
        | a | always | b, c | rally | | | | no |
        | b | always | | rally | yes | | | yes |
        | c | always | | | | 4..5 | | yes |
        | d | always | | | | 4..5 | 7 | yes |
        | e | always | d | | | 3..6 | | yes |
    """)
    told = [str(one) for one in prove(book).dead]
    assert told == [
        "b never decides: always overridden by a",
        "d never decides: always overridden by e",
    ]


def test_a_rule_that_is_never_true() -> None:
    book = town("| a | always | | level > 5 and level < 4 | yes |", columns="when")
    assert [str(one) for one in prove(book).dead] == [
        "a never decides: never true: no use meets all that it asks"
    ]


def test_a_rule_that_an_invariant_keeps_from_being_true() -> None:
    more = """
## Invariants

| invariant | if | then | source |
|---|---|---|---|
| nobody rides to rallies | event is rally | not aboard | the council |
| errands are short | event is errand | days < 3 | the council |
"""
    book = town("| a | always | | rally | yes | | | no |\n| b | always | | errand | | | | no |", more)
    assert [str(one) for one in prove(book).dead] == [
        "a never decides: never true, by the invariant nobody rides to rallies"
    ]


INVARIANTS = """
## Invariants

| invariant | if | then | source |
|---|---|---|---|
"""


def test_a_text_that_no_rule_names_is_one_class_of_its_own() -> None:
    book = richer("| a | always | | Ann, other | yes |", "driver")
    assert rows_of(book) == ["MISSING ROW: driver any other word"]


def test_texts_that_are_compared_are_not_mixed_up_with_the_words_of_other_facts() -> None:
    rows = "| a | always | | Ann | event is rally and due <= date | yes |\n| b | always | | Bob | | no |"
    proof = prove(richer(rows, "driver | when"))
    assert (proof.conflicts, proof.dead, proof.not_proved) == ((), (), ())
    assert "MISSING ROW: driver any other word" in [str(gap) for gap in proof.gaps]


def test_there_is_nothing_between_two_cents() -> None:
    proof = prove(richer("| a | always | | <= 100.00 | yes |\n| b | always | | >= 100.01 | no |", "fare"))
    assert (proof.gaps, proof.dead) == ((), ())
    between = richer("| a | always | | fare > 100.00 and fare < 100.01 | yes |", "when")
    assert [one.rule for one in prove(between).dead] == ["a"]
    compared = richer("| a | always | | fare > 100.00 and fare < 100.01 and due > date | yes |", "when")
    assert [one.rule for one in prove(compared).dead] == ["a"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("<= 1", ">= 4", "> 1 and < 4"),
        ("< 1", "> 4", "1..4"),
        ("<= 1", "> 4", "> 1 and <= 4"),
        ("< 1", ">= 4", ">= 1 and < 4"),
        ("< 0", "> 0.000001", "0..0.000001"),
        ("<= 0", "> 0.000001", "> 0 and <= 0.000001"),
    ],
)
def test_the_ends_of_a_missing_interval_are_told_as_they_are(low: str, high: str, words: str) -> None:
    book = richer(f"| a | always | | {low} | yes |\n| b | always | | {high} | no |", "hours")
    assert rows_of(book) == [f"MISSING ROW: hours {words}"]


def test_a_duration_below_nothing_is_a_use_unless_the_fact_has_a_bound() -> None:
    rows = "| a | always | | >= 0 | yes |"
    book = richer(rows, "hours")
    assert rows_of(book) == ["MISSING ROW: hours < 0"]
    facts = [replace(one, type=FactType.DURATION) if one.name == "hours" else one for one in book.facts]
    assert rows_of(replace(book, facts=tuple(facts))) == ["MISSING ROW: hours < 0"]


def test_the_case_of_a_date_that_must_only_be_known_is_a_day() -> None:
    book = richer("| a | always | | not ? | yes |\n| b | always | | not ? | no |", "due")
    (conflict,) = prove(book).conflicts
    assert dict(conflict.case.facts)["due"] == "2000-01-01"


def test_an_invariant_over_other_facts_is_kept_in_every_case() -> None:
    more = f"{INVARIANTS}| it is due | | due is known | the council |\n"
    (gap,) = prove(richer("| a | always | | yes, ? | yes |", "aboard", more)).gaps
    assert str(gap) == "MISSING ROW: aboard no"
    assert "due" in dict(gap.case.facts)


def test_where_invariants_leave_no_use_nothing_is_missing_and_nothing_decides() -> None:
    """The invariants are of a fact that no rule reads, and of the day."""
    for one, other in (("level > 5", "level < 4"), ("date < 2019-01-01", "date > 2020-01-01")):
        more = f"{INVARIANTS}| x | | {one} | the council |\n| y | | {other} | the council |\n"
        proof = prove(town("| a | always | | rally | | | | yes |", more))
        assert (proof.gaps, proof.conflicts) == ((), ())
        assert [str(dead) for dead in proof.dead] == ["a never decides: never true, by the invariant x or y"]


def test_what_two_facts_keep_from_being_true_is_not_put_to_an_invariant() -> None:
    more = f"{INVARIANTS}| riders | aboard | event is rally | the council |\n"
    rows = "| a | always | | level > days and level < days | yes |"
    assert [str(one) for one in prove(town(rows, more, "when")).dead] == [
        "a never decides: never true: no use meets all that it asks"
    ]
    more = f"{INVARIANTS}| riders | aboard | event is rally | the council |\n| o | | level <= days | it |\n"
    assert [str(one) for one in prove(town("| a | always | | level > days | yes |", more, "when")).dead] == [
        "a never decides: never true, by the invariant o"
    ]


def test_a_rule_overridden_whatever_a_fact_is_found_to_be_never_decides() -> None:
    book = town("| a | always | | | | | | yes |\n| b | always | a | | yes, no | | | no |")
    (dead,) = prove(book).dead
    assert (dead.rule, dead.shadows, dead.waits) == ("a", ("b",), True)
    same = town("| a | always | | | | | | yes |\n| b | always | a | | yes, no | | | yes |")
    assert prove(same).dead == ()


def silence_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    import z3

    monkeypatch.setattr(z3.Solver, "check", lambda *_: z3.unknown)
    monkeypatch.setattr(z3.Solver, "reason_unknown", lambda _: "timeout")


def test_what_is_not_settled_in_time_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    silence_the_solver(monkeypatch)
    proof = prove(town("| a | always | b | official | | | | yes |\n| b | always | | | yes | | | no |"))
    assert not proof.sound
    assert not proof.gaps_complete
    assert proof.not_proved == ("that nothing is missing from the lists of May it be used?: timeout",)
    assert any(line.startswith("NOT PROVED") for line in proof_lines(proof))


def test_what_ties_facts_and_is_not_settled_in_time_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    silence_the_solver(monkeypatch)
    book = town(
        "| a | always | | level > days | yes |\n| b | always | | level <= days or aboard | no |",
        columns="when",
    )
    proof = prove(book)
    assert not proof.sound
    assert not proof.gaps_complete
    assert proof.dead == ()
    assert {
        "whether a and b contradict: timeout",
        "whether a ever decides: timeout",
        "gaps of May it be used?: timeout",
    } <= set(proof.not_proved)


def test_a_search_that_gives_up_leaves_the_question_to_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = """
        | a | always | | rally | not ? | 3..6 | | no |
        | b | always | | | yes | 5.. | | yes |
        | c | always | a | official, rally | | | 7 | yes |
    """
    told = prove(town(rows))
    monkeypatch.setattr(ways_module.Steps, "spend", give_up)
    again = prove(town(rows))
    assert again.not_proved == ()
    assert [str(one) for one in again.dead] == [str(one) for one in told.dead]
    assert [(one.first, one.second) for one in again.conflicts] == [
        (one.first, one.second) for one in told.conflicts
    ]
    assert bool(again.gaps) == bool(told.gaps)
    assert again.gaps_complete


def give_up(_: object) -> None:
    raise ways_module.GivenUpError


def test_a_list_that_leaves_a_gap_out_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove_module, "missing_rows", lambda *_: ([], True))
    with pytest.raises(AssertionError, match="the lists of 'May it be used\\?' are wrong for"):
        prove(town("| a | always | | official | | | | yes |"))


def test_a_list_that_leaves_a_conflict_out_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove_module, "_meeting", lambda asked: [0] * len(asked.deck.rules))
    with pytest.raises(AssertionError, match="the lists of 'May it be used\\?' are wrong for"):
        conflicts(town("| a | always | | official | | | | yes |\n| b | always | | | yes | | | no |"))


def test_without_the_solver_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(WrongUseError, match=r'pip install "wardbook\[prove\]"'):
        prove(town("| a | always | | | | | | yes |"))


def test_a_case_that_does_not_replay_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    book = town("| a | always | | official | | | | yes |")
    whole = town("| a | always | | | | | | yes |")
    monkeypatch.setattr(
        inquiry_module, "evaluate", lambda _, values, day: evaluate(docket(whole), values, day)
    )
    with pytest.raises(AssertionError, match="is decided, not no rule"):
        prove(book)


def test_where_rules_cut_across_all_others_a_row_names_them() -> None:
    """Four rules over three facts each: 3 x 3 x 3 x 3 rows are missing, or one with exceptions."""
    names = [f"f{at}" for at in range(12)]
    facts = "".join(f"| {name} | - | yes/no | | Is it? | the log | no |\n" for name in names)
    rows = ""
    for at in range(4):
        cells = ["yes" if other // 3 == at else "" for other in range(12)]
        rows += f"| r{at} | code-4 | always | {' | '.join(cells)} | yes |\n"
    heading = f"| rule | cites | in force | {' | '.join(names)} | => permitted |"
    table = f"{heading}\n{'|---' * 16}|\n{rows}"
    proof = prove(load_text(f"{HEAD}{facts}\n## Question: May it be used?\n\n{table}", "town.md"))
    assert MOST_PLAIN < 3**4
    assert [str(gap) for gap in proof.gaps] == ["MISSING ROW: any use; unless r0, r1, r2 or r3 speaks"]
    assert proof.gaps_complete


# ---------------------------------------------------------------- every case tried


EVENTS = ("official", "rally", "errand")
LEVELS = (0, 3, 4, 10)


@dataclass(frozen=True)
class Row:
    event: str
    aboard: str
    level: str
    permitted: str
    over: frozenset[int]


ROWS = st.builds(
    Row,
    st.sampled_from(["", "", "official", "rally, errand", "not rally"]),
    st.sampled_from(["", "", "yes", "no", "?", "no, ?", "not ?"]),
    st.sampled_from(["", "", "4..", "..3", "< 4", "10"]),
    st.sampled_from(["yes", "no"]),
    st.frozensets(st.integers(0, 4), max_size=2),
)


def written(rows: list[Row]) -> Rulebook:
    lines = []
    for at, row in enumerate(rows):
        over = ", ".join(f"r{one}" for one in sorted(row.over) if one > at and one < len(rows))
        lines.append(
            f"| r{at} | always | {over} | {row.event} | {row.aboard} | {row.level} | | {row.permitted} |"
        )
    return town("\n".join(lines))


def every_use() -> Iterator[dict[str, FactValue]]:
    for event, aboard, level in itertools.product(EVENTS, (True, False, None), LEVELS):
        yield {"event": event, "aboard": aboard, "level": level, "days": 0}


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_the_proof_finds_what_trying_every_case_finds(rows: list[Row]) -> None:
    book = written(rows)
    ready = docket(book)
    found = [evaluate(ready, use, None).verdicts[0] for use in every_use()]
    proof = prove(book)
    assert bool(proof.gaps) == any(one.kind is Kind.NO_RULE for one in found)
    assert bool(proof.conflicts) == any(one.kind is Kind.CONFLICT for one in found)
    deciding = {
        rule.name
        for one in found
        if one.kind in {Kind.DECIDED, Kind.CONFLICT}
        for rule in ready.decks[0].pick(one.standing)
    }
    dead = {one.rule: one for one in proof.dead}
    assert deciding.isdisjoint(dead)
    stood = _standing_among_the_true(book)
    assert {name for name, one in dead.items() if not one.waits} == {rule.name for rule in book.rules} - stood


def _standing_among_the_true(book: Rulebook) -> set[str]:
    """The rules that stand among those that are true, open rules left aside."""
    from wardbook.policy.meaning import met

    stood: set[str] = set()
    over = {rule.name: rule.overrides for rule in book.rules}
    for use in every_use():
        true = [rule.name for rule in book.rules if met(rule, use, None)]
        standing: set[str] = set()
        for name in true:  # rules override later rules only
            if not any(name in over[one] for one in standing):
                standing.add(name)
        stood |= standing
    return stood


# ---------------------------------------------------------------- certificates


def test_a_certificate_is_the_same_every_time_and_refuses_change() -> None:
    book = town("| a | always | | official | | | | yes |")
    text = certify(prove(book))
    assert text == certify(prove(book))
    assert check_certificate(book, text)["sound"] is True
    with pytest.raises(VerificationError, match="was changed"):
        read_certificate(text.replace('"sound": true', '"sound": false'))
    with pytest.raises(VerificationError, match="the certificate is of a rulebook with"):
        check_certificate(replace(book, sha256="0" * 64), text)
    with pytest.raises(VerificationError, match="not JSON"):
        read_certificate("{")
    with pytest.raises(VerificationError, match="no digest"):
        read_certificate("{}")


def test_certificates_of_different_solvers_agree_on_what_counts() -> None:
    one = json.loads(certify(prove(town("| a | always | | official | | | | yes |"))))
    other = {**one, "solver": "z3 0.0.0", "gaps": [{**one["gaps"][0], "case": {}}]}
    assert says_the_same(one, other)
    assert not says_the_same(one, {**other, "gaps": []})
    assert not says_the_same(one, {**one, "gaps": []})


BOOKS = sorted(Path(__file__).parents[2].joinpath("rulebooks").rglob("*.md"))


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_rulebook_has_its_certificate_and_holds(path: Path) -> None:
    book = load(path)
    kept = check_certificate(book, certificate_path(path).read_text("utf-8"))
    proof = prove(book)
    assert says_the_same(kept, read_certificate(certify(proof)))
    assert proof.sound
    assert proof.not_exercised == ()

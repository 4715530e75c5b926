"""The suite of obstruction on a few histories of each sign; `obstruction` plays thousands."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.custody.obstruction import SETTINGS, SIGNS, Case, Played, played
from wardbook.records.book import Book
from wardbook.records.fsck import fsck


@pytest.mark.parametrize("sign", SIGNS)
def test_what_is_tampered_with_is_found_and_honest_histories_give_no_alarm(sign: str) -> None:
    found = played(sign, 5, seed=7)
    assert sorted(one.is_tampered for one in found) == [False] * 5 + [True] * 5
    assert [one.seed for one in found if one.is_wrong] == []


def test_a_history_is_the_same_for_its_seed_and_another_for_another() -> None:
    first, again, other = (played("stalled", 2, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert [one.seed for one in first] != [one.seed for one in other]


def test_a_miss_and_a_false_alarm_are_wrong() -> None:
    told = [Played("x", tampered, told).is_wrong for tampered in (True, False) for told in (True, False)]
    assert told == [False, True, True, False]


def test_without_witnesses_and_kept_checkpoints_a_turned_back_book_is_sound(tmp_path: Path) -> None:
    """The limit of the suite: what nobody outside has signed or kept is not found missing."""
    case, rng = Case(Book.create(tmp_path / "case.book", SETTINGS), tmp_path), Random(1)
    case.enter(rng, 3)
    case.cosign()
    older = case.copy("older.book")
    case.enter(rng, 5)
    case.put_back(older)
    assert len(case.book.log) == 5
    assert fsck(case.book, case.kept, case.at) == ()
    assert [case.ask(witness).status for witness in case.witnesses] == [200, 200, 200]
    case.book.log.close()

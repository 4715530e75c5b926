"""The rule by which legs and true trips are matched."""

from __future__ import annotations

import pytest

from tests.trace.score import Span, matches, score


def test_a_leg_within_two_minutes_at_both_ends_is_right() -> None:
    found = score([Span(1, 120, 1_000)], [Span(1, 0, 1_120)])
    assert (found.pairs, found.right, found.f1) == (1, 1, 1.0)


@pytest.mark.parametrize("leg", [Span(1, 121, 1_000), Span(1, 0, 879)])
def test_a_leg_that_overlaps_but_begins_or_ends_too_far_off_counts_for_overlap_only(leg: Span) -> None:
    found = score([leg], [Span(1, 0, 1_000)])
    assert (found.f1_overlap, found.f1) == (1.0, 0.0)


@pytest.mark.parametrize("leg", [Span(2, 0, 1_000), Span(1, 0, 499), Span(1, 5_000, 6_000)])
def test_another_vehicle_less_than_half_or_another_time_is_no_pair(leg: Span) -> None:
    assert matches([leg], [Span(1, 0, 1_000)]) == []


def test_each_leg_and_each_trip_is_taken_once_and_the_largest_overlap_first() -> None:
    trip, near, same = Span(1, 0, 1_000), Span(1, 0, 900), Span(1, 0, 1_000)
    assert matches([near, same], [trip]) == [(same, trip)]
    found = score([near, same], [trip])
    assert found.f1 == pytest.approx(2 / 3)


def test_bounds_and_distance_are_of_the_pairs() -> None:
    leg = Span(1, 10, 990, 0, 20, 995, 999, metres=1_030)
    found = score([leg], [Span(1, 0, 1_000, metres=1_000)])
    assert (found.bounded, found.distance) == (0.5, 1.03)

"""Matching by SQL links what a slow reading of the rules links, pair by pair, on small fleets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.fleets import DAY, MAY, entry, matched, movement, of_day
from wardbook.link.matching_comparisons import Reach

REACH = Reach().seconds
Row = dict[str, Any]
Pair = tuple[str, str]

# ---------------------------------------------------------------- the rules, read slowly


def outside(at: int, lo: int, hi: int) -> int:
    return max(lo - at, at - hi, 0)


def offs(e: Row, m: Row, shift: int) -> tuple[int, int]:
    """How far start and end are off; an end that is not written is off as the other."""
    start = None if e["start_s"] is None else outside(e["start_s"] + shift, m["start_lo"], m["start_hi"])
    end = None if e["end_s"] is None else outside(e["end_s"] + shift, m["end_lo"], m["end_hi"])
    known = [off for off in (start, end) if off is not None]
    return (known[0] if start is None else start, known[0] if end is None else end)


def shifted(e: Row, m: Row) -> int:
    """The reading of the times that fits the movement: 0, or the other one where it fits better."""

    def apart(shift: int) -> int:
        start = 0 if e["start_s"] is None else outside(e["start_s"] + shift, m["start_lo"], m["start_hi"])
        return start + (0 if e["end_s"] is None else outside(e["end_s"] + shift, m["end_lo"], m["end_hi"]))

    return e["shift_s"] if e["shift_s"] is not None and apart(e["shift_s"]) < apart(0) else 0


def compared(e: Row, m: Row) -> tuple[int, int, int]:
    """Start place, end place, distance: 1 agree, 0 not known, -1 cannot both be true."""
    start, end = (int(e[end] is not None and e[end] == m[end]) for end in ("from_place", "to_place"))
    written, recorded = e["metres"], m["metres"]
    if written is None or recorded is None:
        return (start, end, 0)
    apart = abs(written - recorded)
    alike = apart <= written / 10 or apart <= 1609
    return (start, end, 1 if alike else -1 if apart > 5000 and apart > max(written, recorded) / 2 else 0)


def price(e: Row, m: Row) -> int:
    return sum({1: 0, 0: 600, -1: 2400}[each] for each in compared(e, m))


def greedily(pairs: Iterable[tuple[int, Row, Row]]) -> list[tuple[Row, Row]]:
    """The cheapest pair, then the cheapest of what is left; of equals the first by vehicle and time."""
    late = 10**12
    taken: set[str] = set()
    chosen = []

    def order(pair: tuple[int, Row, Row]) -> Any:
        cost, e, m = pair
        when = (
            e["v"],
            late if e["start_s"] is None else e["start_s"],
            late if e["end_s"] is None else e["end_s"],
        )
        return (cost, *when, e["entry_id"], m["vehicle_key"], m["start_s"], m["end_s"], m["leg_id"])

    for _, e, m in sorted(pairs, key=order):
        if e["entry_id"] not in taken and m["leg_id"] not in taken:
            taken |= {e["entry_id"], m["leg_id"]}
            chosen.append((e, m))
    return chosen


def near(e: Row, m: Row) -> bool:
    times = [at for at in (e["start_s"], e["end_s"]) if at is not None]
    readings = [at + shift for at in times for shift in (0, e["shift_s"] or 0)]
    if not times or e["v"] != m["vehicle_key"]:
        return False
    early, late = min(readings) - REACH, max(readings) + REACH
    return bool(early <= m["end_hi"] and m["start_lo"] <= late)


class Open:
    """A pair of which one side is alone: the entry's times as read, and what both share."""

    def __init__(self, e: Row, m: Row) -> None:
        shift = shifted(e, m)
        self.e, self.m = e, m
        self.s, self.t = e["start_s"] + shift, e["end_s"] + shift
        self.shared = min(self.t, m["end_s"]) - max(self.s, m["start_s"])
        self.of_leg = self.shared > 0 and 2 * self.shared >= m["end_s"] - m["start_s"]
        self.of_entry = self.shared > 0 and 2 * self.shared >= self.t - self.s
        self.pair = (e["entry_id"], m["leg_id"])

    def by_leg(self) -> Any:
        return (-self.shared, self.t - self.s, self.s, self.e["entry_id"])

    def by_entry(self) -> Any:
        return (-self.shared, self.m["start_s"], self.m["leg_id"])


def best(pairs: Sequence[Open], side: int, order: Callable[[Open], Any]) -> list[Open]:
    """For each entry (side 0) or movement (side 1) its best pair."""
    sides = {pair.pair[side] for pair in pairs}
    return [min((pair for pair in pairs if pair.pair[side] == one), key=order) for one in sides]


def by_times(entries: list[Row], legs: list[Row]) -> list[tuple[Row, Row]]:
    priced = []
    for e in entries:
        for m in legs:
            if near(e, m):
                start, end = offs(e, m, shifted(e, m))
                if start <= REACH and end <= REACH:
                    priced.append((start + end + price(e, m), e, m))
    return greedily(priced)


def grouped(entries: list[Row], legs: list[Row], times: list[tuple[Row, Row]]) -> set[Pair]:
    """Movements that an entry takes in, entries that a movement takes in."""
    held = {
        (e["entry_id"], m["leg_id"]): Open(e, m) for e, m in times if None not in (e["start_s"], e["end_s"])
    }
    sure = {(e["entry_id"], m["leg_id"]) for e, m in times}
    used = {one for pair in sure for one in pair}
    pairs = [
        Open(e, m)
        for e in entries
        for m in legs
        if near(e, m) and None not in (e["start_s"], e["end_s"]) and not {e["entry_id"], m["leg_id"]} <= used
    ]
    alone = [pair for pair in pairs if not set(pair.pair) & used]
    inside = best([pair for pair in alone if pair.of_leg], 1, Open.by_leg)
    used_now = used | {one for pair in inside for one in pair.pair}
    inner = best(
        [pair for pair in alone if pair.of_entry and not set(pair.pair) & used_now], 0, Open.by_entry
    )
    several_entries = {one for pair in inner for one in pair.pair}
    held |= {pair.pair: pair for pair in inside}
    joined = _joined_legs(pairs, held, used_now | several_entries)
    more = _joined_entries(pairs, held, joined, used_now | {pair.pair[0] for pair in inner})
    return {pair.pair for pair in (*inside, *inner, *joined, *more)}


def _joined_legs(pairs: list[Open], held: dict[Pair, Open], used: set[str]) -> list[Open]:
    fitting = []
    for pair in pairs:
        has = [other.m for other in held.values() if other.e is pair.e]
        if pair.pair[1] in used or not has or not pair.of_leg:
            continue
        start, end = min(m["start_s"] for m in has), max(m["end_s"] for m in has)
        apart = abs(start - pair.s) + abs(end - pair.t)
        with_it = abs(min(start, pair.m["start_s"]) - pair.s) + abs(max(end, pair.m["end_s"]) - pair.t)
        whole = pair.m["start_lo"] >= pair.s and pair.m["end_hi"] <= pair.t
        metres = None if any(m["metres"] is None for m in has) else sum(m["metres"] for m in has)
        written = pair.e["metres"]
        explained = None not in (metres, written) and abs(metres - written) <= max(written / 10, 1609)
        if (whole or 2 * with_it <= apart) and not explained:
            fitting.append(pair)
    return best(fitting, 1, Open.by_leg)


def _joined_entries(
    pairs: list[Open], held: dict[Pair, Open], joined: list[Open], used: set[str]
) -> list[Open]:
    has_more = {pair.pair[0] for pair in joined}
    fitting = []
    for pair in pairs:
        owner = [other for other in held.values() if other.m is pair.m]
        if pair.pair[0] in used or not owner or not pair.of_entry:
            continue
        (one,) = owner
        if one.pair[0] in has_more or sum(other.e is one.e for other in held.values()) > 1:
            continue
        start, end = pair.m["start_s"], pair.m["end_s"]
        with_it = abs(min(one.s, pair.s) - start) + abs(max(one.t, pair.t) - end)
        if 2 * with_it <= abs(one.s - start) + abs(one.t - end):
            fitting.append(pair)
    return best(fitting, 0, Open.by_entry)


def by_days(entries: list[Row], legs: list[Row]) -> set[Pair]:
    """Entries of a day: by two agreements, else the only ones left."""
    pairs = [
        (e, m)
        for e in entries
        for m in legs
        if e["start_s"] is None and e["end_s"] is None and e["v"] == m["vehicle_key"]
        and e["day_lo"] is not None and e["day_lo"] <= m["start_hi"] and m["start_lo"] <= e["day_hi"]
    ]  # fmt: skip
    likely = [
        (600 * (3 - compared(e, m).count(1)), e, m)
        for e, m in pairs
        if compared(e, m).count(1) >= 2 and -1 not in compared(e, m)
    ]
    found = {(e["entry_id"], m["leg_id"]) for e, m in greedily(likely)}
    used = {one for pair in found for one in pair}
    left = [(e, m) for e, m in pairs if e["entry_id"] not in used and m["leg_id"] not in used]
    sole = [
        (e, m)
        for e, m in left
        if sum(other is e for other, _ in left) == sum(other is m for _, other in left) == 1
        and -1 not in compared(e, m)
    ]
    return found | {(e["entry_id"], m["leg_id"]) for e, m in sole}


def elsewhere(entries: list[Row], legs: list[Row]) -> set[Pair]:
    """Entries of no vehicle or of one that has movements, taken or not, and any vehicle's free movement."""
    priced = []
    for e in entries:
        if None in (e["start_s"], e["end_s"], e["from_place"]):
            continue
        for m in legs:
            start, end = offs(e, m, 0)
            _, to_place, distance = compared(e, m)
            possible = (to_place == 1 or distance == 1) and distance >= 0
            if e["from_place"] == m["from_place"] and possible and start <= REACH and end <= REACH:
                priced.append((start + end + price(e, m), e, m))
    return {(e["entry_id"], m["leg_id"]) for e, m in greedily(priced)}


def slowly(legs: list[Row], written: list[Row]) -> set[Pair]:
    """All links, step by step over what is left."""
    recorded = sorted({m["vehicle_key"] for m in legs})
    entries = []
    for e in written:
        ends_early = None not in (e["start_s"], e["end_s"]) and e["end_s"] < e["start_s"]
        v = e["vehicle_key"] or (recorded[0] if len(recorded) == 1 else "~")
        entries.append(e | {"v": v} | ({"end_s": None} if ends_early else {}))
    times = by_times(entries, legs)
    found = {(e["entry_id"], m["leg_id"]) for e, m in times} | grouped(entries, legs, times)
    for step in (by_days, elsewhere):
        used = {one for pair in found for one in pair}
        left = [e for e in entries if e["entry_id"] not in used]
        free = [m for m in legs if m["leg_id"] not in used]
        found |= step(left, free) if step is by_days else elsewhere_of(left, free, recorded)
    return found


def elsewhere_of(entries: list[Row], legs: list[Row], recorded: list[str]) -> set[Pair]:
    known = [e for e in entries if not e["vehicle_key"] or e["v"] in recorded]
    return (
        elsewhere([e | {"v": e["v"] if e["vehicle_key"] else "~"} for e in known], legs) if known else set()
    )


# ---------------------------------------------------------------- fleets of every kind

PLACE = st.sampled_from([None, "hall", "home", "court"])
METRES = st.sampled_from([None, 0, 3000, 4000, 9000, 20_000])


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Up to six movements and six entries of two vehicles in some hours, in steps of 5 minutes."""
    vehicles = draw(st.sampled_from([["E1"], ["E1", "E2"]]))

    def times(longest: int) -> tuple[int, int]:
        start = MAY + 300 * draw(st.integers(0, 24))
        return start, start + 300 * draw(st.integers(0, longest))

    def said() -> Row:
        return {"from_place": draw(PLACE), "to_place": draw(PLACE), "metres": draw(METRES)}

    legs = []
    for at in range(draw(st.integers(0, 6))):
        start, end = times(10)
        wide = draw(st.sampled_from([15, 15, 15, 700]))
        bounds = {"start_lo": start - wide, "end_hi": end + wide}
        legs.append(
            movement(f"leg{at}", start, end, vehicle_key=draw(st.sampled_from(vehicles)), **bounds, **said())
        )
    written = []
    for at in range(draw(st.integers(0, 6))):
        start, end = times(20)
        key = draw(st.sampled_from([*vehicles, *vehicles, *vehicles, "E9", None]))
        kind = draw(st.integers(0, 9))
        name = f"entry{at}"
        if kind == 0:
            written.append(of_day(name, MAY + DAY * draw(st.integers(0, 1)), vehicle_key=key, **said()))
        else:
            shift = draw(st.sampled_from([None, None, None, 3600, -3600]))
            one, other = (None, end) if kind == 1 else (start, None) if kind == 2 else (start, end)
            back = {"end_s": start - 300} if kind == 3 else {}
            row = entry(name, one, other, vehicle_key=key, shift_s=shift, **said())
            written.append(row | back)
    return legs, written


@settings(max_examples=60, deadline=None)
@given(fleets())
def test_the_links_are_those_of_the_rules_read_slowly(fleet: tuple[list[Row], list[Row]]) -> None:
    legs, written = fleet
    found = matched(legs, written)
    assert found.pairs == slowly(legs, written)
    assert found.unlogged.keys() == {m["leg_id"] for m in legs} - {leg for _, leg in found.pairs}
    assert found.not_driven.keys() == {e["entry_id"] for e in written} - {one for one, _ in found.pairs}
    assert all(1 <= row["score"] <= 100 for row in found.links)
    _no_entry_of_several_has_a_leg_of_several(found.pairs)


def _no_entry_of_several_has_a_leg_of_several(pairs: set[Pair]) -> None:
    for one, leg in pairs:
        legs = sum(other == one for other, _ in pairs)
        entries = sum(other == leg for _, other in pairs)
        assert min(legs, entries) == 1

"""Which log entries and which recorded movements are the same drive: a chain of SQL steps.

Given the relations of `matching_tables.INPUTS`, makes those of `matching_tables.OUTPUTS`. Hand-written times
are taken as noisy: what lies within `Reach.seconds` of them is near. In this order, over what is left:

1. an entry and a movement of its vehicle whose ends are both near each other, best pairs first, one to one;
2. movements of which half lies in an entry's times (one entry, several legs), and the other way about;
3. a further movement that an entry takes in, a further entry that a movement takes in;
4. entries that give only the day, by places and distance, or as the only ones left of the day;
5. entries left over that name no vehicle, or a recorded one: the movements left over of any vehicle, by time,
   place of the start, and place of the end or distance.

A pair's cost is the seconds between the ends (0 within the bounds), and for each of start place, end place
and distance 600 where it is not known to agree, 2400 where both cannot be true. Costs and scores order and
explain; whether an entry is contradicted hangs on bounds alone (``entries_not_driven.verdict``).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Protocol

from wardbook.link.matching_comparisons import Comparison, Reach, alike, outside
from wardbook.link.overlap import Spans, overlap_join
from wardbook.records import engine

_HERE = "wardbook.link"


_NOTHING = "SELECT en, ln, shift FROM matching_times WHERE en < 0"
"""No links: for a step that has nothing to do."""


class Steps(Protocol):
    """What runs steps: `Engine` or `SparkEngine`."""

    def run(self, name: str, query: str) -> object:
        """Create relation ``name`` as ``query``."""

    def count(self, relation: str) -> int:
        """Rows of a relation."""


def match(steps: Steps, reach: Reach | None = None) -> None:
    """Make ``entry_legs``, ``unlogged_movements`` and ``entries_not_driven``, and the steps between.

    Relations between begin with ``matching_``; their rows may be dropped afterwards.
    """
    compared = _comparison(steps, reach or Reach())
    _number(steps, compared)
    judged = bool(steps.count("judged_links"))
    _by_times(steps, compared, judged)
    _groups(steps)
    _by_day(steps, compared, judged)
    _elsewhere(steps, compared, judged)
    _results(steps, compared, judged)


def step_text(name: str, /, **parameters: str) -> str:
    """The query of a step of this room; see `engine.step_text`."""
    return engine.step_text(_HERE, name, **parameters)


def _run(steps: Steps, name: str, **parameters: str) -> None:
    steps.run(name, step_text(name, **parameters))


# ---------------------------------------------------------------- the steps


def _comparison(steps: Steps, reach: Reach) -> Comparison:
    """What the log lets compare. Columns that it leaves empty are not carried through the steps."""
    filled = {
        "names": "from_place IS NOT NULL OR to_place IS NOT NULL",
        "positions": "from_lat_e6 IS NOT NULL OR to_lat_e6 IS NOT NULL",
        "readings": "shift_s IS NOT NULL",
    }
    for name, test in filled.items():
        steps.run(f"matching_{name}", f"SELECT 1 AS known FROM written WHERE {test} LIMIT 1")  # noqa: S608
    names, positions, readings = (bool(steps.count(f"matching_{name}")) for name in filled)
    return Comparison(reach, names, positions, readings)


def _number(steps: Steps, compared: Comparison) -> None:
    """Numbers to join by: whole numbers are quicker than texts, and which row has which is never told."""
    _run(steps, "matching_vehicles")
    legs, entries = ("".join(f", {row}.{name}" for name in compared.columns("from", "to")) for row in "mw")
    _run(steps, "matching_legs", places=legs)
    _run(steps, "matching_entries", places=entries, reach=str(compared.reach.seconds))


def _by_times(steps: Steps, compared: Comparison, judged: bool) -> None:
    """``matching_pairs``: near in time, of one vehicle. ``matching_times``: the best of them, one to one.

    Where persons have judged links, ``matching_near`` has all pairs near in time, and ``matching_pairs``
    those that are left to find.
    """
    columns = ("en", "s", "e", *(("shift_s",) if compared.readings else ()))
    near = overlap_join(
        Spans("matching_entries", ("v",), "lo", "hi", columns),
        Spans(
            "matching_legs", ("v",), "start_lo", "end_hi", ("ln", "start_lo", "start_hi", "end_lo", "end_hi")
        ),
        f"a.en, b.ln, {compared.reading('a', 'b')} AS shift, "
        "a.s, a.e, b.start_lo, b.start_hi, b.end_lo, b.end_hi",
    )
    if judged:
        _run(steps, "matching_judged")
        steps.run("matching_near", _measured(near))
        steps.run("matching_pairs", step_text("matching_undecided"))
    else:
        steps.run("matching_pairs", _measured(near))
    seconds = str(compared.reach.seconds)
    _run(steps, "matching_clear", reach=seconds)
    _run(steps, "matching_contested", reach=seconds, unlike=compared.price("e", "l"))
    _best_first(steps, "times", "matching_contested", also="matching_clear")
    for side, number in (("legs", "ln"), ("entries", "en")):
        alone = step_text(f"matching_alone_{side}")
        steps.run(f"matching_alone_{side}", _unjudged(alone, (number,), "same") if judged else alone)


def _unjudged(query: str, numbers: tuple[str, ...], verdict: str | None = None) -> str:
    """The rows of a query without those whose numbers a judgement (of a verdict, or any) names."""
    listed = ", ".join(numbers)
    of = "" if verdict is None else f" WHERE verdict = '{verdict}'"
    on = " AND ".join(f"j.{number} = a.{number}" for number in numbers)
    return (
        f"SELECT a.* FROM ({query}) a LEFT JOIN (SELECT DISTINCT {listed} FROM matching_judged{of}) j "  # noqa: S608
        f"ON {on} WHERE j.{numbers[0]} IS NULL"
    )


def _measured(near: str, also: str = "") -> str:
    """The pairs with how far their ends are off; an end that is not written is off as the other."""
    start, end = outside("s + shift", "start_lo", "start_hi"), outside("e + shift", "end_lo", "end_hi")
    return (
        f"SELECT en, ln, shift, CASE WHEN s IS NULL THEN {end} ELSE {start} END AS start_off, "  # noqa: S608
        f"CASE WHEN e IS NULL THEN {start} ELSE {end} END AS end_off{also} FROM ({near}) n"
    )


def _best_first(steps: Steps, name: str, priced: str, also: str = "") -> None:
    """``matching_<name>``: of the pairs ``priced`` those that are each other's best, until none is left."""
    pool, found = f"matching_pool_{name}", [also] if also else []
    if not steps.count(priced):
        steps.run(f"matching_{name}", _union("en, ln, shift", found or [priced]))
        return
    steps.run(pool, step_text("matching_ranked", priced=priced))
    for number in count(1):
        best, left = f"matching_best_{name}_{number}", f"matching_left_{name}_{number}"
        steps.run(best, step_text("matching_best", pool=pool))
        found.append(best)
        if not steps.count(best):
            break
        steps.run(left, step_text("matching_left", pool=pool, best=best))
        pool = left
    steps.run(f"matching_{name}", _union("en, ln, shift", found))


def _groups(steps: Steps) -> None:
    _run(steps, "matching_open")
    _run(steps, "matching_inside_legs")
    _run(steps, "matching_inside_entries")
    _run(steps, "matching_joined_legs", explained=alike("metres", "has_metres"))
    _run(steps, "matching_joined_entries")
    _run(steps, "matching_grouped")
    _run(steps, "matching_free_legs")
    _run(steps, "matching_free_entries")


def _by_day(steps: Steps, compared: Comparison, judged: bool) -> None:
    """``matching_days``: entries without times, where two of start place, end place and distance agree."""
    columns = ("metres", *compared.columns("from", "to"))
    timeless = "matching_timeless"
    steps.run(timeless, "SELECT * FROM matching_free_entries WHERE s IS NULL AND e IS NULL")
    if not steps.count(timeless):
        steps.run("matching_days", _NOTHING)
        steps.run("matching_sole_days", _NOTHING)
        steps.run("matching_day_links", _NOTHING)
        return
    pairs = overlap_join(
        Spans(timeless, ("v",), "day_lo", "day_hi", ("en", *columns)),
        Spans("matching_free_legs", ("v",), "start_lo", "start_hi", ("ln", *columns)),
        f"a.en, b.ln, {compared.how_many('a', 'b', 1)} AS agreements, "
        f"{compared.how_many('a', 'b', -1)} AS contradictions",
    )
    steps.run("matching_day_pairs", _unjudged(pairs, ("en", "ln")) if judged else pairs)
    steps.run(
        "matching_day_prices",
        "SELECT en, ln, CAST(0 AS BIGINT) AS shift, CAST(600 * (3 - agreements) AS BIGINT) AS cost "
        "FROM matching_day_pairs WHERE agreements >= 2 AND contradictions = 0",
    )
    _best_first(steps, "days", "matching_day_prices")
    _run(steps, "matching_sole_days")
    steps.run("matching_day_links", _union("en, ln", ("matching_days", "matching_sole_days")))


def _elsewhere(steps: Steps, compared: Comparison, judged: bool) -> None:
    """``matching_elsewhere``: entries left over, and movements left over of any other vehicle."""
    if compared.names and steps.count("matching_free_entries"):
        pairs = _anywhere(compared)
        steps.run("matching_elsewhere_pairs", _unjudged(pairs, ("en", "ln")) if judged else pairs)
        near = f"start_off <= {compared.reach.seconds} AND end_off <= {compared.reach.seconds}"
        steps.run(
            "matching_elsewhere_prices",
            "SELECT en, ln, shift, start_off + end_off + unlike AS cost FROM matching_elsewhere_pairs "  # noqa: S608
            f"WHERE possible AND {near}",
        )
        _best_first(steps, "elsewhere", "matching_elsewhere_prices")
    else:
        steps.run("matching_elsewhere", _NOTHING)
    steps.run("matching_later_links", _union("en, ln", ("matching_day_links", "matching_elsewhere")))


def _anywhere(compared: Comparison) -> str:
    """Entries and movements left over that start at one place and time, and if one can be the other."""
    entries = (
        "(SELECT * FROM matching_free_entries WHERE s IS NOT NULL AND e IS NOT NULL "
        "AND (vehicle_key IS NULL OR v IS NOT NULL))"
    )
    legs = (
        "(SELECT l.* FROM matching_free_legs l LEFT JOIN matching_day_links d ON d.ln = l.ln "
        "WHERE d.ln IS NULL)"
    )
    reach, columns = compared.reach.seconds, ("metres", *compared.columns("from", "to"))
    bounds = ("start_lo", "start_hi", "end_lo", "end_hi")
    to_place, metres = compared.place("a.to", "b.to"), compared.distance("a.metres", "b.metres")
    near = overlap_join(
        Spans(entries, ("from_place",), f"s - {reach}", f"s + {reach}", ("en", "s", "e", *columns)),
        Spans(legs, ("from_place",), "start_lo", "start_hi", ("ln", *bounds, *columns)),
        "a.en, b.ln, CAST(0 AS BIGINT) AS shift, a.s, a.e, b.start_lo, b.start_hi, b.end_lo, b.end_hi, "
        f"{compared.price('a', 'b')} AS unlike, "
        f"({to_place} = 1 OR {metres} = 1) AND {to_place} >= 0 AND {metres} >= 0 AS possible",
    )
    return _measured(near, ", unlike, possible")


def _results(steps: Steps, compared: Comparison, judged: bool) -> None:
    _run(steps, "matching_other_links")
    first, last = compared.place("a.from", "b.from"), compared.place("c.to", "d.to")
    _run(steps, "matching_units", first_agrees=first, last_agrees=last)
    agrees = {
        "from_agrees": compared.place("e.from", "l.from"),
        "to_agrees": compared.place("e.to", "l.to"),
    }
    links = step_text(
        "matching_entry_legs",
        judged=step_text("matching_judged_links", **agrees) + "\n" if judged else "",
        **agrees,
        start_apart=outside("s", "start_lo", "start_hi"),
        end_apart=outside("e", "end_lo", "end_hi"),
        distance=compared.distance("metres", "leg_metres"),
    )
    steps.run("entry_legs", links)
    _run(steps, "matching_unlinked")
    near = "matching_near" if judged else "matching_pairs"
    minutes = str(compared.reach.seconds // 60)
    steps.run("unlogged_movements", step_text("matching_unlogged", minutes=minutes, near=near))
    _not_driven(steps, near)


def _not_driven(steps: Steps, near: str) -> None:
    if not steps.count("matching_unlinked"):
        steps.run("matching_covered", _NOTHING)
        steps.run("matching_day_moves", _NOTHING)
        steps.run("entries_not_driven", step_text("matching_not_driven", near=near))
        return
    watched = (
        "(SELECT w.lo, w.hi, x.v FROM watched w JOIN matching_vehicles x ON x.vehicle_key = w.vehicle_key)"
    )
    covered = overlap_join(
        Spans("matching_unlinked", ("v",), "lo", "hi", ("en",)),
        Spans(watched, ("v",), "lo", "hi", ()),
        "a.en",
        where="b.lo <= a.lo AND b.hi >= a.hi",
    )
    steps.run("matching_covered", covered)
    moves = overlap_join(
        Spans("(SELECT * FROM matching_unlinked WHERE timeless)", ("v",), "lo", "hi", ("en",)),
        Spans("matching_legs", ("v",), "start_lo", "end_hi", ()),
        "a.en",
    )
    steps.run("matching_day_moves", moves)
    steps.run("entries_not_driven", step_text("matching_not_driven", near=near))


def reasons() -> str:
    """The query of ``entry_leg_reasons``: each link's reason in words, and the records behind both sides.

    Made over ``entry_legs``, to be read link by link: as a view it costs nothing until it is.
    """
    return step_text("matching_reasons")


def _union(columns: str, relations: Iterable[str]) -> str:
    return " UNION ALL ".join(f"SELECT {columns} FROM {relation}" for relation in relations)  # noqa: S608

"""Which movement a toll passing, a purchase of fuel, a parking belongs to, and what was in force in it.

`link_anchors` gives ``anchor_legs`` and ``anchors_without_movement``, `link_intervals` ``leg_intervals`` and
``intervals_without_movement``, from the relations of `anchors_tables`, ``movements`` and ``watched``. What is
decided is decided on bounds: a vehicle stood only where its device reported throughout and no movement
touches the span in which the anchor would need one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wardbook.link.matching import Steps, step_text
from wardbook.link.matching_comparisons import Comparison, Reach
from wardbook.link.overlap import Spans, overlap_join

_AT = ("at_place", "at_lat_e6", "at_lon_e6")
_LEG = (
    *("leg_id", "start_lo", "start_hi", "end_lo", "end_hi", "start_s", "end_s"),
    *("from_place", "to_place", "from_lat_e6", "from_lon_e6", "to_lat_e6", "to_lon_e6"),
)


@dataclass(frozen=True)
class AnchorReach:
    """How far an anchor and a movement may lie apart, in seconds.

    A toll is read while the vehicle moves: only the clocks may differ. At a pump and in a garage it stands:
    the movement before or after may end or begin some time away. An event may begin some time after arrival.
    """

    toll: int = 300
    fuel: int = 1800
    parking: int = 900
    event: int = 3600
    places: Reach = field(default_factory=Reach)

    @property
    def widest(self) -> int:
        """The farthest of tolls, fuel and parking."""
        return max(self.toll, self.fuel, self.parking)


def link_anchors(steps: Steps, reach: AnchorReach | None = None) -> None:
    """Make ``anchor_legs`` and ``anchors_without_movement``; relations between begin with ``anchors_``."""
    given = reach or AnchorReach()
    limits = {"toll": str(given.toll), "fuel": str(given.fuel), "parking": str(given.parking)}
    steps.run("anchors_known", step_text("anchors_known"))
    wide = given.widest
    pairs = overlap_join(
        Spans("anchors_known", ("vehicle_key",), f"lo - {wide}", f"hi + {wide}", ("anchor_id", "kind", *_AT)),
        Spans("movements", ("vehicle_key",), "start_lo", "end_hi", _LEG),
        f"a.anchor_id, a.kind, a.lo + {wide} AS lo, a.hi - {wide} AS hi, b.leg_id, b.start_s, b.end_s, "
        "b.start_lo, b.start_hi, b.end_lo, b.end_hi, "
        f"{Comparison(given.places).place('a.at', 'b.to')} AS to_agrees, "
        f"{Comparison(given.places).place('a.at', 'b.from')} AS from_agrees",
    )
    apart = {
        "arrival_apart": "greatest(end_lo - lo, lo - end_hi, 0)",
        "leaving_apart": "greatest(start_lo - hi, hi - start_hi, 0)",
    }
    steps.run("anchors_near", step_text("anchors_near", pairs=pairs, parking=limits["parking"], **apart))
    steps.run("anchor_legs", step_text("anchors_legs", **limits))
    _covered(steps, limits)
    steps.run("anchors_without_movement", step_text("anchors_alone"))


def _covered(steps: Steps, limits: dict[str, str]) -> None:
    """``anchors_covered``: around them the device reported throughout, and no movement touches the span."""
    far = (
        f"CASE kind WHEN 'toll' THEN {limits['toll']} WHEN 'fuel' THEN {limits['fuel']} "
        f"ELSE {limits['parking']} END"
    )
    around = Spans("anchors_known", ("vehicle_key",), f"lo - {far}", f"hi + {far}", ("anchor_id",))
    moved = Spans("movements", ("vehicle_key",), "start_lo", "end_hi", ())
    steps.run("anchors_moved", overlap_join(around, moved, "a.anchor_id"))
    watched = Spans("watched", ("vehicle_key",), "lo", "hi", ())
    whole = overlap_join(around, watched, "a.anchor_id", where="b.lo <= a.lo AND b.hi >= a.hi")
    steps.run(
        "anchors_covered",
        f"SELECT w.anchor_id FROM ({whole}) w LEFT JOIN (SELECT DISTINCT anchor_id FROM anchors_moved) n "  # noqa: S608
        "ON n.anchor_id = w.anchor_id WHERE n.anchor_id IS NULL",
    )


def link_intervals(steps: Steps, reach: AnchorReach | None = None) -> None:
    """Make ``leg_intervals`` and ``intervals_without_movement``.

    An authorization, assessment or declining is of its vehicle, of a person aboard, or of all; where it names
    both it must be both. An event that names neither belongs to movements that end or begin at its place.
    """
    given = reach or AnchorReach()
    steps.run("anchors_intervals_keyed", step_text("anchors_intervals_keyed"))
    steps.run("anchors_intervals_ways", step_text("anchors_intervals_ways"))
    ways = "anchors_intervals_ways w JOIN movements m ON m.leg_id = w.leg_id"
    legs = f"(SELECT w.way, w.key, w.arrives, m.* FROM {ways})"  # noqa: S608
    wide = f"CASE WHEN kind = 'event' THEN {given.event} ELSE 0 END"
    shown = ("interval_id", "kind", "way", "vehicle_key", "person_key", *_AT)
    pairs = overlap_join(
        Spans("anchors_intervals_keyed", ("way", "key"), f"lo - {wide}", f"hi + {wide}", shown),
        Spans(legs, ("way", "key"), "start_lo", "end_hi", ("arrives", "vehicle_key", *_LEG)),
        f"a.interval_id, a.kind, a.way, a.vehicle_key, a.person_key, b.arrives, b.leg_id, "
        "b.start_s, b.end_s, b.start_lo, b.start_hi, b.end_lo, b.end_hi, "
        f"a.lo + CASE WHEN a.kind = 'event' THEN {given.event} ELSE 0 END AS lo, "
        f"a.hi - CASE WHEN a.kind = 'event' THEN {given.event} ELSE 0 END AS hi, "
        f"{Comparison(given.places).place('a.at', 'b.to')} AS to_agrees, "
        f"{Comparison(given.places).place('a.at', 'b.from')} AS from_agrees",
        where="coalesce(a.vehicle_key = b.vehicle_key, a.vehicle_key IS NULL)",
    )
    steps.run("leg_intervals", step_text("anchors_intervals_found", pairs=pairs))
    steps.run("intervals_without_movement", step_text("anchors_intervals_alone"))

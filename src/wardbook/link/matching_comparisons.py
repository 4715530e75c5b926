"""What is compared between two rows, as SQL of whole numbers that is alike on every engine.

A comparison gives 1 where both agree, -1 where both cannot be true, 0 where that is not known. Places and
distances that cannot both be true are those beyond doubt: names that differ may be two names of one place.
"""

from __future__ import annotations

from dataclasses import dataclass

_DEGREE_M = 111_195
"""Metres of one degree of latitude on the mean sphere."""


@dataclass(frozen=True)
class Reach:
    """How far written and recorded may lie apart and still be near: seconds of time, metres of place.

    ``near_m`` and ``far_m``: two positions are one place up to the first, and cannot be beyond the second.
    Distances agree within a tenth or a mile; they cannot both be true where they differ by more than half and
    by more than ``far_m``.
    """

    seconds: int = 1500
    near_m: int = 1000
    far_m: int = 5000


def outside(value: str, lo: str, hi: str) -> str:
    """Seconds from a time to an interval, 0 inside it."""
    return f"greatest({lo} - ({value}), ({value}) - {hi}, 0)"


def alike(written: str, recorded: str) -> str:
    """Whether two distances are alike: within a tenth, or a mile."""
    return f"10 * abs({recorded} - {written}) <= greatest({written}, 16090)"


@dataclass(frozen=True)
class Comparison:
    """The comparisons that a log allows: of names, positions and second readings only where it has any.

    An end is given as the stem of its columns: ``a.from`` of ``a.from_place`` and ``a.from_lat_e6``.
    """

    reach: Reach
    names: bool = True
    positions: bool = True
    readings: bool = True

    def columns(self, *ends: str) -> tuple[str, ...]:
        """The columns that places are compared by."""
        parts = (*(("place",) if self.names else ()), *(("lat_e6", "lon_e6") if self.positions else ()))
        return tuple(f"{end}_{part}" for end in ends for part in parts)

    def place(self, one: str, other: str) -> str:
        """Whether two ends are one place: 1 yes, -1 it cannot be, 0 not known."""
        near, possible = (_within(one, other, far) for far in (self.reach.near_m, self.reach.far_m))
        same = ([f"{one}_place = {other}_place"] if self.names else []) + ([near] if self.positions else [])
        never = f" WHEN NOT ({possible}) THEN -1" if self.positions else ""
        return f"CASE WHEN {' OR '.join(same)} THEN 1{never} ELSE 0 END" if same else "0"

    def reading(self, entry: str, leg: str) -> str:
        """What to add to the written times: 0, or the other reading where it fits the movement better."""

        def off(add: str) -> str:
            start = outside(f"{entry}.s{add}", f"{leg}.start_lo", f"{leg}.start_hi")
            return f"{start} + {outside(f'{entry}.e{add}', f'{leg}.end_lo', f'{leg}.end_hi')}"

        if not self.readings:
            return "CAST(0 AS BIGINT)"
        better = f"{entry}.shift_s IS NOT NULL AND {off(f' + {entry}.shift_s')} < {off('')}"
        return f"CAST(CASE WHEN {better} THEN {entry}.shift_s ELSE 0 END AS BIGINT)"

    def distance(self, written: str, recorded: str) -> str:
        """Whether two distances agree: 1 yes, -1 it cannot be, 0 not known or in between."""
        apart = f"abs({recorded} - {written})"
        cannot = f"{apart} > {self.reach.far_m} AND 2 * {apart} > greatest({written}, {recorded})"
        return f"CASE WHEN {alike(written, recorded)} THEN 1 WHEN {cannot} THEN -1 ELSE 0 END"

    def all(self, entry: str, leg: str) -> tuple[str, str, str]:
        """Start place, end place and distance of two rows."""
        distance = self.distance(f"{entry}.metres", f"{leg}.metres")
        start, end = (self.place(f"{entry}.{end}", f"{leg}.{end}") for end in ("from", "to"))
        return start, end, distance

    def how_many(self, entry: str, leg: str, answer: int) -> str:
        """How many of start place, end place and distance compare as ``answer``."""
        each = (f"CASE WHEN {one} = {answer} THEN 1 ELSE 0 END" for one in self.all(entry, leg))
        return " + ".join(each)

    def price(self, entry: str, leg: str) -> str:
        """What a pair costs for its places and distance, in seconds: for each 0, 600 (not known) or 2400."""
        each = (f"CASE {one} WHEN 1 THEN 0 WHEN 0 THEN 600 ELSE 2400 END" for one in self.all(entry, leg))
        return " + ".join(each)


def _within(one: str, other: str, metres: int) -> str:
    """Whether two positions lie in a box of ``metres`` to each side.

    The cosine of the latitude is (32400 - 4d^2) / (32400 + d^2), d in whole degrees (Bhaskara I): within
    0.02, and alike on every engine.
    """
    limit = metres * 1_000_000 // _DEGREE_M
    degrees = f"CAST(abs({one}_lat_e6) // 1000000 AS BIGINT)"
    return (
        f"(abs({one}_lat_e6 - {other}_lat_e6) <= {limit} AND abs({one}_lon_e6 - {other}_lon_e6) "
        f"* (32400 - 4 * {degrees} * {degrees}) <= {limit} * (32400 + {degrees} * {degrees}))"
    )

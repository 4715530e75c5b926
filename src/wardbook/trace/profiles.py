"""Stop rules: what counts as parked, and so what counts as one leg. Dated, named, stored with every leg.

A finding such as "unlogged movement" changes with the stop rule, so the rule is part of the result: a leg
bears its profile's ``label``. ``house`` is the program's own; the others take the thresholds that a vendor
documents and apply them with the house's method (a box instead of the vendor's own test), so that legs can
be compared with the vendor's trips; what is not taken over stands in ``differs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wardbook.errors import WrongUseError


@dataclass(frozen=True)
class Profile:
    """One stop rule. Lengths in metres, times in whole seconds, speeds in metres a second.

    A stay is a run of fixes of at least ``stay_s`` that fits a box with a diagonal of ``stay_m``; a silence
    of at least ``stay_s`` that moves the vehicle at most ``quiet_m`` is a stay as well. A silence longer than
    ``gap_s`` that moves it farther is an unobserved move. A leg has at least ``path_m`` of path within an
    extent of at least ``extent_m``. One fix is read of every ``thin_s`` seconds. A hop of more than
    ``jump_m`` beyond what ``top_mps`` allows is impossible. A vehicle has arrived when it is within
    ``place_m`` of where it stood; an edge slower than ``slow_mps`` does not begin or end a leg. A receiver
    that was off may need ``wake_s`` for its first fix, so a record may begin so long after its first leg did.
    """

    name: str
    as_of: date
    source: str
    differs: str
    stay_s: int = 300
    stay_m: int = 80
    quiet_m: int = 200
    gap_s: int = 900
    path_m: int = 300
    extent_m: int = 200
    thin_s: int = 15
    top_mps: int = 70
    jump_m: int = 500
    place_m: int = 30
    slow_mps: float = 0.5
    wake_s: int = 120

    @property
    def label(self) -> str:
        """What stands with every leg: ``house 2026-11-25``."""
        return f"{self.name} {self.as_of.isoformat()}"


HOUSE = Profile(
    "house",
    date(2026, 11, 25),
    "docs/reference/tracks.md",
    "",
)
TRACCAR = Profile(
    "traccar",
    date(2026, 11, 25),
    "Traccar trip report, new logic: no position of the last 180 s is 200 m or more away; stopGap 3,600 s",
    "a leg ends where the vehicle came to stand, not at the later position that confirms the stop",
    stay_s=180,
    stay_m=200,
    gap_s=3600,
)
GEOTAB = Profile(
    "geotab",
    date(2026, 11, 25),
    "MyGeotab trip: ignition off, or slower than 1 km/h for more than 200 s",
    "ignition is shown beside the leg and does not cut it; a leg does not run on to the next start",
    stay_s=200,
    stay_m=60,
)
SAMSARA = Profile(
    "samsara",
    date(2026, 11, 25),
    "Samsara trip: stationary for at least 10 minutes; the engine is ignored",
    "the 2 minutes at places of the customer's address book are not applied",
    stay_s=600,
)

PROFILES = (HOUSE, TRACCAR, GEOTAB, SAMSARA)


def find_profile(name: str) -> Profile:
    """The profile of a name. Raises `WrongUseError` for a name that is none."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise WrongUseError(f"--profile: expected one of {known}; found {name!r}")

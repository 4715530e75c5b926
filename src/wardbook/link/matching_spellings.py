"""Vehicles as a log misspells them: which recorded vehicle a key that no device has can be a slip for.

A slip is one sign too many or too few, two neighbors exchanged, a letter for another sign, or signs that look
alike (O and 0, I and 1). One digit for another is none: fleets are numbered in sequence, and the next number
is another car.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

_LOOKS = str.maketrans("OQDILSBZG", "000115826")
_SHORTEST = 4
"""A key of fewer signs is not guessed at."""


def vehicle_spellings(
    written: Collection[str], recorded: Collection[str], registered: Collection[str] = ()
) -> Iterator[Mapping[str, str]]:
    """Rows of ``vehicle_spellings``: the keys of the log that can be a slip for exactly one recorded vehicle.

    ``registered`` are the keys of vehicles known to exist; such a key is no slip, even without a device.
    """
    near: dict[str, set[str]] = defaultdict(set)
    for vehicle in sorted(recorded):
        for form in _forms(vehicle):
            near[form].add(vehicle)
    for key in sorted(set(written) - set(recorded) - set(registered)):
        ways = {
            vehicle: how
            for vehicle in sorted({vehicle for form in _forms(key) for vehicle in near.get(form, ())})
            if (how := slip(key, vehicle))
        }
        if len(ways) == 1:
            ((vehicle, how),) = ways.items()
            yield {"written_key": key, "vehicle_key": vehicle, "how": how}


def slip(key: str, vehicle: str) -> str:
    """How ``key`` can be a slip of the pen for ``vehicle``, in words; empty where it cannot."""
    if min(len(key), len(vehicle)) < _SHORTEST or key == vehicle:
        return ""
    if key.translate(_LOOKS) == vehicle.translate(_LOOKS):
        return "signs that look alike"
    if abs(len(key) - len(vehicle)) == 1:
        short, long = sorted((key, vehicle), key=len)
        missing = any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
        return "one sign too few" if missing and short == key else "one sign too many" if missing else ""
    if len(key) != len(vehicle):
        return ""
    apart = [at for at in range(len(key)) if key[at] != vehicle[at]]
    if len(apart) == 1 and not (key[apart[0]].isdigit() and vehicle[apart[0]].isdigit()):
        return "one sign for another"
    exchanged = len(apart) == 2 and apart[1] == apart[0] + 1 and key[apart[0]] == vehicle[apart[1]]
    return "two signs exchanged" if exchanged and key[apart[1]] == vehicle[apart[0]] else ""


def _forms(key: str) -> set[str]:
    """What two keys one slip apart have in common: the key with up to one sign left out, and its look."""
    return {key, "=" + key.translate(_LOOKS), *(key[:at] + key[at + 1 :] for at in range(len(key)))}

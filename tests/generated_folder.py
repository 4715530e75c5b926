"""A folder of records made up for tests: the town of Millbrook with a longer log, and a tracker in a car."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PLACES = {
    "Town Hall": (39_000_000, -66_000_000),
    "Mayor's House": (39_010_000, -66_012_000),
    "Campaign Office": (39_004_000, -66_006_000),
}
_PURPOSES = ("Council meeting", "Campaign rally", "Return home", "", "Budget hearing")


def write_folder(folder: Path, days: int = 200, entries_a_day: int = 6, seed: int = 7) -> Path:
    """Write the records of Millbrook into ``folder``, with a log of so many days and a track of car C1."""
    shutil.copytree(ROOT / "examples" / "millbrook", folder)
    chance = random.Random(seed)
    lines = [
        "source_key,day,start_at,end_at,vehicle,route_text,riders_text,agency,hours,stated_purpose,logged_at"
    ]
    fixes: list[str] = []
    for number in range(days):
        day = date(2024, 6, 1) + timedelta(days=number)
        for entry in range(entries_a_day):
            start = datetime(day.year, day.month, day.day, 12 + entry, chance.randrange(20), tzinfo=UTC)
            leg = chance.sample(sorted(_PLACES), 2)
            lines.append(_entry(f"G{number}-{entry}", start, leg, chance))
            if number < 20:
                fixes += _drive(start, leg)
    (folder / "log_entries-generated.csv").write_text("\n".join(lines) + "\n", "utf-8")
    track = f"<trk><name>C1</name><trkseg>{''.join(fixes)}</trkseg></trk>"
    (folder / "tracker-c1.gpx").write_text(f"<gpx>{track}</gpx>", "utf-8")
    return folder


def _entry(key: str, start: datetime, leg: list[str], chance: random.Random) -> str:
    local = start - timedelta(hours=4)
    end = local + timedelta(minutes=30)
    riders = chance.choice(['"Mayor Thessaly Quillfeather, Officer Alder Oake"', "Officer Birch Larke", ""])
    return (
        f"{key},{local:%Y-%m-%d},{local:%Y-%m-%d %H:%M},{end:%Y-%m-%d %H:%M},C1,{leg[0]}-{leg[1]},{riders},"
        f"Security detail,0.5,{chance.choice(_PURPOSES)},{end:%Y-%m-%d %H:%M}"
    )


def _drive(start: datetime, leg: list[str]) -> list[str]:
    """Fixes of a stop of 10 minutes, a drive of 10, and a stop of 20, one each 30 seconds."""
    (south, west), (north, east) = (_PLACES[place] for place in leg)
    fixes = []
    for step in range(80):
        part = min(max(step - 20, 0), 20)
        lat, lon = south + (north - south) * part // 20, west + (east - west) * part // 20
        at = start + timedelta(seconds=30 * (step - 20))
        fixes.append(
            f'<trkpt lat="{lat / 1e6}" lon="{lon / 1e6}"><time>{at:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>\n'
        )
    return fixes

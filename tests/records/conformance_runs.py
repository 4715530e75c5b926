"""Runs that are recorded and played on other engines: a fleet that is traced, one that is linked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb

from tests.link.test_matching_spark import fleet_of_every_kind
from tests.link.test_matching_spark import run as link_all
from tests.records.conformance_record import COMPARED, Record, Recorder
from tests.trace.faults import Fix, clock_jumps, duplicates, teleport_bursts, teleports
from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching_tables import INPUTS, OUTPUTS
from wardbook.trace.legs import TraceOptions, trace_fixes


@dataclass(frozen=True)
class Recorded:
    """A run: what it is given, and the relations whose rows must be the same (none named: all of them)."""

    given: tuple[str, ...]
    compared: tuple[str, ...]
    run: Callable[[Recorder, Path], None]


# ---------------------------------------------------------------- a fleet of every fault


def fleet(vehicles: int = 6, days: int = 3) -> list[Fix]:
    """Fixes of vehicles that park, drive, creep and fall silent; half of all are those of the first."""
    dice = Random(11)
    track: list[Fix] = []
    for vehicle in range(vehicles):
        ts, lat, lon = 1_600_000_000 + vehicle, 41_300_000 + vehicle * 20_000, -72_900_000
        for _ in range(days * 8 * (vehicles if vehicle == 0 else 1)):
            pace, metres = dice.choice(((1, 12), (15, 190), (60, 700), (301, 2_500), (30, 3), (1_000, 9_000)))
            north = dice.choice((-1, 0, 1))
            for _ in range(dice.randint(4, 60)):
                ts += pace
                lat += 9 * metres * north + dice.randint(-40, 40)
                lon += 12 * metres * (1 - abs(north)) * dice.choice((1, 1, 1, 0)) + dice.randint(-40, 40)
                track.append((vehicle, ts, lat, lon))
            for _ in range(dice.choice((0, 3, 40))):
                ts += dice.choice((30, 290, 300, 301))
                track.append((vehicle, ts, lat + dice.randint(-200, 200), lon + dice.randint(-200, 200)))
    return dice.sample(track, len(track))


def write_fleet(path: Path, track: Sequence[Fix], *, whole: bool) -> None:
    """The fixes as Parquet; ``whole`` with when each was received, ignition and an odometer."""
    dice = Random(5)
    lines = path.with_suffix(".csv")
    with lines.open("w", encoding="utf-8") as out:
        out.write("veh,ts_s,lat_e6,lon_e6,received_s,ignition,odometer_m\n")
        for row, (vehicle, ts, lat, lon) in enumerate(track):
            late = dice.choice((1, 1, 5, 600))
            ignition = dice.choice(("true", "true", "true", "false", ""))
            odometer = dice.choice(("", str(ts // 7 + row % 3)))
            out.write(f"{vehicle},{ts},{lat},{lon},{ts + late},{ignition},{odometer}\n")
    types = (
        "{'veh': 'BIGINT', 'ts_s': 'BIGINT', 'lat_e6': 'INTEGER', 'lon_e6': 'INTEGER', "
        "'received_s': 'BIGINT', 'ignition': 'BOOLEAN', 'odometer_m': 'BIGINT'}"
    )
    shown = "*" if whole else "veh, ts_s, lat_e6, lon_e6"
    with duckdb.connect() as engine:
        rows = f"SELECT {shown} FROM read_csv('{lines}', header = true, columns = {types})"
        engine.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    lines.unlink()


def _traced(recorder: Recorder, work: Path, *, whole: bool) -> None:
    dice = Random(2)
    track = fleet()
    faults = (teleports, teleport_bursts, clock_jumps, duplicates) if whole else (duplicates, teleport_bursts)
    for fault in faults:
        track = fault(track, [], dice)
    write_fleet(work / "given.parquet", track, whole=whole)
    trace_fixes(recorder, work / "given.parquet", work, options=TraceOptions(points=True))


def _traced_whole(recorder: Recorder, work: Path) -> None:
    _traced(recorder, work, whole=True)


def _traced_plain(recorder: Recorder, work: Path) -> None:
    _traced(recorder, work, whole=False)


# ---------------------------------------------------------------- a fleet that is linked


def _linked(recorder: Recorder, _: Path) -> None:
    fleet_of_every_kind(recorder)
    link_all(recorder)


RUNS = {
    "trace": Recorded(("fixes_good", "fixes_vehicles"), (), _traced_whole),
    "trace without anchors": Recorded(("fixes_good", "fixes_vehicles"), (), _traced_plain),
    "link": Recorded(
        tuple(table.name for table in (*INPUTS, *ANCHOR_INPUTS)),
        tuple(table.name for table in (*OUTPUTS, *ANCHOR_OUTPUTS)),
        _linked,
    ),
}


def folder_of(folder: Path, name: str) -> Path:
    """Where a run is recorded."""
    return folder / name.replace(" ", "-")


def record(name: str, folder: Path) -> Record:
    """Record a run into an empty folder."""
    run = RUNS[name]
    work = folder / "work"
    work.mkdir(parents=True)
    (folder / COMPARED).write_text(" ".join(run.compared), "utf-8")
    with Recorder(folder, run.given) as recorder:
        run.run(recorder, work)
        return recorder.finish()


def main() -> None:
    """Record every run into the folder that is named."""
    for name in RUNS:
        record(name, folder_of(Path(sys.argv[1]), name))


if __name__ == "__main__":
    main()

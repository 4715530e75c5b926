"""Other programs, each in an environment of its own that is made on first use; and how right their legs are."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.trace.faults import FAULTS, with_heartbeats
from tests.trace.fleet import read_fleet
from tests.trace.legs_run import ends, legs_of, write_fixes
from tests.trace.score import Span, score

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOMES = {
    "trackintel": (".venv-peers-tracks", "peers.txt"),
    "movingpandas": (".venv-peers-tracks", "peers.txt"),
    "polars": (".venv-peers-tracks", "peers.txt"),
    "scikit-mobility": (".venv-peers-tracks-skmob", "peers_skmob.txt"),
}
"""scikit-mobility runs with older numpy and pandas than the others take."""

FEW: dict[str, int | None] = {
    "polars": None,
    "scikit-mobility": 100_000,
    "trackintel": 100_000,
    "movingpandas": 5_000,
}
"""Fixes that each gets for its speed; None for all."""

CASES = (
    "heartbeat None",
    "heartbeat 60",
    "heartbeat 300",
    "jitter",
    "parked drift",
    "tunnel 8 min",
    "together",
)
SLOW = frozenset({"movingpandas"})


@dataclass(frozen=True)
class Found:
    """What another program found, and what it took."""

    version: str
    seconds: float
    peak_mb: float
    legs: tuple[Span, ...]


def names() -> tuple[str, ...]:
    """The other programs."""
    return tuple(HOMES)


def python_of(engine: str) -> Path:
    """The Python of an engine's environment, which is made if it is not there."""
    folder, file = HOMES[engine]
    home, wanted = ROOT / folder, (HERE / file).read_text("utf-8")
    done = home / "peers.done"
    if not done.is_file() or done.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(HERE / file)], check=True)
        done.write_text(wanted, "utf-8")
    return home / "bin" / "python"


def found_by(engine: str, path: Path) -> Found | str:
    """The legs that an engine finds in a table, or why it could not."""
    command = [str(python_of(engine)), str(HERE / "peers.py"), engine, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    told = json.loads(done.stdout.splitlines()[-1])
    legs = tuple(Span(*leg) for leg in told["legs"])
    return Found(told["version"], told["seconds"], told["peak_mb"], legs)


def accuracy(folder: Path) -> Iterator[str]:
    """F1 on the shared fleet of every program, on the same tracks."""
    fixes, trips = read_fleet(folder)
    yield "beside other programs, F1 (by overlap) on the shared fleet"
    for case in CASES:
        if case.startswith("heartbeat"):
            word = case.split()[1]
            track = with_heartbeats(fixes, ends(trips), None if word == "None" else int(word))
        else:
            track = FAULTS[case](fixes, ends(trips), random.Random(f"{case} 7"))
        ours = score(legs_of(track), trips)
        told = [f"wardbook {ours.f1:.3f} ({ours.f1_overlap:.3f})"]
        with tempfile.TemporaryDirectory() as work:
            path = Path(work) / "fixes.parquet"
            write_fixes(track, path)
            for engine in names():
                if engine in SLOW and case != "heartbeat None":
                    continue
                found = found_by(engine, path)
                if isinstance(found, str):
                    told.append(f"{engine}: {found}")
                    continue
                theirs = score(found.legs, trips)
                told.append(f"{engine} {theirs.f1:.3f} ({theirs.f1_overlap:.3f})")
        yield f"  {case:<16} " + ", ".join(told)

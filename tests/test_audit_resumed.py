"""An audit that keeps its steps: killed and gone on with, it gives the files of one never stopped."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.generated_folder import write_folder
from wardbook.cli import main

STEPS_BEFORE_THE_KILL = 12


def command(book: Path, out: Path, *more: str | Path) -> list[str]:
    rulebook = book.parent / "records" / "policy.md"
    words = ["audit", book, "--rulebook", rulebook, "--out", out, "--edges", *more]
    return [sys.executable, "-m", "wardbook", *(str(word) for word in words)]


def audited(book: Path, out: Path, *more: str | Path) -> str:
    """Run an audit to its end; returns what it says on stderr."""
    done = subprocess.run(command(book, out, *more), capture_output=True, text=True, check=True)
    return done.stderr


def kept_of_all(told: str) -> tuple[int, int]:
    found = re.search(r"(\d+) of (\d+) steps kept", told)
    assert found, told
    return int(found[1]), int(found[2])


def side_cars(work: Path) -> dict[str, int]:
    """Each finished step's side-car, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in work.glob("*.json")}


def steps_of(work: Path, names: Iterable[str]) -> int:
    """How many steps these side-cars stand for: of what is kept whole the steps in it, not its outputs."""
    told = [json.loads((work / name).read_text("utf-8")) for name in names]
    outputs = {key for one in told for key in one.get("outputs", {}).values()}
    return sum(len(one["steps"]) if "steps" in one else one["key"] not in outputs for one in told)


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resumed")
    records = write_folder(folder / "records")
    path = folder / "town.book"
    words = [sys.executable, "-m", "wardbook"]
    subprocess.run([*words, "init", path, "--title", "Town"], check=True, capture_output=True)
    with (path / "book.toml").open("a", encoding="utf-8") as settings:
        settings.write('campaign = "Quillfeather for State Senate"\n')
    changed: list[str | Path] = [*words, "settings", path, path / "book.toml", "--by", "A. Reader"]
    subprocess.run(changed, check=True, capture_output=True)
    subprocess.run([*words, "take-in", path, records], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def plain(book: Path) -> dict[str, bytes]:
    """The files of an audit that keeps nothing."""
    audited(book, book.parent / "plain")
    return files(book.parent / "plain")


def test_a_killed_audit_goes_on_where_it_was(book: Path, plain: dict[str, bytes], tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    with subprocess.Popen(command(book, out, "--work", work), stderr=subprocess.DEVNULL) as running:
        while running.poll() is None and len(side_cars(work)) < STEPS_BEFORE_THE_KILL:
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
    finished = side_cars(work)
    assert running.returncode == -signal.SIGKILL
    assert len(finished) >= STEPS_BEFORE_THE_KILL
    assert not out.exists()

    kept, asked = kept_of_all(audited(book, out, "--work", work))
    assert steps_of(work, finished) <= kept < asked
    assert finished.items() <= side_cars(work).items()
    assert files(out) == plain

    before = side_cars(work)
    assert kept_of_all(audited(book, out, "--work", work)) == (asked, asked)
    assert side_cars(work) == before
    assert files(out) == plain


def test_the_audit_that_was_killed_has_much_to_trace_and_link(plain: dict[str, bytes]) -> None:
    rows = {step["name"]: step["rows"] for step in json.loads(plain["manifest.json"])["steps"]}
    assert rows["uses"] > 1000
    assert rows["traced_legs"] > 100
    assert rows["entry_legs"] > 20


# ---------------------------------------------------------------- where steps may lie


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("work", ["out", "records", "town.book", "town.book/steps"])
def test_steps_lie_in_a_folder_of_their_own(book: Path, work: str) -> None:
    place, policy = book.parent / work, book.parent / "records" / "policy.md"
    source = book.parent / "records" if work == "records" else book
    result = run("audit", source, "--rulebook", policy, "--out", book.parent / "out", "--work", place)
    assert result.exit_code == 2
    assert "--work: expected a folder of its own" in result.stderr
    assert not list(place.glob("*.parquet"))


def test_steps_in_the_folder_of_records_are_no_records(root: Path, tmp_path: Path) -> None:
    records = tmp_path / "records"
    shutil.copytree(root / "examples" / "millbrook", records)
    words = ("audit", records, "--out", tmp_path / "out", "--work", records / "steps")
    first, second = run(*words), run(*words)
    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert list((records / "steps").glob("*.parquet"))
    assert "steps/" not in second.stdout
    kept, asked = kept_of_all(second.stderr)
    assert kept == asked


def test_without_work_nothing_is_said_of_steps(root: Path, tmp_path: Path) -> None:
    result = run("audit", root / "examples" / "millbrook", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "steps kept" not in result.stderr

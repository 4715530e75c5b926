"""Files in the layout of every format, with what is read of them beside them in ``<file>.told``."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.intake.table_exhibits import NEW_YORK, told
from wardbook.intake.reader import Context, Exhibit
from wardbook.intake.readers import recognizing
from wardbook.intake.take_in import shipped_mappings
from wardbook.records.source import NOTHING, Fixes, Reading

GOLDEN = Path(__file__).parent / "golden"
TOLD = sorted(GOLDEN.glob("*/*.told"))
INPUTS = sorted(p for p in GOLDEN.glob("*/*") if p.suffix not in (".told", ".toml"))


def context(folder: Path) -> Context:
    own = tuple((p.name, p.read_text("utf-8")) for p in sorted(folder.glob("*.mapping.toml")))
    return Context(NEW_YORK.zone, (*shipped_mappings(), *own))


def exhibit_of(path: Path) -> Exhibit:
    data = path.read_bytes()
    return Exhibit(path, path.name, hashlib.sha256(data).hexdigest(), data[: 1 << 16])


def whole(name: str, reading: Reading) -> str:
    lines = [f"{name}: {reading.held} rows held, {reading.read} read", told(reading.rows)]
    for track in reading.fixes:
        values = ", ".join(f"{k} {v}" for k, v in track.track.items() if v is not None)
        lines.append(f"track: {values}")
        lines.extend(fix(track, number) for number in range(len(track)))
    lines.extend(f"unread: {c.name}: {c.filled}: {c.sample}" for c in reading.unread)
    return "\n".join(line.rstrip() for line in lines if line) + "\n"


def fix(track: Fixes, number: int) -> str:
    cells = ((name, column[number]) for name, column in track.columns.items())
    shown = ", ".join(f"{name} {cell}" for name, cell in cells if cell != NOTHING)
    return f"  line {track.lines[number]}: {shown}"


def read(path: Path) -> str:
    source, known = exhibit_of(path), context(path.parent)
    (reader,) = recognizing(source, known)
    return whole(reader.name, reader.read(source, known))


def test_every_input_has_its_answer_beside_it() -> None:
    assert [p.name for p in TOLD] == [p.name + ".told" for p in INPUTS]


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_exactly_one_reader_reads_it_as_told(path: Path) -> None:
    assert read(path) == path.with_name(path.name + ".told").read_text("utf-8")

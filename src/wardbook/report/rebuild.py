"""Recompute a bag: the records from its exhibits, its audits from the records, and compare all of it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from wardbook.audit import audit as run_audit
from wardbook.audit import filled
from wardbook.custody.log import Entry
from wardbook.custody.pack import read_pack
from wardbook.custody.policy import Policy
from wardbook.custody.tiles import TileFolder
from wardbook.custody.verify import LOG, Verified, verify_bag
from wardbook.errors import WrongUseError
from wardbook.intake.reader import Reader
from wardbook.intake.readers import READERS
from wardbook.intake.take_in import CONFIGURATION, take_in
from wardbook.policy.read import load
from wardbook.records.book import Book, make_relations, read_settings
from wardbook.records.bundle import MANIFEST, read_bag_entries
from wardbook.records.engine import Engine, file_literal
from wardbook.records.schema import BOOK_TABLES
from wardbook.report.decided_store import RULEBOOK
from wardbook.report.forms.typeset import can_make_pdf
from wardbook.report.forms.written import HTML, NAME, PDF, SUFFIX, XLSX, read_report, written
from wardbook.report.narrative.document import FULL
from wardbook.report.narrative.release import Release
from wardbook.report.write import EDGES, write

OWN_PLACE = frozenset({"occurrences", "exhibits"})
"""Tables that say where and when a file was taken in: a new take-in says another place and time."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Compared:
    """One table or file, and how it differs from what was recomputed; nothing where it is the same."""

    name: str
    difference: str = ""


@dataclass(frozen=True)
class Rebuilt:
    """What was verified, and everything that was computed again and compared."""

    verified: Verified
    tables: tuple[Compared, ...]
    files: tuple[Compared, ...]

    @property
    def differences(self) -> tuple[Compared, ...]:
        """What came out otherwise."""
        return tuple(one for one in (*self.tables, *self.files) if one.difference)


def rebuild(
    bag: Path,
    version: str,
    trusted: Policy | None = None,
    progress: Progress = lambda _part: None,
    reports: Path | None = None,
) -> Rebuilt:
    """Verify a bag, read its exhibits again, run its audits again; ``version`` is this program's.

    Tables are compared row by row, files of audits byte for byte. Into the folder ``reports`` go the forms of
    each audit's report, made from the recomputed one. Raises `Refused` where the bag does not
    verify, and `WrongUseError` where what is withheld or expunged makes recomputing impossible.
    """
    verified = verify_bag(bag, trusted, progress=progress)
    public = list(TileFolder(bag / LOG).texts(verified.witnessed.checkpoint.size))
    entries = read_bag_entries(bag, verified.entries, public)
    _check_whole(bag, entries, verified)
    with tempfile.TemporaryDirectory(prefix="wardbook-rebuild-") as folder:
        work = Path(folder)
        progress("exhibits")
        _unpack(bag, work / "exhibits")
        tables = tuple(_read_again(bag, entries, work, progress))
        files = tuple(_audit_again(bag, entries, work, version, progress))
        if reports is not None:
            for audit in sorted((work / "audits").glob("*")):
                progress(f"report {audit.name}")
                _write_forms(audit, reports / audit.name)
    return Rebuilt(verified, tables, files)


def _check_whole(bag: Path, entries: Sequence[Entry], verified: Verified) -> None:
    partly = set(verified.withheld) | set(verified.expunged)
    touched = [e.number for e in entries if e.kind in ("take-in", "judgement") and e.number in partly]
    missing = [
        e.number
        for e in entries
        if e.kind == "take-in" and e.body and not (bag / "data/records" / e.body["take_in"]).is_dir()
    ]
    if touched or missing:
        raise WrongUseError(
            f"what entry {(touched or missing)[0]} stands for is withheld or expunged: what rests on it "
            "cannot be recomputed from this bag. The bag can be verified."
        )


def _unpack(bag: Path, folder: Path) -> None:
    """The exhibits of a bag as loose files under their digests."""
    folder.mkdir()
    for path in sorted((bag / "data/exhibits").rglob("*")):
        if path.suffix == ".zip" and path.name.startswith("pack-"):
            for digest, content in read_pack(path):
                (folder / digest).write_bytes(content)
        elif path.is_file():
            shutil.copyfile(path, folder / (path.parent.name + path.name))


# ---------------------------------------------------------------- records


def _read_again(bag: Path, entries: Sequence[Entry], work: Path, progress: Progress) -> Iterator[Compared]:
    settings = read_settings(bag / "data/book.toml")
    sources = work / "sources"
    with Engine() as engine:
        make_relations(engine, entries, bag / "data/records")
        found = engine.rows("SELECT exhibit, source, path, modified_at FROM occurrences ORDER BY ALL")
        readers = dict(engine.rows("SELECT exhibit, reader FROM exhibits WHERE reader IS NOT NULL"))
        places = {source: sources / str(n) for n, source in enumerate(dict.fromkeys(row[1] for row in found))}
        for exhibit, source, path, changed in found:
            place = places[source] / path
            if place.resolve().is_relative_to(places[source].resolve()):
                _put_back(work / "exhibits" / exhibit, place, changed)
        known = {reader.name: reader for reader in READERS}
        settled = {exhibit for exhibit, reader in readers.items() if reader == CONFIGURATION}

        def recorded(sha256: str) -> Reader | None:
            return known.get(str(readers.get(sha256)))

        with Book.create(work / "again.book", settings) as again:
            for place in places.values():
                progress("read again")
                take_in(
                    again,
                    [place],
                    choose=lambda exhibit, _readers: recorded(exhibit.sha256),
                    configuration=settled,
                )
            with Engine() as other:
                again.relations(other)
                for table in BOOK_TABLES:
                    if table.name not in OWN_PLACE:
                        yield Compared(f"records: {table.name}", _rows_apart(engine, other, table.name, work))


def _put_back(exhibit: Path, place: Path, changed: datetime | None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(exhibit, place)
    if changed is not None:
        moment = changed.astimezone(UTC).timestamp()
        os.utime(place, (moment, moment))


def _rows_apart(one: Engine, other: Engine, table: str, work: Path) -> str:
    """How many rows of a table only one side has."""
    files = [work / f"{side}-{table}.parquet" for side in ("bag", "again")]
    for engine, path in zip((one, other), files, strict=True):
        engine.write_parquet(f"SELECT * FROM {table}", path)  # noqa: S608
    first, second = (f"SELECT * FROM read_parquet({file_literal(path)})" for path in files)  # noqa: S608
    lost = one.one(f"SELECT count(*) FROM ({first} EXCEPT ALL {second})")  # noqa: S608
    new = one.one(f"SELECT count(*) FROM ({second} EXCEPT ALL {first})")  # noqa: S608
    for path in files:
        path.unlink()
    return f"{lost:,} rows only in the bag, {new:,} only when read again" if lost or new else ""


# ---------------------------------------------------------------- audits


def _audit_again(
    bag: Path, entries: Sequence[Entry], work: Path, version: str, progress: Progress
) -> Iterator[Compared]:
    for folder in sorted((bag / "data/audits").glob("*")):
        checkpoint = _checkpoint_of(folder)
        size = int(checkpoint.split(" ")[0])
        rulebook = load(_rulebook_of(folder, work))
        settings = filled(read_settings(bag / "data/book.toml"), rulebook)
        with Engine() as engine:
            make_relations(engine, [e for e in entries if e.number < size], bag / "data/records")
            progress(f"audit {folder.name}")
            result = run_audit(engine, settings, rulebook, checkpoint)
            again = work / "audits" / folder.name
            write(result, again, version, (folder / EDGES).is_file())
        for path in sorted(folder.iterdir()):
            same = (again / path.name).is_file() and (again / path.name).read_bytes() == path.read_bytes()
            yield Compared(f"audits/{folder.name}/{path.name}", "" if same else "other bytes")


def _write_forms(audit: Path, folder: Path) -> None:
    """The forms of an audit's full report; a PDF where what makes one is installed."""
    document = read_report(audit)
    folder.mkdir(parents=True)
    for form in (HTML, PDF, XLSX):
        if form != PDF or can_make_pdf():
            content = written(document, form, FULL, Release(), date.min)
            (folder / f"{NAME}{SUFFIX[form]}").write_bytes(content)


def _manifest(folder: Path) -> dict[str, object]:
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    return dict(found)


def _checkpoint_of(folder: Path) -> str:
    return str(_manifest(folder)["checkpoint"])


def _rulebook_of(folder: Path, work: Path) -> Path:
    """The audit's rulebook under the file name that its manifest gives."""
    named = _manifest(folder)["rulebook"]
    name = str(named["path"]) if isinstance(named, dict) else RULEBOOK
    place = work / "rulebooks" / folder.name / Path(name).name
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / RULEBOOK, place)
    return place

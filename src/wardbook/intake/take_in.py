"""Take-in: from files on disk to records in the book, with every row accounted for.

`take_in` lists the files of the sources, copies each into the book's staging, finds the one reader that
recognizes it, reads it, and enters everything at once. Taking in the same source twice finds every
occurrence known and enters nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from wardbook.custody.store import UnreadableSourceError, sha256_file, stage_copy
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.intake.archives import is_archive, with_members
from wardbook.intake.fix_rows import record_id, write_fixes
from wardbook.intake.grid import displayable
from wardbook.intake.mapping import parse_mapping
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.readers import recognizing, why_unreadable
from wardbook.intake.riders import split_riders
from wardbook.intake.routes import split_route
from wardbook.intake.sources import Files, Found, PassedOver, cannot_open, find_files, reason
from wardbook.records.book import Book, TakeIn
from wardbook.records.engine import Engine
from wardbook.records.schema import BOOK_TABLES, find_table
from wardbook.records.source import NotARecord, Place, Reading, Record, SetAside

_HEAD = 1 << 16
CONFIGURATION = "wardbook configuration"
"""The reader of an exhibit that speaks of the others: ``book.toml``, a mapping, the rulebook."""

Choose = Callable[[Exhibit, tuple[Reader, ...]], Reader | None]
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class ExhibitReport:
    """What became of one exhibit: ``held`` rows = ``records`` + ``set_aside`` + ``not_a_record``."""

    name: str
    sha256: str
    reader: str | None
    held: int
    records: int
    set_aside: int
    not_a_record: int
    unread_columns: int
    refusal: str | None = None


@dataclass(frozen=True)
class TakeInReport:
    """What a take-in did: each new exhibit, how many files were known already, and what was passed over."""

    exhibits: tuple[ExhibitReport, ...]
    known: int
    new_occurrences: int
    passed_over: tuple[PassedOver, ...] = ()


@dataclass
class _Work:
    """The rows of a take-in in the making; ``files`` hold more of them, as JSON lines by table."""

    name: str
    rows: Rows = field(default_factory=lambda: {table.name: [] for table in BOOK_TABLES})
    files: dict[str, list[Path]] = field(default_factory=dict)
    staged: dict[str, Path] = field(default_factory=dict)
    reports: list[ExhibitReport] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)


def shipped_mappings() -> tuple[tuple[str, str], ...]:
    """The mapping files that come with wardbook, as (name, TOML text)."""
    folder = resources.files("wardbook.intake").joinpath("mappings")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple((f.name, f.read_text("utf-8")) for f in files)


def is_configuration(found: Found, rulebook: Path | None) -> bool:
    """Whether a file speaks of the others: ``book.toml``, a mapping, the rulebook, ``README.md``."""
    return (
        found.name in ("book.toml", "README.md")
        or found.name.endswith(".mapping.toml")
        or (rulebook is not None and found.file.resolve() == rulebook.resolve())
    )


def take_in(
    book: Book,
    sources: Sequence[Path],
    *,
    reader: Reader | None = None,
    mapping: Path | None = None,
    date_order: str | None = None,
    choose: Choose = lambda _exhibit, _readers: None,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _all: None,
    leave_out: Sequence[Path] = (),
    configuration: Container[str] = (),
) -> TakeInReport:
    """Take sources (files or folders) into ``book`` and return what became of every exhibit.

    ``reader`` and ``mapping`` are for all files given; ``choose`` is asked when not exactly one reader
    recognizes an exhibit, and may answer None. ``progress`` is called with name, number and count of files;
    folders ``leave_out`` are not walked; exhibits of the digests ``configuration`` speak of the others, as a
    rulebook does. Raises `InputRefusedError`, with the book unchanged, when a file
    that was named itself cannot be read, or a mapping file has a mistake; another file inside a folder that
    cannot be read is kept as an exhibit and set aside as a whole, and one that cannot be opened is reported
    in ``passed_over``. Raises `NotWrittenError`, with the book unchanged, when it cannot be written.
    """
    _check_inside(book, sources)
    with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
        files = with_members(find_files(sources, leave_out), Path(folder))
        return _take_in_found(book, files, reader, mapping, date_order, choose, progress, configuration)


def _take_in_found(
    book: Book,
    files: Files,
    reader: Reader | None,
    mapping: Path | None,
    date_order: str | None,
    choose: Choose,
    progress: Callable[[str, int, int], None],
    configuration: Container[str],
) -> TakeInReport:
    """Take in files that were found, those of archives among them."""
    given = () if mapping is None else _given_mapping(mapping)
    mapping_files = given or tuple(one for one in files.found if one.name.endswith(".mapping.toml"))
    mappings = tuple((one.name, _mapping_text(one)) for one in mapping_files)
    for one in mappings:
        parse_mapping(*one)
    files = Files((*files.found, *given), files.passed_over)
    with book.writing():
        return _take_in_files(
            book, files, reader, mapping, mappings, date_order, choose, progress, configuration
        )


def _check_inside(book: Book, sources: Sequence[Path]) -> None:
    for source in sources:
        if source.resolve().is_relative_to(book.path.resolve()):
            raise WrongUseError(f"{source} lies in the book itself; give the files it is made from")


def _given_mapping(mapping: Path) -> tuple[Found, ...]:
    if not mapping.is_file():
        raise WrongUseError(f"--mapping: expected a mapping file; found {mapping}, which is none")
    return find_files([mapping]).found


def _take_in_files(
    book: Book,
    files: Files,
    reader: Reader | None,
    mapping: Path | None,
    mappings: Sequence[tuple[str, str]],
    date_order: str | None,
    choose: Choose,
    progress: Callable[[str, int, int], None],
    configuration: Container[str],
) -> TakeInReport:
    context = Context(book.settings.zone, (*shipped_mappings(), *mappings), date_order)
    staging = book.staging()
    work = _Work(datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ-") + uuid.uuid4().hex[:8])
    work.passed_over.extend(files.passed_over)
    known, exhibits_known, unread = _known(book)
    rulebook = None if book.settings.rulebook is None else book.path / book.settings.rulebook
    copies: dict[str, list[tuple[Found, Exhibit]]] = {}
    known_files = 0
    for number, found in enumerate(files.found):
        progress(found.name, number, len(files.found))
        copied = _copy(found, staging, work)
        if copied is None:
            continue
        sha256, staged, modified = copied
        if (sha256, found.source, found.name) in known:
            known_files += 1
        else:
            known.add((sha256, found.source, found.name))
            _enter_occurrence(work, found, sha256, modified)
        if sha256 in exhibits_known - unread:
            staged.unlink()
            continue
        copies.setdefault(sha256, []).append((found, Exhibit(staged, found.name, sha256, _head(staged))))
    for number, (sha256, named) in enumerate(copies.items()):
        found, exhibit = _best_name(named, context)
        progress(found.name, number, len(copies))
        refuse = any(one.named for one, _ in named)
        again = sha256 in unread
        if again and not refuse and not _readable(exhibit, context, reader):
            continue
        work.staged[sha256] = exhibit.path
        if is_configuration(found, rulebook) or found.file == mapping or sha256 in configuration:
            _enter_exhibit(work, exhibit, CONFIGURATION, Reading((), 0))
        else:
            _read_exhibit(work, exhibit, context, reader, choose, refuse=refuse, again=again)
    progress("entering", len(files.found), len(files.found))
    if work.rows["occurrences"] or work.rows["exhibits"]:
        _enter(book, work, staging, files.found)
    return TakeInReport(
        tuple(work.reports), known_files, len(work.rows["occurrences"]), tuple(work.passed_over)
    )


def _best_name(named: Sequence[tuple[Found, Exhibit]], context: Context) -> tuple[Found, Exhibit]:
    """Of the names the same bytes were found under, the first that a reader knows them by."""
    if len(named) == 1:
        return named[0]
    return next((one for one in named if len(recognizing(one[1], context)) == 1), named[0])


def _copy(found: Found, staging: Path, work: _Work) -> tuple[str, Path, datetime] | None:
    """Copy a file into staging: digest, place and time of change; None if it cannot be opened or read.

    A file that was named itself is refused then; one in a folder is reported as passed over.
    """
    try:
        sha256, staged, changed = stage_copy(found.file, staging)
    except UnreadableSourceError as error:
        if found.named:
            raise cannot_open(str(found.file), error) from error
        work.passed_over.append(PassedOver(found.name, f"it cannot be read ({reason(error)})"))
        return None
    return sha256, staged, datetime.fromtimestamp(changed, UTC)


def _mapping_text(found: Found) -> str:
    try:
        return found.file.read_text("utf-8-sig")
    except OSError as error:
        raise cannot_open(str(found.file), error) from error
    except UnicodeDecodeError as error:
        raise InputRefusedError(
            f"mapping {found.name}", "text in UTF-8", f"other bytes ({error})", "Save it as UTF-8."
        ) from error


def _readable(exhibit: Exhibit, context: Context, reader: Reader | None) -> bool:
    """Whether an exhibit that was set aside as a whole can be read now (a reader or mapping was added)."""
    return reader is not None or len(recognizing(exhibit, context)) == 1


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _known(book: Book) -> tuple[set[tuple[str, str, str]], set[str], set[str]]:
    """The occurrences in the book, its exhibits, and those of them that no reader has read yet."""
    with Engine() as engine:
        book.relations(engine)
        occurrences = engine.rows("SELECT exhibit, source, path FROM occurrences")
        exhibits = engine.rows("SELECT exhibit, reader IS NULL FROM exhibits")
    return (
        {(exhibit, source, path) for exhibit, source, path in occurrences},
        {exhibit for exhibit, _ in exhibits},
        {exhibit for exhibit, unread in exhibits if unread},
    )


def _enter_occurrence(work: _Work, found: Found, sha256: str, modified: datetime) -> None:
    name = f"{sha256}\n{found.source}\n{found.name}"
    work.rows["occurrences"].append(
        {
            "occurrence_id": hashlib.sha256(name.encode("utf-8")).hexdigest()[:16],
            "exhibit": sha256,
            "path": found.name,
            "source": found.source,
            "modified_at": modified,
            "take_in": work.name,
        }
    )


def _read_exhibit(
    work: _Work,
    exhibit: Exhibit,
    context: Context,
    reader: Reader | None,
    choose: Choose,
    *,
    refuse: bool,
    again: bool,
) -> None:
    """Read an exhibit and enter what came of it; one set aside before (``again``) is not set aside twice."""
    try:
        given = None if is_archive(exhibit.path) else reader
        chosen = given or _one_reader(exhibit, context, choose)
        reading = chosen.read(exhibit, context)
    except InputRefusedError as refusal:
        if refuse:
            raise
        if again:
            work.staged.pop(exhibit.sha256).unlink()
            return
        whole = SetAside(Place(None, None), "", refusal.expected, refusal.found, refusal.advice)
        _enter_exhibit(work, exhibit, None, Reading((whole,), 1), refusal=str(refusal))
        return
    except Exception as error:
        error.add_note(f"while reading {exhibit.name}")
        raise
    if reading.read != reading.held:
        raise AssertionError(
            f"reader {chosen.name} lost rows of {exhibit.name}: {reading.held} held, {reading.read} read"
        )
    _enter_exhibit(work, exhibit, chosen.name, reading)


def _one_reader(exhibit: Exhibit, context: Context, choose: Choose) -> Reader:
    candidates = recognizing(exhibit, context)
    if len(candidates) == 1:
        return candidates[0]
    chosen = choose(exhibit, candidates)
    if chosen is not None:
        return chosen
    if candidates:
        names = ", ".join(reader.name for reader in candidates)
        raise InputRefusedError(
            exhibit.name, "exactly one reader to recognize it", names, "Choose one with --reader."
        )
    raise InputRefusedError(exhibit.name, *why_unreadable(exhibit, context))


def _enter_exhibit(
    work: _Work, exhibit: Exhibit, reader: str | None, reading: Reading, refusal: str | None = None
) -> None:
    seen: dict[str, int] = {}
    fates = {"record": 0, "set aside": 0, "not a record": 0}
    for row in reading.rows:
        source = _source_cells(exhibit, row.at, row.raw, seen)
        match row:
            case Record():
                fate, into = "record", row.table
                _enter_record(work.rows, source, row)
            case SetAside():
                fate, into = "set aside", row.expected
                cells = {"expected": row.expected, "found": row.found, "advice": row.advice}
                work.rows["set_aside"].append({**source, **cells})
            case NotARecord():
                fate, into = "not a record", row.why
        fates[fate] += 1
        work.rows["source_rows"].append({**source, "fate": fate, "into": into})
    if reading.fixes:
        written = write_fixes(exhibit, reading.fixes, seen)
        work.rows["tracks"].extend(written.tracks)
        for table, path in written.files.items():
            work.files.setdefault(table, []).append(path)
        fates["record"] += written.fixes
    work.rows["exhibits"].append(
        {
            "exhibit": exhibit.sha256,
            "bytes": exhibit.path.stat().st_size,
            "reader": reader,
            "rows_held": reading.held,
            "take_in": work.name,
        }
    )
    work.rows["unread_columns"].extend(
        {"exhibit": exhibit.sha256, "column_name": c.name, "filled": c.filled, "sample": c.sample}
        for c in reading.unread
    )
    work.reports.append(
        ExhibitReport(
            exhibit.name,
            exhibit.sha256,
            reader,
            reading.held,
            fates["record"],
            fates["set aside"],
            fates["not a record"],
            len(reading.unread),
            refusal,
        )
    )


def _source_cells(exhibit: Exhibit, at: Place, raw: str, seen: dict[str, int]) -> dict[str, Any]:
    return {
        "record_id": record_id(exhibit, at.page, at.line, seen),
        "exhibit": exhibit.sha256,
        "page": at.page,
        "line": at.line,
        "raw_text": raw,
    }


def _enter_record(rows: Rows, source: Mapping[str, Any], record: Record) -> None:
    table = find_table(record.table)
    if table is None:
        raise AssertionError(f"there is no table {record.table}")
    unknown = set(record.values) - set(table.names)
    if unknown:
        raise AssertionError(f"{record.table} has no column {unknown}")
    rows[record.table].append({**source, **record.values})
    entry = source["record_id"]
    for number, part in enumerate(record.parts, 1):
        parent = {"track_id": entry} if part.table == "fixes" else {}
        raw = None if part.table == "fixes" else source["raw_text"]
        rows[part.table].append(
            {**source, **parent, **part.values, "record_id": f"{entry}#{part.table}{number}", "raw_text": raw}
        )
    if record.table == "log_entries":
        _split_entry(rows, source, record)


def _split_entry(rows: Rows, source: Mapping[str, Any], record: Record) -> None:
    """The riders and stops of a log entry, each a record of its own that names the entry."""
    entry = source["record_id"]
    riders, route = record.values.get("riders_text"), record.values.get("route_text")
    for rider in split_riders(str(riders) if riders is not None else None):
        cells = {
            "record_id": f"{entry}#rider{rider.position}",
            "entry_id": entry,
            "raw_text": rider.raw,
            "position": rider.position,
            "role_words": rider.role_words,
            "role": rider.role,
            "name": rider.name,
            "name_key": rider.name_key,
            "headcount": rider.headcount,
        }
        rows["riders"].append({**source, **cells})
    for stop in split_route(str(route) if route is not None else None):
        cells = {
            "record_id": f"{entry}#stop{stop.position}",
            "entry_id": entry,
            "raw_text": stop.place_text,
            "position": stop.position,
            "place_text": stop.place_text,
            "place_key": stop.place_key,
            "qualifier": stop.qualifier,
            "is_local": stop.is_local,
        }
        rows["stops"].append({**source, **cells})


def _enter(book: Book, work: _Work, staging: Path, files: Iterable[Found]) -> None:
    tables: dict[str, Path] = {}
    counts: dict[str, int] = {}
    with Engine() as engine:
        for table in BOOK_TABLES:
            rows, more = work.rows[table.name], work.files.get(table.name)
            if not rows and not more:
                continue
            counts[table.name] = engine.load(table, rows)
            if more:
                counts[table.name] = engine.append(table, more)
            tables[table.name] = staging / f"{table.name}.parquet"
            order = ", ".join(f'"{name}"' for name in table.names)
            engine.write_parquet(f"SELECT * FROM {table.name} ORDER BY {order}", tables[table.name])  # noqa: S608
    source = "; ".join(dict.fromkeys(found.source for found in files))
    passed = [{"path": one.name, "why": one.why} for one in work.passed_over]
    extra = {"passed_over": passed} if passed else {}
    book.enter(TakeIn(work.name, source, work.staged, tables, counts), extra)


def missing_exhibits(book: Book, sources: Sequence[Path]) -> tuple[str, ...]:
    """Paths that an earlier take-in found in these folders and that no longer hold the same bytes."""
    with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
        found_now = with_members(find_files(sources), Path(folder)).found
        present = {(found.source, found.name, _digest(found.file)) for found in found_now}
    roots = {displayable(str(source.resolve())) for source in sources if source.is_dir()}
    with Engine() as engine:
        book.relations(engine)
        rows = engine.rows("SELECT source, path, exhibit FROM occurrences ORDER BY source, path, exhibit")
    return tuple(
        path for source, path, sha256 in rows if source in roots and (source, path, sha256) not in present
    )


def _digest(path: Path) -> str | None:
    try:
        return sha256_file(path)
    except OSError:
        return None

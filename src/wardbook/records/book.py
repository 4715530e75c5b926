"""The book: a folder on disk whose log says what is in it.

::

    my-case.book/
      book.toml        title, jurisdiction, time zone, ... (see docs/reference/book.md)
      exhibits/ab/cd.. bytes under their SHA-256
      log/log.sqlite   every act: take-ins, judgements, audits, ... ; log/key signs it
      records/<id>/    Parquet tables of one take-in, their digests in its log entry
      staging/         work in progress; ignored, and cleared by the next writer

One process writes at a time (`Book.writing`). A write is prepared under ``staging``, synced, moved into
place, and becomes visible with its log entry.
A crash before the entry leaves the book as it was.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from wardbook.custody.log import Entry, Log
from wardbook.custody.store import exhibit_path, keep, sha256_file, sync_file, sync_folder
from wardbook.errors import InputRefusedError, NotWrittenError, VerificationError, WrongUseError
from wardbook.records.disk_errors import disk_words
from wardbook.records.engine import Engine
from wardbook.records.in_place import put_in_place
from wardbook.records.schema import ACTS, BOOK_TABLES, JUDGEMENTS
from wardbook.records.settings import PAY_LIMIT_MINUTES, RULES, SPLINK, Settings

FORMAT = 2

SETTINGS = "settings"
"""The kind of an entry by which somebody changed ``book.toml``; the first entry has what it said at first."""

NOTICE, REQUEST, ANSWER = "notice", "request", "answer"
"""The kinds of entries about what was asked of others: to preserve records, to give them; and what came."""

CONTENT = ("init", SETTINGS, "take-in", "judgement", "expunge", NOTICE, REQUEST, ANSWER)
"""The kinds of entries that change what an audit of the book reads."""


@dataclass(frozen=True)
class TakeIn:
    """A take-in ready to be entered: staged exhibits, table files, and what the log shall say of them."""

    name: str
    source: str
    exhibits: Mapping[str, Path]
    tables: Mapping[str, Path]
    counts: Mapping[str, int]


def parse_settings(text: str, where: str) -> Settings:
    """Settings from the text of a ``book.toml``; refuses unknown keys and zones, naming them."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRefusedError(where, "TOML", str(error), "Correct the file.") from error
    if content.pop("format", FORMAT) != FORMAT:
        raise InputRefusedError(
            where,
            f"format = {FORMAT}",
            "another format",
            "Use the wardbook it was made with, or take the sources into a new book.",
        )
    known = {f.name for f in fields(Settings)}
    unknown = sorted(set(content) - known)
    if unknown:
        raise InputRefusedError(
            where, f"the keys {', '.join(sorted(known))}", ", ".join(unknown), "Remove or rename the key."
        )
    for key, value in content.items():
        _check_setting(key, value, where)
    if "principal_names" in content:
        content["principal_names"] = tuple(content["principal_names"])
    settings = Settings(**content)
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputRefusedError(
            where, "a time zone of the IANA database", settings.time_zone, "For example America/New_York."
        ) from error
    return settings


def _check_setting(key: str, value: object, where: str) -> None:
    if key == "principal_names":
        expected, good = 'a list of names, ["A B", "C D"]', isinstance(value, list) and _all_text(value)
    elif key == "payers":
        expected = 'a table [payers] of word = "name"'
        good = isinstance(value, dict) and _all_text(value.values())
    elif key == "pay_limit_minutes":
        expected = "minutes, from 1 to 1440"
        good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1440
    elif key == "names":
        expected, good = f'names = "{RULES}" or "{SPLINK}"', value in (RULES, SPLINK)
    else:
        expected, good = f'{key} = "text"', isinstance(value, str)
    if not good:
        raise InputRefusedError(where, expected, f"{key} = {value!r}", "See docs/reference/book.md.")


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def read_settings(path: Path) -> Settings:
    """Settings from a ``book.toml`` on disk; one that cannot be read or has mistakes is refused."""
    try:
        return parse_settings(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefusedError(
            str(path), "a text file in UTF-8", f"one that cannot be read ({error})", "Save it as UTF-8."
        ) from error


def settings_text(settings: Settings) -> str:
    """The text of a ``book.toml`` that says ``settings``."""

    def cell(value: object) -> str:
        if isinstance(value, tuple):
            return "[" + ", ".join(cell(item) for item in value) + "]"
        if isinstance(value, int):
            return str(value)
        text = json.dumps(str(value), ensure_ascii=False)  # a TOML basic string is escaped as JSON is
        return text.replace("\x7f", "\\u007F").encode("utf-8", "backslashreplace").decode("utf-8")

    lines = [f"format = {FORMAT}"]
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if (field.name, value) in (("pay_limit_minutes", PAY_LIMIT_MINUTES), ("names", RULES)):
            continue
        if value is not None and field.name != "payers":
            lines.append(f"{field.name} = {cell(value)}")
    lines.append("\n[payers]")
    lines.extend(f"{cell(word)} = {cell(name)}" for word, name in sorted(settings.payers.items()))
    return "\n".join(lines) + "\n"


class Book:
    """An open book. Use as a context manager.

    ``mending`` opens a book whose ``book.toml`` says no settings, to put it back; it has the defaults then.
    """

    def __init__(self, path: Path, mending: bool = False) -> None:
        self.path = path
        toml = path / "book.toml"
        log = path / "log" / "log.sqlite"
        if (toml.is_file() or log.is_file()) and (path / "exhibits").is_dir():
            for part in (toml, log):
                if not part.is_file() or not part.stat().st_size:
                    raise VerificationError(f"{part} is missing or empty. Restore the book from a copy.")
        if not toml.is_file() or not log.is_file():
            raise WrongUseError(f"{path} is not a book; make one with: wardbook init {path}")
        self.settings = Settings() if mending else read_settings(toml)
        self.log = Log(log)

    @staticmethod
    def is_book(path: Path) -> bool:
        """Whether a folder is a book, be it one whose log or settings are gone."""
        parts = all((path / part).is_dir() for part in ("exhibits", "records"))
        return (path / "log" / "log.sqlite").is_file() or (parts and (path / "book.toml").is_file())

    @classmethod
    def create(cls, path: Path, settings: Settings) -> Book:
        """Make an empty book at ``path`` (which must not exist or be an empty folder) and open it."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise WrongUseError(f"{path} exists and is not empty; a book needs a place of its own")
        try:
            for folder in ("exhibits", "log", "records", "staging"):
                (path / folder).mkdir(parents=True, exist_ok=True)
            text = settings_text(settings)
            (path / "book.toml").write_text(text, "utf-8")
        except OSError as error:
            raise NotWrittenError(
                f"{path} cannot be made ({error.strerror}). Choose a place you may write to."
            ) from error
        log = Log(path / "log" / "log.sqlite")
        with log.writing():
            log.append("init", {"format": FORMAT, "title": settings.title, "settings": text})
        log.close()
        return cls(path)

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.log.close()

    # ------------------------------------------------------------ writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer of the book; another is waited for, and `NotWrittenError` raised if it stays.

        Whatever ends the block by an error leaves the book as it was and the staging folder empty.
        """
        with self.log.writing():
            self.check_settings(self.log.entries())
            try:
                yield
            except (OSError, duckdb.IOException) as error:
                raise NotWrittenError(
                    f"{self.path} cannot be written ({disk_words(error)}); it is as it was. Make room on its "
                    "disk and where temporary files go, check that you may write to it, and try again."
                ) from error
            finally:
                shutil.rmtree(self.path / "staging", ignore_errors=True)

    def staging(self) -> Path:
        """An empty folder for work in progress; what an earlier, broken-off writer left is cleared."""
        folder = self.path / "staging"
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        return folder

    def enter(self, take_in: TakeIn, extra: Mapping[str, Any]) -> None:
        """Move a prepared take-in into place and log it: the act is visible from here on, or not at all."""
        records = self.path / "records" / take_in.name
        if records.exists():
            shutil.rmtree(records)
        digests = {}
        for table, path in sorted(take_in.tables.items()):
            sync_file(path)
            digests[table] = sha256_file(path)
        for sha256, staged in take_in.exhibits.items():
            keep(staged, self.path / "exhibits", sha256)
        records.mkdir()
        for table, path in take_in.tables.items():
            path.replace(records / f"{table}.parquet")
        sync_folder(records)
        sync_folder(records.parent)
        body = {
            "take_in": take_in.name,
            "source": take_in.source,
            "exhibits": sorted(take_in.exhibits),
            "tables": digests,
            "counts": dict(take_in.counts),
            **extra,
        }
        with self.log.writing():
            self.log.append("take-in", body)

    def judge(self, kind: str, left: str, right: str | None, verdict: str, by_whom: str, why: str) -> None:
        """Enter a human judgement; it wins over every comparison, and the latest on a matter wins."""
        body = {
            "kind": kind,
            "left_key": left,
            "right_key": right,
            "verdict": verdict,
            "by_whom": by_whom,
            "why": why,
        }
        with self.log.writing():
            self.log.append("judgement", body)

    def set_settings(self, text: str, by: str) -> int:
        """Change ``book.toml`` to ``text``, and enter who did it; the number of the entry.

        Raises `InputRefusedError` for a text that says no settings; the book is then as it was.
        """
        parse_settings(text, "the new settings")
        with self.log.writing(), put_in_place(self.path / "book.toml") as aside:
            aside.write_text(text, "utf-8")
            return self.log.append(SETTINGS, {"by": by, "settings": text})

    def act(self, kind: str, body: Mapping[str, Any]) -> int:
        """Enter an act that changes nothing of what the book holds: an audit, a view, an export, ..."""
        with self.log.writing():
            return self.log.append(kind, body)

    def expunge(self, number: int, order: str, by: str) -> int:
        """Destroy what an entry stands for, by order of a court; the number of the entry that says so.

        Of a take-in also its tables go, and those of its exhibits that no other take-in has. The entry, and
        every proof about it, stays. Raises `WrongUseError` for an entry that has no body.
        """
        entries = self.log.entries()
        entry = next((e for e in entries if e.number == number), None)
        if entry is None or entry.kind == "init":
            raise WrongUseError(f"log entry {number} is none that can be expunged")
        made = self.log.expunge(number, {"order": order, "by": by})
        if entry.kind == "take-in" and entry.expunged_by is None:
            others = [e for e in _take_ins(entries) if e.number != number]
            kept = {one for e in others for one in e.body["exhibits"]}
            shutil.rmtree(self.path / "records" / entry.body["take_in"], ignore_errors=True)
            for one in set(entry.body["exhibits"]) - kept:
                self.exhibit(one).unlink(missing_ok=True)
        return made

    # ------------------------------------------------------------ reading

    def exhibit(self, sha256: str) -> Path:
        """Where an exhibit's bytes lie."""
        return exhibit_path(self.path / "exhibits", sha256)

    def take_ins(self, as_of: datetime | None = None) -> tuple[Entry, ...]:
        """The take-ins on the log, oldest first."""
        return _take_ins(self.log.entries(as_of))

    def checkpoint(self, as_of: datetime | None = None) -> str:
        """The log's checkpoint of what the book holds at ``as_of`` (default: now).

        It is that of the last entry that changed what an audit reads: later views, audits and exports do not
        move it.
        """
        entries = self.log.entries(as_of)
        size = max((entry.number + 1 for entry in entries if entry.kind in CONTENT), default=0)
        return self.log.checkpoint(size)

    def settings_on_log(self) -> str:
        """The text of ``book.toml`` as the log has it; of a book made before it had it, the file's own."""
        said = _settings_said(self.log.entries())
        return said.body["settings"] if said else (self.path / "book.toml").read_text("utf-8-sig")

    def check_settings(self, entries: Sequence[Entry]) -> None:
        """Raise `VerificationError` if ``book.toml`` is not what the log says it is.

        ``entries`` are all of the log. A book made before its first entry had the settings is not checked.
        """
        said = _settings_said(entries)
        if said and (self.path / "book.toml").read_bytes() != said.body["settings"].encode():
            raise VerificationError(
                f"{self.path / 'book.toml'} is not what entry {said.number} of the log says. Put it back as "
                f"wardbook settings {self.path} prints it, or enter the change: "
                f"wardbook settings {self.path} FILE --by NAME"
            )

    def verify(self, as_of: datetime | None = None) -> tuple[str, ...]:
        """Check the bytes of every exhibit on the log; give what lies in the book and is not on the log.

        Raises `VerificationError` for exhibits that are missing or whose bytes are not those of their
        SHA-256, naming up to three. The tables are checked by `relations`, the log by reading it.
        """
        entries = self.take_ins()
        exhibits = [e for t in entries if as_of is None or t.at <= as_of for e in t.body["exhibits"]]
        bad = [one for one in dict.fromkeys(exhibits) if not self._holds(one)]
        if bad:
            named = ", ".join(str(self.exhibit(one)) for one in bad[:3]) + (", ..." if bad[3:] else "")
            raise VerificationError(
                f"{len(bad)} of {len(exhibits)} exhibits are missing or are not the bytes that were "
                f"taken in: {named}. Put those files back from a copy of the book."
            )
        logged = {entry.body["take_in"] for entry in entries}
        stray = sorted(p.name for p in (self.path / "records").glob("*") if p.name not in logged)
        return tuple(
            f"records/{name} is not on the log: a take-in that was broken off, or an entry taken from the log"
            for name in stray
        )

    def _holds(self, sha256: str) -> bool:
        path = self.exhibit(sha256)
        return path.is_file() and sha256_file(path) == sha256

    def relations(self, engine: Engine, as_of: datetime | None = None) -> None:
        """Make every table of the book, and ``judgements``, a relation of ``engine`` as of a moment.

        Each Parquet file is checked against the digest in the log first, and the settings against what the
        log says of them; a difference raises `VerificationError`.
        """
        entries = self.log.entries(as_of)
        if not len(self.log):
            raise VerificationError(f"the log of {self.path} is empty. Restore the book from a copy.")
        self.check_settings(entries if as_of is None else self.log.entries())
        make_relations(engine, entries, self.path / "records")


def make_relations(engine: Engine, entries: Sequence[Entry], records: Path) -> None:
    """Make every table of the book, and ``judgements``, a relation of ``engine`` from entries of its log.

    ``records`` is the folder of the take-ins' tables; each file is checked against the digest in its entry.
    """
    files: dict[str, list[Path]] = {table.name: [] for table in BOOK_TABLES}
    for entry in _take_ins(entries):
        for table, digest in entry.body["tables"].items():
            path = records / entry.body["take_in"] / f"{table}.parquet"
            if not path.is_file() or sha256_file(path) != digest:
                raise VerificationError(
                    f"{path} is missing or is not what the log says was taken in. "
                    "Restore the book from a copy."
                )
            files[table].append(path)
    for table in BOOK_TABLES:
        engine.view_parquet(table, files[table.name])
    _latest_reading(engine)
    judgements = ({**e.body, "judged_at": e.at} for e in entries if e.kind == "judgement" and e.body)
    engine.load(JUDGEMENTS, judgements)
    engine.load(ACTS, _acts(entries))


def _acts(entries: Sequence[Entry]) -> Iterator[Mapping[str, Any]]:
    for entry in entries:
        if entry.kind in ("take-in", NOTICE, REQUEST, ANSWER):
            told = {name: entry.body.get(name) for name in ACTS.names if name in entry.body}
            yield {**told, "entry": entry.number, "kind": entry.kind, "at": entry.at}


def _take_ins(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The take-ins among entries, without those that were expunged."""
    return tuple(entry for entry in entries if entry.kind == "take-in" and entry.expunged_by is None)


def _settings_said(entries: Sequence[Entry]) -> Entry | None:
    """The entry that said last what ``book.toml`` says."""
    said = (entry for entry in reversed(entries) if entry.kind in ("init", SETTINGS))
    return next((entry for entry in said if "settings" in entry.body), None)


def _latest_reading(engine: Engine) -> None:
    """An exhibit set aside as a whole and read by a later take-in counts once, as read."""
    read = "SELECT exhibit FROM all_exhibits WHERE reader IS NOT NULL"
    for name, superseded in (
        ("exhibits", f"reader IS NULL AND exhibit IN ({read})"),
        ("set_aside", f"line IS NULL AND exhibit IN ({read})"),
        ("source_rows", f"fate = 'set aside' AND line IS NULL AND exhibit IN ({read})"),
    ):
        kind = "TABLE" if engine.is_table(name) else "VIEW"
        engine.define(f"ALTER {kind} {name} RENAME TO all_{name}")
        kept = f"SELECT * FROM all_{name} WHERE NOT coalesce({superseded}, false)"  # noqa: S608
        engine.define(f"CREATE VIEW {name} AS {kept}")


def parse_moment(text: str) -> datetime:
    """A moment for ``--as-of``: ISO 8601; without an offset it is read as UTC, a bare day as its end."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(
            f"--as-of: expected a moment such as 2026-10-07T12:00:00Z; found {text!r}"
        ) from error
    if len(text) == len("2026-10-07"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

"""Bundles: a bag with all that a stranger needs to check a book, and to recompute its audits.

::

    bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt
    data/log/                checkpoint, tiles and entry bundles (C2SP tlog-tiles)
    data/policy              the log's keys, and which witnesses are enough (C2SP tlog-policy)
    data/shown.jsonl         the words of each entry with their salts, but for what is withheld
    data/book.toml           settings
    data/exhibits/           large exhibits under their SHA-256; small ones in pack-NNNN.zip
    data/records/            the tables of each take-in
    data/audits/<name>/      the files of audits, each with its manifest, queries and rulebook
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wardbook.custody.bag import open_bag, write_bag
from wardbook.custody.keys import ED25519, PublicKey
from wardbook.custody.log import Entry
from wardbook.custody.pack import LARGE, write_packs
from wardbook.custody.policy import parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.store import exhibit_path
from wardbook.custody.tiles import CHECKPOINT
from wardbook.custody.verify import BUNDLE, LOG, POLICY, SHOWN, contents_digest
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.records.book import Book

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Withheld:
    """A field, of the entries of a kind or of one entry, that is not shown, and the reason code."""

    field: str
    reason: str
    kind: str | None = None
    number: int | None = None

    def covers(self, entry: Entry) -> bool:
        """Whether it is about an entry."""
        return self.kind == entry.kind or self.number == entry.number


@dataclass(frozen=True)
class WithheldExhibit:
    """An exhibit, by its SHA-256, whose bytes are not in the bag, and the reason code."""

    sha256: str
    reason: str


def write_bundle(
    book: Book,
    audits: Sequence[Path],
    out: Path,
    at: datetime,
    by: str,
    why: str,
    withheld: Sequence[Withheld] = (),
    withheld_exhibits: Sequence[WithheldExhibit] = (),
) -> int:
    """Write the bag of a book and of its audits at ``out``, which must not exist; the number of its entry.

    The export is entered in the log before a byte of it is at ``out``: whoever reads the bag reads that entry
    too. Raises `WrongUseError` for a place that exists and a field or exhibit that is not there, and
    `InputRefusedError` for a folder that is no audit.
    """
    if out.exists():
        raise WrongUseError(f"{out} exists; a bundle needs a place of its own")
    entries = book.log.entries()
    book.check_settings(entries)
    _check_withheld(entries, withheld, withheld_exhibits)
    if audits and (
        withheld_exhibits or any(one.covers(e) for one in withheld for e in _read_by_audits(entries))
    ):
        raise WrongUseError(
            "an audit tells what is withheld here: bundle it without the audits, or withhold nothing it reads"
        )
    aside = out.with_name(f".{out.name}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        data = aside / "data"
        data.mkdir(parents=True)
        _put_exhibits(book, entries, data, {one.sha256 for one in withheld_exhibits})
        _put_records(book, entries, data, {one.sha256 for one in withheld_exhibits})
        _put_audits(audits, data)
        (data / "book.toml").write_bytes((book.path / "book.toml").read_bytes())
        (aside / POLICY).write_bytes(policy_of(book))
        write_bag(aside, [])
        manifest = dict(open_bag(aside).manifests["sha256"])
        body: dict[str, Any] = {
            "by": by,
            "contents": contents_digest(manifest),
            "name": out.name,
            "why": why,
            "withheld": [_said(one) for one in withheld],
            "withheld_exhibits": [[one.sha256, one.reason] for one in withheld_exhibits],
        }
        number = book.act(BUNDLE, body)
        _put_log(book, aside, at, withheld)
        write_bag(aside, _info(book, at), manifest)
        aside.replace(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return number


def renew_log(book: Book, bag: Path, at: datetime) -> None:
    """Put the latest cosignatures on the checkpoint of a bag that was written before they came."""
    checkpoint = bag / LOG / CHECKPOINT
    size = int(checkpoint.read_text("utf-8").split("\n")[1])
    checkpoint.write_bytes(book.log.signed_checkpoint(size))
    manifest = {k: v for k, v in open_bag(bag).manifests["sha256"].items() if k != f"{LOG}/{CHECKPOINT}"}
    write_bag(bag, _info(book, at), manifest)


def policy_of(book: Book) -> bytes:
    """The policy of a book: the one that the log says was set last, or its own keys without a witness."""
    for entry in reversed(book.log.entries()):
        if entry.kind == "policy" and entry.expunged_by is None:
            return str(entry.body["policy"]).encode()
    lines = ["# No witness is named yet: the holder of these keys could rewrite all."]
    lines += [f"log {key.text}" for key in book.log.keys]
    return "\n".join([*lines, "quorum none", ""]).encode()


def key_without_policy(book: Book) -> PublicKey | None:
    """The key that signs the log now, if the book's policy does not name it: no bundle verifies then."""
    signer = [key for key in book.log.keys if key.kind == ED25519][-1]
    named = {key.public for key, _ in parse_policy(policy_of(book)).logs}
    return None if signer.public in named else signer


# ---------------------------------------------------------------- parts


def _put_exhibits(book: Book, entries: Sequence[Entry], data: Path, left_out: set[str]) -> None:
    taken = [entry for entry in entries if entry.kind == "take-in" and entry.expunged_by is None]
    digests = sorted({one for entry in taken for one in entry.body["exhibits"]} - left_out)
    places = [(one, book.exhibit(one)) for one in digests]
    folder = data / "exhibits"
    folder.mkdir()
    small = [(one, path) for one, path in places if path.stat().st_size < LARGE]
    write_packs(small, folder)
    for one, path in places:
        if path.stat().st_size >= LARGE:
            target = exhibit_path(folder, one)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _put_records(book: Book, entries: Sequence[Entry], data: Path, left_out: set[str]) -> None:
    """The tables of the take-ins, but of those with an exhibit that is left out: they tell what it says."""
    for entry in entries:
        whole = entry.kind == "take-in" and entry.expunged_by is None
        if whole and not left_out & set(entry.body["exhibits"]):
            name = str(entry.body["take_in"])
            shutil.copytree(book.path / "records" / name, data / "records" / name)


def _put_audits(audits: Sequence[Path], data: Path) -> None:
    for folder in audits:
        manifest = folder / MANIFEST
        try:
            names = sorted(json.loads(manifest.read_text("utf-8"))["files"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputRefusedError(
                str(folder),
                f"the folder of an audit, with its {MANIFEST}",
                f"another ({error})",
                "Audit again.",
            ) from error
        target = data / "audits" / folder.resolve().name
        target.mkdir(parents=True)
        for name in (*names, MANIFEST):
            shutil.copyfile(folder / name, target / name)


def _put_log(book: Book, bag: Path, at: datetime, withheld: Sequence[Withheld]) -> None:
    book.log.published(bag / LOG, at)
    lines = []
    for entry in book.log.entries():
        if entry.expunged_by is not None:
            words: dict[str, Any] = {"entry": entry.number, "expunged_by": entry.expunged_by}
        else:
            reasons = {one.field: one.reason for one in withheld if one.covers(entry)}
            kept = {name: reason for name, reason in reasons.items() if name in entry.body}
            shown = book.log.shown(entry.number, kept)
            words = {"entry": entry.number, **({} if shown is None else shown.words())}
        lines.append(json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
    (bag / SHOWN).write_text("".join(lines), "utf-8", newline="\n")


def _info(book: Book, at: datetime) -> list[tuple[str, str]]:
    title = " ".join(book.settings.title.split())
    return [("External-Description", title), ("Bagging-Date", at.date().isoformat())]


# ---------------------------------------------------------------- what is withheld


def _check_withheld(
    entries: Sequence[Entry], withheld: Sequence[Withheld], exhibits: Sequence[WithheldExhibit]
) -> None:
    for one in withheld:
        if one.field in ("exhibits", "tables", "take_in") and any(
            e.kind == "take-in" for e in entries if one.covers(e)
        ):
            raise WrongUseError(
                f"the field {one.field} of a take-in says which files are its: withhold exhibits one by one"
            )
        if not any(one.field in entry.body for entry in entries if one.covers(entry)):
            raise WrongUseError(f"no entry of those meant has a field {one.field!r}")
    taken = {x for e in entries if e.kind == "take-in" for x in e.body.get("exhibits", ())}
    for exhibit in exhibits:
        if exhibit.sha256 not in taken:
            raise WrongUseError(f"the book has no exhibit {exhibit.sha256}")


def _read_by_audits(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in ("take-in", "judgement")]


def _said(one: Withheld) -> list[str]:
    return [one.kind if one.kind is not None else f"entry {one.number}", one.field, one.reason]


def parse_withheld(text: str) -> Withheld | WithheldExhibit:
    """``judgement.by_whom=6(e)``, ``entry 12.why=privilege`` or ``exhibit <SHA-256>=sealed``."""
    what, equals, reason = text.partition("=")
    if equals and reason and what.startswith("exhibit "):
        return WithheldExhibit(what.removeprefix("exhibit ").strip(), reason)
    entry, dot, name = what.rpartition(".")
    if not (equals and reason and dot and entry and name):
        raise WrongUseError(
            "--withhold: expected <kind>.<field>=<reason>, 'entry <number>.<field>=<reason>' or "
            f"'exhibit <SHA-256>=<reason>'; found {text!r}"
        )
    if entry.startswith("entry "):
        try:
            return Withheld(name, reason, number=int(entry.removeprefix("entry ")))
        except ValueError:
            raise WrongUseError(f"--withhold: expected the number of an entry; found {entry!r}") from None
    return Withheld(name, reason, kind=entry)


def read_bag_entries(
    bag: Path, words: Mapping[int, Mapping[str, Any]], public: Sequence[bytes]
) -> list[Entry]:
    """The entries of a bag's log as a book has them; of one that is not shown, or expunged, an empty body."""
    found = []
    for number, text in enumerate(public):
        try:
            head = json.loads(text)
            at, kind = datetime.fromisoformat(head["at"]), str(head["kind"])
        except (ValueError, KeyError, TypeError):
            continue
        gone = None if number in words else -1
        found.append(Entry(number, at, kind, dict(words.get(number, {})), gone))
    if not found:
        raise Refused(f"the log of {bag} has no entry of a book")
    return found

"""Check a whole book: its log, what others kept of the log, and everything that lies in the book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.keys import ED25519
from wardbook.custody.log import FROZEN, ROTATED, Entry, Log
from wardbook.custody.note import open_note
from wardbook.custody.policy import NONE, check_quorum, parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import Statement, check_freeze, check_rotation, keys_for
from wardbook.custody.store import sha256_file
from wardbook.custody.tree import leaf_hash, root_hash
from wardbook.errors import VerificationError
from wardbook.records.book import Book
from wardbook.records.bundle import policy_of

FRESH = timedelta(days=1)
"""Entries so old that no quorum has signed are a sign that the log is kept from its witnesses."""

_LOG = "log/log.sqlite"
_PARTS = frozenset({"book.toml", "log/key", _LOG, f"{_LOG}-wal", f"{_LOG}-shm", f"{_LOG}-journal"})
"""The files of a book beside exhibits, tables and what is still being taken in."""

CLOCK_AHEAD = timedelta(minutes=5)
"""An entry so much later than now was made by a clock that was wrong, or is."""


def fsck(book: Book, kept: Sequence[bytes], now: datetime) -> tuple[str, ...]:
    """Everything in a book that is not as its log says, in words; nothing for a sound book.

    ``kept`` are signed checkpoints that others kept: the log must have grown from each. What is found is not
    mended: a book is restored from a copy.
    """
    problems: list[str] = []
    try:
        entries = book.log.entries()
        problems += _times([entry.at for entry in entries], now)
        problems += _tree(book.log)
        strange = (" ".join(part.split()) for part in book.log.strange_parts())
        problems += [f"{_LOG} is not the file of a log: {part}" for part in strange]
        book.log.check_frontier()
        problems += _statements(book.log, entries)
        problems += [str(found) for note in kept for found in _grown(book.log, note)]
        problems += _settings(book, entries)
        problems += _stalled(book, [entry.at for entry in entries], now)
    except VerificationError as error:
        return (str(error),)
    for check in (_exhibits, _tables, _strays):
        problems += check(book)
    return tuple(problems)


def _times(times: Sequence[datetime], now: datetime) -> Iterator[str]:
    for number, at in enumerate(times):
        if at > now + CLOCK_AHEAD:
            yield f"entry {number} is of {at:%Y-%m-%d %H:%M} UTC, which is still to come"
    back = [n for n in range(1, len(times)) if times[n] < times[n - 1]]
    for number in back:
        yield f"entry {number} says an earlier time than the one before: the clock was set back"


def _tree(log: Log) -> Iterator[str]:
    """The stored hashes of the tree, hashed again from the entries."""
    size = len(log)
    leaves = [leaf_hash(text) for text in log.texts(0, size)]
    row, level = leaves, 0
    while row:
        for first in range(0, len(row), 256):
            part = row[first : first + 256]
            if log.tile(level, first // 256, len(part)) != b"".join(part):
                at = first << 8 * level
                yield f"the stored hashes of level {8 * level} do not fit the entries from {at} on"
        full = len(row) // 256 * 256
        row = [root_hash(row[first : first + 256]) for first in range(0, full, 256)]
        level += 1
    for signed in log.sizes():
        try:
            point = parse_checkpoint(open_note(log.signed_checkpoint(signed), log.keys).note.text)
        except Refused as error:
            yield f"the checkpoint of {signed} entries: {error}"
            continue
        if point.size != signed or signed > size or point.root != root_hash(leaves[:signed]):
            yield f"the checkpoint of {signed} entries was signed over another tree"
    for alone in sorted(set(log.cosigned_sizes()) - set(log.sizes())):
        yield f"signatures of others are kept on a checkpoint of {alone} entries, which the log never signed"


def _statements(log: Log, entries: Sequence[Entry]) -> Iterator[str]:
    """Whether statements about keys are signed by the keys that held, and every checkpoint by one of those.

    Nothing is said of what comes after an entry about keys that was expunged.
    """
    first = current = next(key for key in log.keys if key.kind == ED25519)
    said: list[Statement] = []
    for entry in (one for one in entries if one.kind in (ROTATED, FROZEN)):
        if entry.expunged_by is not None:
            return
        whole = str(entry.body.get("statement", "")).encode()
        try:
            found = (check_rotation if entry.kind == ROTATED else check_freeze)(whole, current)
        except Refused as error:
            yield f"the statement about keys in entry {entry.number}: {error}"
            return
        if found.size != entry.number + 1:
            yield f"entry {entry.number} has a statement about keys from {found.size} entries on"
            return
        if entry.kind == FROZEN and len(log) > found.size:
            yield f"the log has ended with entry {entry.number}, and {len(log) - found.size} entries follow"
            return
        said.append(found)
        current = found.keys[1] if entry.kind == ROTATED else current
    for size in log.sizes() if said else ():
        try:
            open_note(log.signed_checkpoint(size), keys_for(size, first, said))
        except Refused as error:
            yield f"the checkpoint of {size} entries is not signed by the key that held then: {error}"


def _grown(log: Log, note: bytes) -> Iterator[str]:
    """Whether the log has grown from a checkpoint that someone kept, or was turned back or rewritten."""
    try:
        point: Checkpoint = parse_checkpoint(open_note(note, log.keys).note.text)
    except Refused as error:
        yield f"the kept checkpoint is none of this log: {error}"
        return
    size = len(log)
    if point.size > size:
        yield f"truncated: a checkpoint of {point.size} entries was kept, and the log has {size}"
        return
    root = bytes.fromhex(log.checkpoint(point.size).split(" ")[1])
    if root != point.root:
        yield (
            f"rewritten: the first {point.size} entries had the root {point.root.hex()} when the checkpoint "
            f"was kept, and have {root.hex()} now; both are signed by this log"
        )


def _stalled(book: Book, times: Sequence[datetime], now: datetime) -> Iterator[str]:
    """Whether entries wait for the witnesses of the book's policy for more than a day."""
    policy = parse_policy(policy_of(book))
    if policy.quorum == NONE:
        return
    signed = 0
    for size in reversed(book.log.sizes()):
        try:
            check_quorum(book.log.signed_checkpoint(size), policy)
        except Refused:
            continue
        signed = size
        break
    waiting = [at for at in times[signed:] if now - at > FRESH]
    if waiting:
        yield (
            f"stalled: entry {signed} of {waiting[0]:%Y-%m-%d %H:%M} UTC and {len(waiting) - 1} more wait "
            f"for the quorum {policy.quorum} for over a day"
        )


def _settings(book: Book, entries: Sequence[Entry]) -> Iterator[str]:
    try:
        book.check_settings(entries)
    except VerificationError as error:
        yield str(error)


def _exhibits(book: Book) -> Iterator[str]:
    for digest in sorted({one for entry in book.take_ins() for one in entry.body["exhibits"]}):
        path = book.exhibit(digest)
        if not path.is_file():
            yield f"the exhibit {digest} is missing"
        elif sha256_file(path) != digest:
            yield f"the exhibit {digest} was changed"


def _tables(book: Book) -> Iterator[str]:
    for entry in book.take_ins():
        for table, digest in entry.body["tables"].items():
            path = book.path / "records" / entry.body["take_in"] / f"{table}.parquet"
            if not path.is_file():
                yield f"{path.relative_to(book.path)} is missing"
            elif sha256_file(path) != digest:
                yield f"{path.relative_to(book.path)} was changed"


def _strays(book: Book) -> Iterator[str]:
    """Files that no entry names and that are no part of a book, and links, which may lead anywhere.

    What is still being taken in (``staging``) is not looked at.
    """
    for path in sorted(book.path.rglob("*")):
        name = path.relative_to(book.path).as_posix()
        if path.is_symlink():
            yield f"{name} is a link; a book holds files and folders only"
        elif not (path.is_dir() or name in _PARTS or name.startswith(("records/", "exhibits/", "staging/"))):
            yield f"{name} is named by no entry of the log, and is no part of a book"
    logged = {
        f"records/{entry.body['take_in']}/{table}.parquet"
        for entry in book.take_ins()
        for table in entry.body["tables"]
    }
    digests = {one for entry in book.take_ins() for one in entry.body["exhibits"]}
    for path in sorted(book.path.glob("records/**/*")):
        if path.is_file() and path.relative_to(book.path).as_posix() not in logged:
            yield f"{path.relative_to(book.path)} is named by no entry of the log"
    for path in sorted(book.path.glob("exhibits/**/*")):
        if path.is_file() and path.parent.name + path.name not in digests:
            yield f"{path.relative_to(book.path)} is named by no entry of the log"

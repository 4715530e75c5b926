"""A bundle with all that a bundle can have, and the keys by which it was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wardbook.custody.keys import (
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    SecretKey,
    new_key,
    parse_secret_key,
)
from wardbook.custody.note import parse_note
from wardbook.custody.pack import LARGE
from wardbook.custody.verify import POLICY, Verified, verify_bag
from wardbook.records.book import Book, TakeIn
from wardbook.records.bundle import Withheld, renew_log, write_bundle
from wardbook.records.settings import Settings

AT = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Bench:
    """A bag with what an attacker may have of it: the keys of the log and of the witnesses, by name."""

    bag: Path
    policy: Path
    keys: dict[str, SecretKey]
    original: Verified = field(repr=False)

    @property
    def log_keys(self) -> list[SecretKey]:
        return [key for name, key in self.keys.items() if name.startswith("log")]


def bench(place: Path, entries: int = 0) -> Bench:
    """A book with a large exhibit, small ones, judgements, an expunged take-in, withheld fields and three
    witnesses of whom two are enough, as a bundle that all three cosigned."""
    with Book.create(place / "book", Settings(title="Town of Millbrook", purpose="test")) as book:
        _take_in(
            book, "one", {"big": b"\x00\x01" * (LARGE // 2 + 7), "a": b"a letter\n", "b": b"", "ü": b"%"}
        )
        _take_in(book, "two", {"c": b"to be expunged"})
        for number in range(3):
            book.judge("same-person", f"A. Person {number}", "Anna Person", "yes", "J. Doe", "é “why”\n\x07")
        seen = book.act("view", {"by": "J. Doe", "what": "report", "seconds": 5})
        if entries:
            with book.log.writing():
                for number in range(entries):
                    book.log.append(
                        "view", {"number": number, "by": "J. Doe", "nested": [None, True, {"é": -1}]}
                    )
        keys = _keys(book)
        policy = policy_text(keys, "group two 2 w4 w6 w4b", "quorum two").decode()
        book.act("policy", {"by": "J. Doe", "policy": policy})
        book.expunge(2, "In re Doe, 12-345, 2026-01-02", "Clerk")
        audit = place / "audit 100%"
        audit.mkdir()
        (audit / "uses.csv").write_text("use,payer\n1,town\n", "utf-8")
        (audit / "manifest.json").write_text(json.dumps({"files": {"uses.csv": "x"}}), "utf-8")
        bag = place / "bag"
        withheld = [Withheld("by", "6(e)", kind="view"), Withheld("what", "privilege", number=seen)]
        write_bundle(book, [audit], bag, AT, "A. Reader", "for the court", withheld)
        _cosign(book, bag, [keys[name] for name in ("w4", "w6", "w4b")])
    readers = place / "policy of the reader"
    readers.write_bytes((bag / POLICY).read_bytes())
    return Bench(bag, readers, keys, verify_bag(bag, threads=1))


def _take_in(book: Book, name: str, exhibits: dict[str, bytes]) -> None:
    staging = book.staging()
    staged = {}
    for label, content in exhibits.items():
        (staging / label).write_bytes(content)
        staged[hashlib.sha256(content).hexdigest()] = staging / label
    table = staging / "rates.parquet"
    table.write_bytes(f"the table of {name}".encode())
    book.enter(TakeIn(name, f"box {name}", staged, {"rates": table}, {"rates": 1}), {})


def _keys(book: Book) -> dict[str, SecretKey]:
    own = [parse_secret_key(line) for line in (book.path / "log" / "key").read_text("ascii").splitlines()]
    keys = {f"log{key.kind}": key for key in own}
    for name, kind in (
        ("w4", ED25519_COSIGNATURE),
        ("w6", MLDSA44_COSIGNATURE),
        ("w4b", ED25519_COSIGNATURE),
    ):
        keys[name] = new_key(f"witness.example/{name}", kind)
    return keys


def policy_text(keys: dict[str, SecretKey], *rest: str) -> bytes:
    lines = [
        f"log {key.public_key.text}" if name.startswith("log") else f"witness {name} {key.public_key.text}"
        for name, key in keys.items()
    ]
    return "\n".join(["# the keys", *lines, *rest, ""]).encode()


def _cosign(book: Book, bag: Path, keys: Sequence[SecretKey]) -> None:
    size = len(book.log)
    text = parse_note(book.log.signed_checkpoint(size)).text
    book.log.cosign(size, [key.sign(text, int(AT.timestamp()) + 5) for key in keys])
    renew_log(book, bag, AT)

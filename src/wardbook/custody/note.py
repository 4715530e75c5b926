"""Signed notes: text, an empty line, and signature lines (C2SP signed-note v1).

A signature line is ``— <name> <base64 of 4 bytes of key ID and the signature>``. Name and key ID together say
which key; a signature of a key that is not known is kept and says nothing.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wardbook.custody.refused import Refused

LONGEST_NOTE = 1_000_000
MOST_SIGNATURES = 100
KEY_ID_BYTES = 4
_DASH = "— "


@dataclass(frozen=True)
class Signature:
    """One signature line: name of the key, its ID (4 bytes), and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A note as it is written; nothing of it is verified."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def whole(self) -> str:
        """The note as a file has it."""
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"


class Verifier(Protocol):
    """A key that can check signatures."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def key_id(self) -> bytes:
        """The key's ID, 4 bytes."""
        ...

    def check(self, text: str, signature: bytes) -> None:
        """Raise `Refused` unless it is this key's signature of the text."""
        ...


def parse_note(whole: bytes) -> Note:
    """Read a note (signed-note, Format); raises `Refused` for any superfluous or missing byte."""
    if len(whole) > LONGEST_NOTE:
        raise Refused(f"a note of {len(whole)} bytes is longer than {LONGEST_NOTE}")
    try:
        content = whole.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("a note is UTF-8") from error
    if control := next((c for c in content if c < " " and c != "\n"), None):
        raise Refused(f"a note has no control character but newlines; found {control!r}")
    head, empty_line, tail = content.rpartition("\n\n")
    if not empty_line or not tail.endswith("\n"):
        raise Refused("expected text, an empty line, and signature lines that end with a newline")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Refused(f"a note has at most {MOST_SIGNATURES} signatures")
    return Note(head + "\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline."""
    dash, _, rest = line.partition(" ")
    name, blank, text = rest.rpartition(" ")
    if dash + " " != _DASH or not blank:
        raise Refused(f"expected a signature line '— name base64', found {line[:80]!r}")
    check_name(name)
    found = read_base64(text)
    if len(found) <= KEY_ID_BYTES:
        raise Refused("a signature is longer than its key ID of 4 bytes")
    return Signature(name, found[:KEY_ID_BYTES], found[KEY_ID_BYTES:])


def check_name(name: str) -> None:
    """Raise `Refused` for a name that is empty, or has a space (of Unicode), a plus, or is no Unicode."""
    if not name or "+" in name or any(c.isspace() or "\ud800" <= c <= "\udfff" for c in name):
        raise Refused(f"a key's name has no space and no plus, and is not empty; found {name!r}")


def read_base64(text: str) -> bytes:
    """Standard base64 (RFC 4648, 4) in its one form: padded, no other character, no bit left over."""
    try:
        found = b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"expected base64, found {text[:80]!r}") from error
    if b64encode(found).decode() != text:
        raise Refused(f"the base64 text {text[:80]!r} is not in its one form")
    return found


@dataclass(frozen=True)
class Opened:
    """A note of which known keys' signatures were checked: who signed, and the lines of keys not known."""

    note: Note
    signed: tuple[Signature, ...]
    unknown: tuple[Signature, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the known keys that signed."""
        return tuple(one.name for one in self.signed)


def open_note(whole: bytes, known: Sequence[Verifier]) -> Opened:
    """Read a note and check the signatures of the known keys (signed-note, Signatures).

    A second line of one key is left out. Raises `Refused` for a signature of a known key that does not
    verify, for one that two known keys could have made, and where no known key signed.
    """
    keys = {(key.name, key.key_id): key for key in known}
    twice = [at for at, count in Counter((key.name, key.key_id) for key in known).items() if count > 1]
    note = parse_note(whole)
    signed: dict[tuple[str, bytes], Signature] = {}
    unknown: list[Signature] = []
    for one in note.signatures:
        if (one.name, one.key_id) in twice:
            raise Refused(f"two known keys are {one.name}+{one.key_id.hex()}")
        verifier = keys.get((one.name, one.key_id))
        if verifier is None:
            unknown.append(one)
        elif (one.name, one.key_id) not in signed:
            verifier.check(note.text, one.signature)
            signed[one.name, one.key_id] = one
    if not signed:
        raise Refused(f"no known key signed: {_listed(note.signatures)} did")
    return Opened(note, tuple(signed.values()), tuple(dict.fromkeys(unknown)))


def _listed(signatures: Iterable[Signature]) -> str:
    return ", ".join(f"{one.name}+{one.key_id.hex()}" for one in signatures)

"""Statements about a log's keys: a key that follows another, a key that is revoked, a log that is at its end.

A statement is a signed note whose text names what it is about; it is entered in the log, shown to witnesses,
and printed where policies are kept. The rule is that of TUF for roots: what is trusted from now on is signed
by what was trusted before.

=========  ===============================================  ==================================
kind       text                                             signed by
=========  ===============================================  ==================================
rotation   origin, size from which it holds, old, new key   the old key and the new key
revoked    origin, last honest size, key                    so many custodians as their policy says
freeze     origin, last size                                the log's key
=========  ===============================================  ==================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.custody.checkpoint import read_decimal
from wardbook.custody.keys import ED25519, PublicKey, SecretKey, parse_public_key
from wardbook.custody.note import Note, open_note, parse_note
from wardbook.custody.refused import Refused

ROTATION, REVOKED, FREEZE = "rotation", "revoked", "freeze"
_HEADER = "wardbook log key statement v1"
_KEYS = {ROTATION: 2, REVOKED: 1, FREEZE: 0}


@dataclass(frozen=True)
class Statement:
    """What is said: of the log ``origin``, from ``size`` on (of a revocation and a freeze: up to it)."""

    kind: str
    origin: str
    size: int
    keys: tuple[PublicKey, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = [_HEADER, self.kind, self.origin, str(self.size), *(key.text for key in self.keys)]
        return "".join(f"{line}\n" for line in lines)

    def signed(self, *by: SecretKey) -> bytes:
        """The statement signed by keys of kind 1."""
        return Note(self.text, tuple(key.sign(self.text) for key in by)).whole.encode()


def parse_statement(text: str) -> Statement:
    """Read the text of a statement; raises `Refused` for any other."""
    lines = text.split("\n")
    if len(lines) < 5 or lines.pop() != "" or lines[0] != _HEADER or lines[1] not in _KEYS:
        raise Refused(f"expected {_HEADER!r}, then rotation, revoked or freeze, origin, size, and keys")
    kind, origin, size = lines[1], lines[2], read_decimal(lines[3])
    keys = tuple(map(parse_public_key, lines[4:]))
    if not origin or len(keys) != _KEYS[kind]:
        raise Refused(f"a {kind} statement names an origin and {_KEYS[kind]} keys, not {len(keys)}")
    if any(key.name != origin or key.kind != ED25519 for key in keys):
        raise Refused("the keys of a statement are Ed25519 keys of its origin")
    return Statement(kind, origin, size, keys)


def check_rotation(whole: bytes, trusted: PublicKey) -> Statement:
    """A rotation away from the trusted key, signed by it and by the key that follows; raises `Refused`."""
    found = parse_statement(parse_note(whole).text)
    if found.kind != ROTATION or found.keys[0] != trusted:
        raise Refused("the statement is no rotation away from the trusted key")
    old, new = found.keys
    if old.public == new.public:
        raise Refused("the new key is the old one")
    opened = open_note(whole, [old, new])
    if len(opened.signed) != 2:
        raise Refused(f"a rotation is signed by both keys, and this one by {', '.join(opened.names)} alone")
    return found


def check_revocation(whole: bytes, custodians: Sequence[PublicKey], least: int) -> Statement:
    """A revocation signed by at least ``least`` custodians, who hold no key of the log; raises `Refused`."""
    if not 1 <= least <= len({key.public for key in custodians}):
        raise Refused(f"of {len(custodians)} custodians {least} cannot be asked for")
    opened = open_note(whole, custodians)
    found = parse_statement(opened.note.text)
    by = {(one.name, one.key_id) for one in opened.signed}
    signed = {key.public for key in custodians if (key.name, key.key_id) in by}
    if found.kind != REVOKED or found.keys[0].public in {key.public for key in custodians}:
        raise Refused("the statement revokes no key of a log")
    if len(signed) < least:
        raise Refused(f"{least} custodians are to sign, and {len(signed)} did")
    return found


def check_freeze(whole: bytes, trusted: PublicKey) -> Statement:
    """That the log is at its end, signed by its key; raises `Refused`."""
    found = parse_statement(open_note(whole, [trusted]).note.text)
    if found.kind != FREEZE or found.origin != trusted.name:
        raise Refused("the statement does not freeze this log")
    return found


def binding(first: PublicKey, wholes: Sequence[bytes]) -> tuple[Statement, ...]:
    """Of signed statements, in the order they came, those that bind whoever knows a log by its key ``first``.

    They are every revocation (checked before, by `check_revocation`), each rotation that goes on from the key
    that holds, and the freeze by it. A rotation or freeze beyond the last honest size of the key that signed
    it is its thief's, and binds nobody. What is given is in the form of a statement; raises `Refused` for
    anything else.
    """
    said = [(whole, parse_statement(parse_note(whole).text)) for whole in wholes]
    found = [one for _, one in said if one.kind == REVOKED]
    last = last_honest(found)
    current, begin = first, 0
    for whole, one in said:
        if one.kind == REVOKED or one.size < begin or one.size > last.get(current, one.size):
            continue
        try:
            found.append((check_rotation if one.kind == ROTATION else check_freeze)(whole, current))
        except Refused:
            continue
        if one.kind == FREEZE:
            break
        current, begin = one.keys[1], one.size
    return tuple(found)


def last_honest(statements: Sequence[Statement]) -> dict[PublicKey, int]:
    """The last honest size of each key that is revoked; of several the smallest."""
    found: dict[PublicKey, int] = {}
    for one in statements:
        if one.kind == REVOKED:
            found[one.keys[0]] = _sooner(found.get(one.keys[0]), one.size)
    return found


def keys_for(size: int, first: PublicKey, statements: Sequence[Statement]) -> tuple[PublicKey, ...]:
    """The keys that may sign a checkpoint of a size, after statements that were checked, in their order.

    At the size of a rotation both keys are good, so that those who know the old one can follow. After a
    freeze, and of a revoked key beyond its last honest size, there is none; and a rotation beyond it is the
    thief's, after which no other holds. Raises `Refused` for a rotation that turns back or comes after a
    freeze.
    """
    last = last_honest(statements)
    current, from_size, is_stolen = first, 0, False
    frozen: int | None = None
    periods: list[tuple[PublicKey, int, int | None]] = [(first, 0, None)]
    for one in statements:
        if one.kind == FREEZE:
            frozen = _sooner(frozen, one.size)
        elif one.kind == ROTATION and not is_stolen:
            if one.keys[0] != current or one.size < from_size:
                raise Refused(f"the rotation at {one.size} does not follow the key that holds there")
            if frozen is not None:
                raise Refused(f"the rotation at {one.size} comes after the log was at its end")
            is_stolen = one.size > last.get(current, one.size)
            if not is_stolen:
                periods[-1] = (current, from_size, one.size)
                current, from_size = one.keys[1], one.size
                periods.append((current, from_size, None))
    if frozen is not None and size > frozen:
        return ()
    held = (key for key, begin, end in periods if begin <= size and (end is None or size <= end))
    return tuple(key for key in held if size <= last.get(key, size))


def _sooner(end: int | None, other: int) -> int:
    return other if end is None else min(end, other)

"""What a witness knows of a log: keys that it trusted in person, and statements about them (`rotation`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from wardbook.custody.keys import ED25519, PublicKey
from wardbook.custody.note import Opened, parse_note
from wardbook.custody.rotation import (
    FREEZE,
    REVOKED,
    ROTATION,
    Statement,
    binding,
    keys_for,
    last_honest,
    parse_statement,
)

FORGED = "Signed by a revoked key beyond its last honest size"
TWO_FOLLOW = "Two keys that follow one"


@dataclass(frozen=True)
class KnownLog:
    """A log by its origin: keys trusted in person, and statements that were heeded, as they came."""

    origin: str
    firsts: tuple[PublicKey, ...]
    wholes: tuple[bytes, ...] = ()

    def after(self, whole: bytes) -> KnownLog:
        """With one statement more."""
        return replace(self, wholes=(*self.wholes, whole))

    @cached_property
    def said(self) -> tuple[Statement, ...]:
        """What the statements say."""
        return tuple(parse_statement(parse_note(whole).text) for whole in self.wholes)

    @cached_property
    def chains(self) -> dict[PublicKey, tuple[Statement, ...]]:
        """The statements that bind, for each key trusted in person of which statements can speak."""
        return {first: binding(first, self.wholes) for first in self.firsts if first.kind == ED25519}

    def binds(self, said: Statement) -> bool:
        """Whether a statement binds from any key trusted in person."""
        return any(said in chain for chain in self.chains.values())

    @cached_property
    def current(self) -> frozenset[PublicKey]:
        """The keys that stand at the ends of the chains."""
        return frozenset(
            [first, *(one.keys[1] for one in chain if one.kind == ROTATION)][-1]
            for first, chain in self.chains.items()
        )

    @cached_property
    def end(self) -> int | None:
        """The size at which the log has ended, whichever of its keys said so; None where it goes on."""
        ends = (one.size for chain in self.chains.values() for one in chain if one.kind == FREEZE)
        return min(ends, default=None)

    @cached_property
    def every(self) -> tuple[PublicKey, ...]:
        """Every key that is or was named, to tell what one signs that is no longer good."""
        return tuple(dict.fromkeys([*self.firsts, *(key for one in self.said for key in one.keys)]))

    def holding(self, size: int) -> tuple[PublicKey, ...]:
        """The keys that may sign a checkpoint of a size.

        Without statements they are the keys trusted in person. With some they are the Ed25519 keys that the
        statements leave: of a key of another kind none says where it ends.
        """
        if not self.wholes:
            return self.firsts
        if self.end is not None and size > self.end:
            return ()
        found = (key for first, chain in self.chains.items() for key in keys_for(size, first, chain))
        return tuple(dict.fromkeys(found))

    def rotation_from(self, key: PublicKey) -> tuple[bytes, Statement] | None:
        """The rotation away from a key, as it came and what it says; None where there is none."""
        both = zip(self.wholes, self.said, strict=True)
        return next((found for found in both if found[1].kind == ROTATION and found[1].keys[0] == key), None)

    def against(self, size: int, signed: Sequence[PublicKey]) -> tuple[str, bytes | None]:
        """Why keys that signed something of a size do not hold there, and the revocation that says so."""
        last = last_honest(self.said)
        for whole, one in zip(self.wholes, self.said, strict=True):
            if one.kind == REVOKED and one.keys[0] in signed and one.size == last[one.keys[0]] < size:
                return f"{FORGED}: {named(one.keys[0])} is revoked beyond {one.size} entries", whole
        if self.end is not None and size > self.end:
            return f"the log has ended at {self.end} entries: there is none of {size}", None
        names = ", ".join(map(named, signed))
        return f"{names} does not sign for the log at {size} entries, by the statements that came", None


def named(key: PublicKey) -> str:
    """A key in words: its name and ID."""
    return f"{key.name}+{key.key_id.hex()}"


def told(said: Statement) -> str:
    """What follows from a statement, in words."""
    if said.kind == ROTATION:
        old, new = map(named, said.keys)
        return f"from {said.size} entries on {new} signs, and {old} no more"
    if said.kind == REVOKED:
        return f"{named(said.keys[0])} is revoked beyond {said.size} entries"
    return f"{said.origin} has ended at {said.size} entries"


def signers_among(opened: Opened, keys: Sequence[PublicKey]) -> list[PublicKey]:
    """The keys whose signatures a note has, of those it was opened with."""
    by = {(one.name, one.key_id) for one in opened.signed}
    return [key for key in keys if (key.name, key.key_id) in by]

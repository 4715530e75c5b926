"""Policies: which logs and witnesses are known, and which of them are enough (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint, read_decimal
from wardbook.custody.keys import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    PublicKey,
    parse_public_key,
)
from wardbook.custody.note import Opened, open_note
from wardbook.custody.refused import Refused

NONE = "none"
"""The quorum of a policy that asks for no witness."""

_LONGEST = 1_000_000
_OCTETS = re.compile(rb"[\x09\x0a\x20-\x7e\x80-\xff]*")
_BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class Witness:
    """A witness under the name that the policy gives it; ``url`` may be empty."""

    name: str
    key: PublicKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """At least ``least`` of the members, each a witness or a group."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A policy file. ``quorum`` is the name of a witness or a group, or `NONE`."""

    logs: tuple[tuple[PublicKey, str], ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """Every key of the policy."""
        return (*(key for key, _ in self.logs), *(one.key for one in self.witnesses))

    def is_met_by(self, signed: frozenset[str]) -> bool:
        """Whether the witnesses of these names are a quorum."""
        return self.quorum == NONE or self._counts(self.quorum, signed)

    def _counts(self, name: str, signed: frozenset[str]) -> bool:
        groups = {group.name: group for group in self.groups}
        if name not in groups:
            return name in signed
        group = groups[name]
        return sum(self._counts(member, signed) for member in group.members) >= group.least


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that a policy accepts: the log that signed, the witnesses and their times (s, UTC)."""

    checkpoint: Checkpoint
    log: str
    witnesses: Mapping[str, int]
    opened: Opened


def check_quorum(whole: bytes, policy: Policy) -> Witnessed:
    """Open a checkpoint under a policy: signed by a known log of its origin, and by a quorum of witnesses.

    Raises `Refused`, naming what is missing.
    """
    opened, log, point = open_checkpoint(whole, policy)
    by_key = {(one.key.name, one.key.key_id): one for one in policy.witnesses}
    times: dict[str, int] = {}
    for signature in opened.signed:
        witness = by_key.get((signature.name, signature.key_id))
        if witness is not None:
            times[witness.name] = witness.key.time_of(signature.signature)
    if not policy.is_met_by(frozenset(times)):
        found = ", ".join(sorted(times)) or "nobody"
        raise Refused(f"the quorum {policy.quorum} is not met: witnessed by {found}")
    return Witnessed(point, log.name, times, opened)


def open_checkpoint(whole: bytes, policy: Policy) -> tuple[Opened, PublicKey, Checkpoint]:
    """Open a checkpoint that a known log of its origin signed; the quorum is not looked at."""
    opened = open_note(whole, policy.keys)
    point = parse_checkpoint(opened.note.text)
    signed = {(one.name, one.key_id) for one in opened.signed}
    for key, _ in policy.logs:
        if key.name == point.origin and (key.name, key.key_id) in signed:
            return opened, key, point
    raise Refused(f"no known log of the origin {point.origin} signed the checkpoint")


# ---------------------------------------------------------------- reading


def parse_policy(whole: bytes) -> Policy:
    """Read a policy file; raises `Refused`, with the line, for what the specification does not allow."""
    if len(whole) > _LONGEST or not _OCTETS.fullmatch(whole):
        raise Refused("a policy has no control character but tab and newline, and at most a million bytes")
    reading = _Reading()
    for number, raw in enumerate(whole.decode("utf-8", "surrogateescape").split("\n"), 1):
        line = raw.strip(" \t")
        if line and not line.startswith("#"):
            try:
                reading.take(_BLANKS.split(line))
            except Refused as error:
                raise Refused(f"line {number} of the policy: {error}") from None
    return reading.policy()


class _Reading:
    """What the lines read so far define."""

    def __init__(self) -> None:
        self._logs: list[tuple[PublicKey, str]] = []
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._quorum: str | None = None

    def take(self, words: list[str]) -> None:
        """One line."""
        lines: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._take_quorum,
        }
        if words[0] not in lines:
            raise Refused(f"expected log, witness, group or quorum, found {words[0][:40]!r}")
        lines[words[0]](words[1:])

    def policy(self) -> Policy:
        """All lines together."""
        if self._quorum is None:
            raise Refused("a policy has one quorum line")
        witnesses, groups = tuple(self._witnesses.values()), tuple(self._groups.values())
        return Policy(tuple(self._logs), witnesses, groups, self._quorum)

    def _log(self, words: list[str]) -> None:
        key, url = _key_and_url(words, (ED25519, MLDSA44_COSIGNATURE), "log <vkey> [<url>]")
        if any(key.public == known.public for known, _ in self._logs):
            raise Refused("the log's key stands twice")
        self._logs.append((key, url))

    def _witness(self, words: list[str]) -> None:
        shape = "witness <name> <vkey> [<url>]"
        if not words:
            raise Refused(f"expected {shape}")
        key, url = _key_and_url(words[1:], (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, ED25519), shape)
        if any(key.public == one.key.public for one in self._witnesses.values()):
            raise Refused("the witness's key stands twice")
        self._check_new(words[0])
        self._witnesses[words[0]] = Witness(words[0], key, url)

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise Refused("expected group <name> all|any|<k> <name>...")
        name, threshold, members = words[0], words[1], tuple(words[2:])
        self._check_new(name)
        for member in members:
            self._check_known(member)
            if member in self._members:
                raise Refused(f"{member} is a member of a group already")
            self._members.add(member)
        count = len(members)
        least = {"all": count, "any": 1}.get(threshold)
        least = read_decimal(threshold) if least is None else least
        if not 1 <= least <= count:
            raise Refused(f"of {count} members at least 1 and at most {count} can be asked for, not {least}")
        self._groups[name] = Group(name, least, members)

    def _take_quorum(self, words: list[str]) -> None:
        if len(words) != 1 or self._quorum is not None:
            raise Refused("expected one line: quorum <name>")
        if words[0] != NONE:
            self._check_known(words[0])
        self._quorum = words[0]

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self._witnesses or name in self._groups:
            raise Refused(f"the name {name} is taken")

    def _check_known(self, name: str) -> None:
        if name not in self._witnesses and name not in self._groups:
            raise Refused(f"{name} is no witness or group of a line before")


def _key_and_url(words: list[str], kinds: tuple[int, ...], shape: str) -> tuple[PublicKey, str]:
    if not 1 <= len(words) <= 2:
        raise Refused(f"expected {shape}")
    key = parse_public_key(words[0])
    if key.kind not in kinds:
        raise Refused(f"a key of kind {key.kind} is not one of a {shape.split()[0]}")
    return key, words[1] if len(words) == 2 else ""

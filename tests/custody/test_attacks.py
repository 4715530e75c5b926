"""The table of attacks of ``docs/explanation/what-a-log-proves.md``, carried out one by one.

The attacker holds the book, its database and the log's keys, and makes the log they like; those outside hold
what the column says. A log is found out where their check refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.keys import ED25519, ED25519_COSIGNATURE, SecretKey
from wardbook.custody.known_log import KnownLog
from wardbook.custody.note import Note, open_note
from wardbook.custody.policy import Policy, check_quorum, parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import REVOKED, Statement
from wardbook.custody.tree import (
    Leaves,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_hash,
)

LOG = SecretKey("wardbook/0011223344556677", ED25519, bytes(32))
WITNESSES = {
    f"w{n}": SecretKey(f"witness.example/w{n}", ED25519_COSIGNATURE, bytes([n]) * 32) for n in (1, 2, 3)
}
HONEST = [f"entry {n}".encode() for n in range(120)]
COSIGNED = 100
"""The witnesses have signed the checkpoint of so many entries; twenty more were entered since."""

NOW, DAY = 1_700_100_000, 24 * 3600
LINES = [
    f"log {LOG.public_key.text}",
    *(f"witness {n} {key.public_key.text}" for n, key in WITNESSES.items()),
]
CUSTODIANS = [SecretKey(f"custodian.example/{n}", ED25519, bytes([n]) * 32) for n in (8, 9)]
REVOCATION = Statement(REVOKED, LOG.name, COSIGNED, (LOG.public_key,)).signed(*CUSTODIANS)
POLICY: Policy = parse_policy("\n".join([*LINES, "group two 2 w1 w2 w3", "quorum two", ""]).encode())


@dataclass(frozen=True)
class Shown:
    """What the attacker shows: entries, signed checkpoints, and witnesses that sign what they are given.

    A thief has gone on in a copy from what was cosigned, and shows that as the present state; ``heeded`` is
    what the witnesses heeded of the log's keys.
    """

    entries: Sequence[bytes]
    colluding: tuple[str, ...] = ()
    at: int = NOW
    as_stored: Sequence[bytes] | None = None
    is_thief: bool = False
    heeded: tuple[bytes, ...] = ()

    @property
    def hashes(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def checkpoint(self, size: int, *names: str) -> bytes:
        text = Checkpoint(LOG.name, size, root_hash(self.hashes[:size])).text
        lines = [LOG.sign(text), *(WITNESSES[name].sign(text, self.at) for name in names)]
        return Note(text, tuple(lines)).whole.encode()


TRUE = Shown(HONEST)
KEPT = TRUE.checkpoint(COSIGNED, "w1", "w2", "w3")
RECEIPTS = {n: prove_inclusion(Leaves(TRUE.hashes), n, 120) for n in range(120)}
HEAD = parse_checkpoint(open_note(TRUE.checkpoint(120), [LOG.public_key]).note.text)


# ---------------------------------------------------------------- those who check


def alone(shown: Shown) -> None:
    """With the log and its key: every entry against the checkpoint that is shown."""
    stored = shown.as_stored if shown.as_stored is not None else shown.entries
    size = len(shown.entries)
    point = parse_checkpoint(open_note(shown.checkpoint(size), [LOG.public_key]).note.text)
    if root_hash([leaf_hash(entry) for entry in stored]) != point.root:
        raise Refused("the entries are not those that were signed")


def kept_head(shown: Shown) -> None:
    """With the checkpoint that an auditor wrote down."""
    alone(shown)
    kept = parse_checkpoint(open_note(KEPT, [LOG.public_key]).note.text)
    size = len(shown.entries)
    if size < kept.size:
        raise Refused("truncated")
    proof = prove_consistency(Leaves(shown.hashes), kept.size, size)
    check_consistency(kept.size, size, proof, kept.root, root_hash(shown.hashes))


def witnesses(shown: Shown) -> None:
    """With the policy: the latest cosigned checkpoint is a quorum's and a day old at most.

    The attacker shows the honest witnesses' true signatures where they fit, and those of colluding ones.
    """
    alone(shown)
    if shown.is_thief:
        size = len(shown.entries)
        is_signed = LOG.public_key in KnownLog(LOG.name, (LOG.public_key,), shown.heeded).holding(size)
        check_quorum(shown.checkpoint(size, *(WITNESSES if is_signed else ())), POLICY)
        return
    honest = [] if _differs(shown) else ["w1", "w2", "w3"]
    size = min(COSIGNED, len(shown.entries)) if _differs(shown) else COSIGNED
    note = shown.checkpoint(size, *dict.fromkeys([*honest, *shown.colluding]))
    found = check_quorum(note, POLICY)
    if max(found.witnesses.values()) < NOW - DAY:
        raise Refused("stalled: no checkpoint was cosigned for a day")


def _differs(shown: Shown) -> bool:
    return list(shown.entries[:COSIGNED]) != HONEST[:COSIGNED]


def receipts(shown: Shown) -> None:
    """With the policy, and the receipt of everyone who submitted an entry: each looks for their own."""
    witnesses(shown)
    for number, path in RECEIPTS.items():
        check_inclusion(leaf_hash(HONEST[number]), number, HEAD.size, path, HEAD.root)
        if number >= len(shown.entries) or shown.entries[number] != HONEST[number]:
            raise Refused(f"the entry of receipt {number} is not there")


COLUMNS: dict[str, Callable[[Shown], None]] = {
    "the log and its key alone": alone,
    "a checkpoint kept outside": kept_head,
    "2 of 3 witnesses, within a day": witnesses,
    "and receipts of all who submitted": receipts,
}


# ---------------------------------------------------------------- the attacks


def _edited(number: int) -> list[bytes]:
    return [*HONEST[:number], b"changed", *HONEST[number + 1 :]]


THIEF_S = [*HONEST[:COSIGNED], *(f"forged {n}".encode() for n in range(40))]

ATTACKS: dict[str, Shown] = {
    "none": TRUE,
    "a bit turned on the disk": Shown(HONEST, as_stored=_edited(50)),
    "an entry edited, all signed again": Shown(_edited(50)),
    "an entry removed, all signed again": Shown([*HONEST[:50], *HONEST[51:]]),
    "two entries exchanged, all signed again": Shown([*HONEST[:50], HONEST[51], HONEST[50], *HONEST[52:]]),
    "an entry put in before others, all signed again": Shown([*HONEST[:50], b"back-dated", *HONEST[50:]]),
    "the log cut off before what was cosigned": Shown(HONEST[:80]),
    "the whole log written anew": Shown([b"new " + entry for entry in HONEST]),
    "an old state shown as the present one": Shown(HONEST[:COSIGNED], at=NOW - 28 * 3600),
    "an entry edited that is not cosigned yet": Shown(_edited(110)),
    "entries cut off that are not cosigned yet": Shown(HONEST[:105]),
    "a cosigned entry edited, one witness colludes": Shown(_edited(50), ("w1",)),
    "a cosigned entry edited, two witnesses collude": Shown(_edited(50), ("w1", "w2")),
    "entries added with a stolen key": Shown(THIEF_S, is_thief=True),
    "entries added with a stolen key that is revoked": Shown(THIEF_S, is_thief=True, heeded=(REVOCATION,)),
}


def found_out(shown: Shown, check: Callable[[Shown], None]) -> bool:
    try:
        check(shown)
    except Refused:
        return True
    return False


def written(root: Path) -> dict[tuple[str, str], bool]:
    """The table of the page, by attack and column."""
    text = (root / "docs" / "explanation" / "what-a-log-proves.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", text[text.index("| attack |") :], re.MULTILINE)
    ]
    head, body = rows[0], rows[2:]
    return {
        (row[0], column): cell == "found"
        for row in body
        for column, cell in zip(head[1:], row[1:], strict=True)
    }


def test_the_table_names_every_attack_and_column(root: Path) -> None:
    assert set(written(root)) == {(attack, column) for attack in ATTACKS for column in COLUMNS}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_found_is_what_the_page_says(root: Path, attack: str, column: str) -> None:
    assert found_out(ATTACKS[attack], COLUMNS[column]) == written(root)[attack, column]

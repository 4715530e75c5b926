#!/usr/bin/env python3
"""Verify a bundle of wardbook with nothing but Python 3.9 or later: ``python verify_bag.py BAG``.

This one file stands alone. It imports the standard library and nothing else, opens no network connection and
writes nothing. It is meant to be read by someone who trusts neither the bundle nor the program that made it.

What is claimed
    A bundle carries files, and a log of what was done with them. Each entry of the log is an object of JSON
    with a commitment: a SHA-256 over the words of the entry and random salt. All entries are the leaves of a
    Merkle tree; its root is signed by the log and by witnesses, people who keep the roots they signed. So:

    file -> its SHA-256 stands in the words of an entry -> they hash to the commitment in the entry
         -> the entry hashes to a leaf -> the leaves hash to the root -> the root is signed.

    Whoever changes a file and re-makes everything that needs no key cannot re-make the signatures. Whoever
    has the key of the log cannot re-make those of the witnesses.

What is not claimed
    That the words are true; that nothing was left out before it was entered; that the keys are those of the
    log and the witnesses. Compare the keys in ``data/policy`` with keys that you were given on another way,
    or give your own policy: ``--policy FILE``.

The parts are checked in this order, each whole before the next; `verify` is the whole of it:

    1. names and manifests   BagIt (RFC 8493), read strictly
    2. digests               every file against the manifests
    3. the log               policy, signatures, quorum, every hash of the tree (C2SP, RFC 6962, RFC 8032,
                             FIPS 204)
    4. the entries           the words that are shown, against their commitments
    5. the files             every exhibit and record is named by an entry, and all files by one

Exit codes: 0 verified; 4 refused, with one sentence on stderr that says what failed; 2 wrong use.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import unicodedata
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NoReturn

LOG, SHOWN, POLICY = "data/log", "data/shown.jsonl", "data/policy"

Part = tuple[str, str, str]
"""The name of a part of the bundle, what is proved of it, and by whom."""

Words = dict[int, dict[str, Any]]
"""By the number of an entry, its fields."""


class Refused(Exception):  # noqa: N818 - the name says what is done with the bundle
    """The bundle does not verify; the text says why."""


def refuse(why: str) -> NoReturn:
    """Stop: the bundle does not verify."""
    raise Refused(why)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the bag named on the command line; gives the exit code."""
    reading = argparse.ArgumentParser(prog="verify_bag.py", description="Verify a bundle of wardbook.")
    reading.add_argument("bag", type=Path, help="the folder of the bundle")
    reading.add_argument("--policy", type=Path, help="a policy with the keys you trust; default: the bag's")
    given = reading.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        parts = verify(given.bag, given.policy.read_bytes() if given.policy else None)
    except OSError as error:
        sys.stderr.write(f"{given.policy} cannot be read ({error.strerror})\n")
        return 2
    except Refused as error:
        sys.stderr.write(f"verify_bag: {_one_line(f'{given.bag} does not verify: {error}')}\n")
        return 4
    width = max(len(name) for name, _, _ in parts)
    for name, proved, by in parts:
        sys.stdout.write(f"{name:<{width}}  {_one_line(proved)}\n{'':<{width}}  by: {_one_line(by)}\n")
    sys.stdout.write("verified\n")
    return 0


def _one_line(text: str) -> str:
    """Text that no terminal takes for a command: control characters are written out."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def verify(folder: Path, policy: bytes | None = None) -> list[Part]:
    """Verify the bag in ``folder`` and say what is proved; raises `Refused`.

    ``policy`` is the reader's own policy file; without one that of the bag is used, and what is proved rests
    on its keys being the true ones.
    """
    try:
        return _verify(folder, policy)
    except OSError as error:
        raise Refused(f"{error.filename} cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise Refused("something in the bag is nested deeper than any reader follows") from error


def _verify(folder: Path, own: bytes | None) -> list[Part]:
    bag = open_bag(folder)
    check_digests(bag)

    policy = parse_policy(read(folder, POLICY) if own is None else own)
    checkpoint, log, witnesses = check_checkpoint(read(folder, f"{LOG}/checkpoint"), policy)
    check_tree(folder / LOG, checkpoint)
    check_log_names(bag, checkpoint)

    entries = public_entries(folder / LOG, checkpoint.size)
    shown, withheld, expunged = check_words(read(folder, SHOWN), entries)

    check_bundle_files(bag)
    exhibits, held = check_files_named(bag, shown)
    contents = check_contents(bag, shown, entries)
    check_reasons(contents, shown, withheld, entries)
    left_out = check_exhibits_there(contents, shown, entries, held)

    keys = (
        "keys that came with the bag: compare them with the log's"
        if own is None
        else "keys that the reader gave"
    )
    names = ", ".join(f"{name} ({moment(at)})" for name, at in sorted(witnesses.items()))
    parts = [
        ("bag", f"{len(bag.payload)} files, each with the digest of the manifest", "the manifests alone"),
        ("log", f"{checkpoint.size} entries, root {checkpoint.root.hex()}", f"{log}; {keys}"),
        ("witnesses", names or "none: the holder of the log's key could have rewritten all of it", keys),
        ("words", f"{len(shown)} entries say what was entered", "the commitments in the log"),
        ("exhibits", f"{exhibits} are the bytes that were taken in", "the entries of their take-ins"),
        ("contents", "no file was added, left out or changed since", f"entry {contents} of the log"),
    ]
    if left_out:
        each = ", ".join(sorted(set(left_out)))
        parts.append(
            ("left out", f"{len(left_out)} exhibits are not here ({each})", f"entry {contents} of the log")
        )
    if withheld:
        count = sum(map(len, withheld.values()))
        reasons = ", ".join(sorted({reason for one in withheld.values() for reason in one}))
        parts.append(
            (
                "withheld",
                f"{count} fields of {len(withheld)} entries ({reasons})",
                f"their commitments, and entry {contents} of the log",
            )
        )
    for number, order in sorted(expunged.items()):
        parts.append(("expunged", f"what entry {number} said was expunged by {order}", "the log"))
    return parts


def moment(seconds: int) -> str:
    """Seconds since 1970 UTC as a date and time."""
    try:
        at = datetime.fromtimestamp(seconds, timezone.utc)  # noqa: UP017 - Python 3.9
    except (OverflowError, ValueError, OSError):
        refuse(f"a witness signed at {seconds} seconds, which no calendar has")
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "no time"


def read(folder: Path, name: str) -> bytes:
    """The bytes of a file that a bundle must have."""
    path = folder / name
    if not path.is_file():
        refuse(f"{name} is missing from the bag")
    return path.read_bytes()


# ======================================================================================================
# 1. Names and manifests (BagIt, RFC 8493)
#
# A bag is a folder with ``bagit.txt``, a payload under ``data/`` and manifests: lines of digest and path.
# Whoever can edit a bag can re-make its manifests: they show slips and no more. But what they name is opened,
# so no path may lead out of the bag, and no name may mean two files.
# ======================================================================================================

_VERSIONS = {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}
_DECLARATION = re.compile(
    r"BagIt-Version: ([0-9]+)\.([0-9]+)\r?\nTag-File-Character-Encoding: ([A-Za-z0-9-]+)(?:\r?\n)?"
)
_MANIFEST = re.compile(r"(tag)?manifest-(md5|sha1|sha224|sha256|sha384|sha512)\.txt")
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
_FETCH = re.compile(r"(\S+)[ \t]+([0-9]+|-)[ \t]+(.+)")
_LARGEST_TAG_FILE = 64 << 20
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso8859-1",
    "latin-1": "iso8859-1",
    "latin1": "iso8859-1",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}

Digests = dict[str, dict[str, str]]
"""By method, then by path: a digest in lower-case hexadecimal digits."""


@dataclass(frozen=True)
class Bag:
    """A bag whose names are sound: its files, and the digests of its two sorts of manifests."""

    folder: Path
    files: tuple[str, ...]
    manifests: Digests
    tag_manifests: Digests

    @property
    def payload(self) -> list[str]:
        """The files below ``data/``."""
        return [name for name in self.files if name.startswith("data/")]


def open_bag(folder: Path) -> Bag:
    """Look at every name and read the manifests. No digest is checked yet."""
    if not folder.is_dir():
        refuse(f"{folder} is not a folder")
    files = tuple(sorted(walk(folder)))
    check_look_alikes(files)
    if "bagit.txt" not in files:
        refuse(f"{folder} is not a bag: it has no bagit.txt")
    version, encoding = declaration(folder)
    bag = Bag(folder, files, {}, {})
    for name in files:
        found = _MANIFEST.fullmatch(name)
        if found:
            (bag.tag_manifests if found[1] else bag.manifests)[found[2]] = manifest(
                name, tag_lines(folder, name, encoding), version
            )
    if not bag.manifests:
        refuse("the bag has no manifest of its payload")
    if "fetch.txt" in files:
        for number, line in enumerate(tag_lines(folder, "fetch.txt", encoding), 1):
            found = _FETCH.fullmatch(line)
            if not found:
                refuse(f"fetch.txt, line {number}: expected an address, a length and a path")
            check_path(found[3])
    check_complete(bag, version)
    return bag


def walk(folder: Path) -> Iterator[str]:
    """Every file below a folder, with slashes. A link may lead anywhere: there must be none."""
    with os.scandir(folder) as found:
        for one in found:
            if one.is_symlink():
                refuse(f"{one.path} is a link; a bag holds files and folders only")
            elif one.is_dir(follow_symlinks=False):
                for rest in walk(Path(one.path)):
                    yield f"{one.name}/{rest}"
            elif one.is_file(follow_symlinks=False):
                yield one.name
            else:
                refuse(f"{one.path} is neither a file nor a folder")


def check_look_alikes(names: Sequence[str]) -> None:
    """No two names that some file system takes for one (RFC 8493, 5.3 and 6.1.2.2)."""
    seen: dict[str, str] = {}
    for name in names:
        alike = unicodedata.normalize("NFC", name).casefold()
        if seen.setdefault(alike, name) != name:
            refuse(f"{name!r} and {seen[alike]!r} are one name on some file systems")


def check_path(name: str) -> str:
    """A path of a manifest without a leading ``./``, if it stays in the bag (RFC 8493, 5.1 and 5.2)."""
    path = name.removeprefix("./")
    parts = path.split("/")
    if not path or ".." in parts or re.match(r"/|~|%|[A-Za-z]:", path) or "\0" in path:
        refuse(f"the path {name!r} leads out of the bag")
    if "\\" in path or "" in parts or "." in parts:
        refuse(f"the path {name!r} is not in its plain form")
    return path


def declaration(folder: Path) -> tuple[str, str]:
    """Version and encoding of ``bagit.txt`` (RFC 8493, 2.1.1)."""
    found = _DECLARATION.fullmatch(tag_text(folder, "bagit.txt", "utf-8"))
    if not found:
        refuse("bagit.txt does not have its two lines, BagIt-Version and Tag-File-Character-Encoding")
    version = ".".join(number.lstrip("0") or "0" for number in found.groups()[:2])
    if version not in _VERSIONS:
        refuse(f"BagIt {version[:20]} is not known; expected 0.93 to 1.0")
    encoding = _ENCODINGS.get(found[3].lower())
    if encoding is None:
        refuse(f"the encoding {found[3]} of bagit.txt is not one that is read here; UTF-8 is")
    return version, encoding


def tag_text(folder: Path, name: str, encoding: str) -> str:
    """A file that describes the bag."""
    if (folder / name).stat().st_size > _LARGEST_TAG_FILE:
        refuse(f"{name} is larger than any tag file of a bag")
    try:
        return (folder / name).read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not {encoding}, as bagit.txt says") from error


def tag_lines(folder: Path, name: str, encoding: str) -> list[str]:
    """Its lines that are not blank; a byte order mark is no part of the first."""
    text = tag_text(folder, name, encoding)
    lines = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    return [line for line in lines if line.strip()]


def manifest(file: str, lines: Sequence[str], version: str) -> dict[str, str]:
    """The digests of a manifest by path (RFC 8493, 2.1.3 and 2.2.1)."""
    digests: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if not found:
            refuse(f"{file}, line {number}: expected a digest and a path")
        digest, name = found[1].lower(), found[2]
        if version == "1.0":  # a line break and a percent sign are written %0A, %0D, %25
            name = re.sub(r"%(0[aAdD]|25)", lambda one: chr(int(one[1], 16)), name)
        name = check_path(name)
        if file.startswith("manifest") and not name.startswith("data/"):
            refuse(f"{file}, line {number}: {name!r} is not in the payload")
        if name in digests and (version == "1.0" or digests[name] != digest):
            refuse(f"{file}, line {number}: {name!r} stands twice")
        digests[name] = digest
    return digests


def check_complete(bag: Bag, version: str) -> None:
    """Every file named is there, and every payload file is named (RFC 8493, 3)."""
    for manifests in (bag.manifests, bag.tag_manifests):
        for method, digests in manifests.items():
            missing = sorted(set(digests) - set(bag.files))
            if missing:
                refuse(f"{missing[0]!r} is named by a {method} manifest and is not in the bag")
    named = set().union(*bag.manifests.values())
    extra = sorted(set(bag.payload) - named)
    if extra:
        refuse(f"{extra[0]!r} is in the bag, and no manifest names it")
    for method, digests in bag.manifests.items():
        short = sorted(set(bag.payload) - set(digests))
        if short and version == "1.0":
            refuse(f"{short[0]!r} is not named by the {method} manifest")


# ======================================================================================================
# 2. Digests (RFC 8493, 2.4)
# ======================================================================================================


def check_digests(bag: Bag) -> None:
    """Hash every file that a manifest names, once for all manifests."""
    wanted: dict[str, dict[str, str]] = {}
    for manifests in (bag.manifests, bag.tag_manifests):
        for method, digests in manifests.items():
            for name, digest in digests.items():
                wanted.setdefault(name, {})[method] = digest

    def differing(name: str) -> str | None:
        found = file_digests(bag.folder / name, sorted(wanted[name]))
        return next((method for method, digest in found.items() if digest != wanted[name][method]), None)

    names = sorted(wanted)
    with ThreadPoolExecutor(2) as pool:
        for name, differs in zip(names, pool.map(differing, names)):  # noqa: B905 - Python 3.9
            if differs:
                refuse(f"{name} does not have the {differs} digest of the manifest: it was changed")


def file_digests(path: Path, methods: Sequence[str]) -> dict[str, str]:
    """The digests of a file, read once."""
    hashes = {method: hashlib.new(method, usedforsecurity=False) for method in methods}
    with path.open("rb", buffering=0) as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            for one in hashes.values():
                one.update(chunk)
    return {method: one.hexdigest() for method, one in hashes.items()}


# ======================================================================================================
# 3. The log, a: the policy (C2SP tlog-policy)
#
# A policy names the keys of logs and witnesses, groups of witnesses with a threshold, and the quorum: the
# witness or group without whose signature a checkpoint is not accepted.
# ======================================================================================================

ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE = 1, 4, 6
"""Kinds of signatures (C2SP signed-note, Signature types)."""

_PUBLIC_BYTES = {ED25519: 32, ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1312}
_SIGNATURE_BYTES = {ED25519: 64, ED25519_COSIGNATURE: 64, MLDSA44_COSIGNATURE: 2420}
_LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Key:
    """A key that checks signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || newline || kind || public key), first 4 bytes (signed-note, Signatures)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]


@dataclass
class Policy:
    """A policy file: keys of logs; witnesses by name; groups by name (threshold, members); the quorum."""

    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str | None = None

    def counts(self, name: str, signed: Sequence[str]) -> bool:
        """Whether the witness signed, or enough members of the group did."""
        if name not in self.groups:
            return name in signed
        least, members = self.groups[name]
        return sum(self.counts(member, signed) for member in members) >= least


def parse_policy(whole: bytes) -> Policy:
    """Read a policy file (tlog-policy, Policy file format)."""
    if len(whole) > 1_000_000 or not re.fullmatch(rb"[\x09\x0a\x20-\x7e\x80-\xff]*", whole):
        refuse("a policy has no control character but tab and newline, and at most a million bytes")
    policy = Policy([], {}, {})
    for number, raw in enumerate(whole.decode("utf-8", "surrogateescape").split("\n"), 1):
        line = raw.strip(" \t")
        if line and not line.startswith("#"):
            try:
                take_line(policy, re.split(r"[ \t]+", line))
            except Refused as error:
                raise Refused(f"line {number} of the policy: {error}") from None
    if policy.quorum is None:
        refuse("a policy has one quorum line")
    return policy


def take_line(policy: Policy, words: list[str]) -> None:
    """One line of a policy; a name must be defined before it is used."""
    word, rest = words[0], words[1:]
    if word == "log" and 1 <= len(rest) <= 2:
        key = parse_key(rest[0])
        if key.kind == ED25519_COSIGNATURE:
            refuse("a key of kind 4 is not one of a log")
        if any(key.public == known.public for known in policy.logs):
            refuse("the log's key stands twice")
        policy.logs.append(key)
    elif word == "witness" and 2 <= len(rest) <= 3:
        key = parse_key(rest[1])
        if any(key.public == known.public for known in policy.witnesses.values()):
            refuse("the witness's key stands twice")
        check_new(policy, rest[0])
        policy.witnesses[rest[0]] = key
    elif word == "group" and len(rest) >= 3:
        take_group(policy, rest[0], rest[1], rest[2:])
    elif word == "quorum" and len(rest) == 1 and policy.quorum is None:
        if rest[0] != "none":
            check_known(policy, rest[0])
        policy.quorum = rest[0]
    else:
        refuse(
            "expected log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> all|any|<k> <name>..., "
            f"or one line quorum <name>; found {' '.join(words)[:80]!r}"
        )


def take_group(policy: Policy, name: str, threshold: str, members: list[str]) -> None:
    """A group: at least so many of its members; nobody is a member twice."""
    check_new(policy, name)
    taken = [member for _, known in policy.groups.values() for member in known]
    for at, member in enumerate(members):
        check_known(policy, member)
        if member in taken or member in members[:at]:
            refuse(f"{member} is a member of a group already")
    count = len(members)
    least = count if threshold == "all" else 1 if threshold == "any" else decimal(threshold)
    if not 1 <= least <= count:
        refuse(f"of {count} members at least 1 and at most {count} can be asked for, not {least}")
    policy.groups[name] = least, members


def check_new(policy: Policy, name: str) -> None:
    """A name that nothing has yet."""
    if name == "none" or name in policy.witnesses or name in policy.groups:
        refuse(f"the name {name} is taken")


def check_known(policy: Policy, name: str) -> None:
    """A name that a line before defined."""
    if name not in policy.witnesses and name not in policy.groups:
        refuse(f"{name} is no witness or group of a line before")


def parse_key(text: str) -> Key:
    """Read ``name+id+base64`` (signed-note, Verifier keys)."""
    name, _, rest = text.partition("+")
    key_id, plus, encoded = rest.partition("+")
    if not plus:
        refuse(f"expected a key name+id+base64, found {text[:80]!r}")
    check_key_name(name)
    found = base64(encoded)
    if not found or found[0] not in _PUBLIC_BYTES:
        refuse("expected a key of kind 1, 4 or 6")
    if len(found) - 1 != _PUBLIC_BYTES[found[0]]:
        refuse(f"expected a public key of {_PUBLIC_BYTES[found[0]]} bytes, found {len(found) - 1}")
    key = Key(name, found[0], found[1:])
    if key.key_id.hex() != key_id:
        refuse(f"the key ID of {name} is {key.key_id.hex()}, not {key_id[:40]}")
    return key


def check_key_name(name: str) -> None:
    """A name of a key: not empty, UTF-8, no space (of Unicode) and no plus (signed-note, Format)."""
    if not name or "+" in name or any(c.isspace() or "\ud800" <= c <= "\udfff" for c in name):
        refuse(f"a key's name has no space and no plus, and is not empty; found {name!r}")


def base64(text: str) -> bytes:
    """Standard base64 (RFC 4648, 4) in its one form: padded, no other character, no bit left over."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        refuse(f"expected base64, found {text[:80]!r}")
    if b64encode(found).decode() != text:
        refuse(f"the base64 text {text[:80]!r} is not in its one form")
    return found


def decimal(text: str) -> int:
    """A whole number from 0 to 2^63 - 1 in ASCII digits, without leading zeros (tlog-checkpoint)."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) > _LARGEST_NUMBER:
        refuse(f"expected a number from 0 to 2^63 - 1 without leading zeros, found {text[:40]!r}")
    return int(text)


def sha256(whole: bytes) -> bytes:
    """FIPS 180-4."""
    return hashlib.sha256(whole).digest()


# ======================================================================================================
# 3. The log, b: the checkpoint and its signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)
#
# A checkpoint is a text of three lines, origin, size and root hash, an empty line, and signature lines:
# ``— <name> <base64 of 4 bytes of key ID and the signature>``.
# ======================================================================================================


@dataclass(frozen=True)
class Checkpoint:
    """The tree of a log at a size."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]


def check_checkpoint(whole: bytes, policy: Policy) -> tuple[Checkpoint, str, dict[str, int]]:
    """A checkpoint signed by a known log of its origin and by a quorum of witnesses.

    Gives the checkpoint, the name of the log, and by name of a witness when it signed (seconds since 1970
    UTC). A signature of a known key that does not verify is refused, not passed over; a line of a key that
    is not known says nothing; of two lines of one key the first counts (signed-note, Signatures).
    """
    text, lines = parse_note(whole)
    known = [*policy.logs, *policy.witnesses.values()]
    signed: dict[tuple[str, bytes], int] = {}
    for name, key_id, signature in lines:
        keys = [key for key in known if (key.name, key.key_id) == (name, key_id)]
        if len(keys) > 1:
            refuse(f"two known keys are {name}+{key_id.hex()}")
        if keys and (name, key_id) not in signed:
            signed[name, key_id] = check_signature(keys[0], text, signature)
    if not signed:
        refuse(
            "no known key signed: "
            + ", ".join(f"{name}+{key_id.hex()}" for name, key_id, _ in lines)
            + " did"
        )
    point = parse_checkpoint(text)
    if not any(key.name == point.origin and (key.name, key.key_id) in signed for key in policy.logs):
        refuse(f"no known log of the origin {point.origin} signed the checkpoint")
    times = {
        name: signed[key.name, key.key_id]
        for name, key in policy.witnesses.items()
        if (key.name, key.key_id) in signed
    }
    if policy.quorum is None or (policy.quorum != "none" and not policy.counts(policy.quorum, list(times))):
        refuse(f"the quorum {policy.quorum} is not met: witnessed by {', '.join(sorted(times)) or 'nobody'}")
    return point, point.origin, times


def parse_note(whole: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signature lines of a note: name, key ID, signature (signed-note, Format)."""
    if len(whole) > 1_000_000:
        refuse(f"a note of {len(whole)} bytes is longer than 1000000")
    try:
        content = whole.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("a note is UTF-8") from error
    if re.search(r"[\x00-\x09\x0b-\x1f]", content):
        refuse("a note has no control character but newlines")
    head, empty_line, tail = content.rpartition("\n\n")
    if not empty_line or not tail.endswith("\n"):
        refuse("expected text, an empty line, and signature lines that end with a newline")
    lines = tail[:-1].split("\n")
    if len(lines) > 100:
        refuse("a note has at most 100 signatures")
    return head + "\n", [parse_signature(line) for line in lines]


def parse_signature(line: str) -> tuple[str, bytes, bytes]:
    """Name, key ID and signature of a line."""
    if not line.startswith("— ") or line.count(" ") < 2:
        refuse(f"expected a signature line '— name base64', found {line[:80]!r}")
    name, _, text = line[2:].rpartition(" ")
    check_key_name(name)
    found = base64(text)
    if len(found) <= 4:
        refuse("a signature is longer than its key ID of 4 bytes")
    return name, found[:4], found[4:]


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint (tlog-checkpoint, Note text)."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        refuse("a checkpoint has at least three lines: origin, size, root hash")
    if "" in lines:
        refuse(f"line {lines.index('') + 1} of the checkpoint is empty")
    root, size = base64(lines[2]), decimal(lines[1])
    if len(root) != 32:
        refuse(f"expected a root hash of 32 bytes, found {len(root)}")
    if size == 0 and root != sha256(b""):
        refuse("the root hash of an empty tree is SHA-256 of nothing")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def check_signature(key: Key, text: str, signature: bytes) -> int:
    """Check a key's signature of a note's text; gives the time it says (0 where it says none)."""
    time, bare = 0, signature
    if key.kind != ED25519:  # 8 bytes of time stand first (tlog-cosignature, Format)
        time, bare = int.from_bytes(signature[:8], "big"), signature[8:]
    if len(bare) != _SIGNATURE_BYTES[key.kind]:
        refuse(f"the signature of {key.name} has {len(bare)} bytes, not {_SIGNATURE_BYTES[key.kind]}")
    if time > _LARGEST_NUMBER:
        refuse(f"the time of the signature of {key.name} is beyond 2^63 - 1")
    message = signed_message(key, time, text)
    verifies = mldsa44_verifies if key.kind == MLDSA44_COSIGNATURE else ed25519_verifies
    if not verifies(key.public, message, bare):
        refuse(f"the signature of {key.name}+{key.key_id.hex()} does not verify")
    return time


def signed_message(key: Key, time: int, text: str) -> bytes:
    """The bytes that a signature of a kind is made over."""
    if key.kind == ED25519:  # signed-note, Signatures
        return text.encode()
    point = parse_checkpoint(text)
    if key.kind == ED25519_COSIGNATURE:  # tlog-cosignature, Ed25519 signed message
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    if point.extensions:
        refuse("an ML-DSA-44 signature says nothing of extension lines: there must be none")
    parts = (  # tlog-cosignature, ML-DSA-44 signed message
        b"subtree/v1\n\0",
        with_length(key.name.encode()),
        time.to_bytes(8, "big"),
        with_length(point.origin.encode()),
        (0).to_bytes(8, "big"),
        point.size.to_bytes(8, "big"),
        point.root,
    )
    return b"".join(parts)


def with_length(name: bytes) -> bytes:
    """A name with its length before it, in one byte (RFC 8446, 3.4)."""
    if not 1 <= len(name) <= 255:
        refuse(f"expected a name of 1 to 255 bytes, found {len(name)}")
    return bytes([len(name)]) + name


# ======================================================================================================
# 3. The log, c: Ed25519 (RFC 8032, 5.1)
#
# Where readers of the RFC differ: S is below the group order; R is compared byte for byte, without the
# cofactor; a public key in a second form of its point is read. OpenSSL does the same.
# ======================================================================================================

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]
"""A point in extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032, 5.1.4)."""


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is that of ``message`` by the key ``public`` (RFC 8032, 5.1.7)."""
    key, base = point(public), point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    s = int.from_bytes(signature[32:], "little")
    if key is None or base is None or s >= _ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    minus_key = (_P - key[0], key[1], key[2], _P - key[3])
    x, y, z, _ = add(times(s, base), times(k, minus_key))  # R = sB - kA
    x, y = x * pow(z, -1, _P) % _P, y * pow(z, -1, _P) % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def point(encoded: bytes) -> Point | None:
    """The point of 32 bytes, if there is one (RFC 8032, 5.1.3)."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, (y & ((1 << 255) - 1)) % _P
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_1 % _P
    if (x * x - square) % _P:
        return None
    x = -x % _P if x & 1 != sign else x
    return x, y, 1, x * y % _P


def add(one: Point, two: Point) -> Point:
    """The sum of two points (RFC 8032, 5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def times(scalar: int, one: Point) -> Point:
    """A multiple of a point."""
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = add(found, one)
        one = add(one, one)
        scalar >>= 1
    return found


# ======================================================================================================
# 3. The log, d: ML-DSA-44 (FIPS 204), the signature that holds when Ed25519 no longer does
#
# Polynomials are lists of 256 numbers modulo q; the numbers of algorithms are those of FIPS 204.
# ======================================================================================================

_Q, _N = 8380417, 256
_DROPPED, _TAU, _GAMMA_1, _GAMMA_2 = 13, 39, 1 << 17, (8380417 - 1) // 88  # Table 1, ML-DSA-44
_ROWS, _COLUMNS, _BETA, _OMEGA = 4, 4, 78, 80
_ZETAS = [pow(1753, int(f"{k:08b}"[::-1], 2), _Q) for k in range(_N)]  # Appendix B

Polynomial = list[int]


def mldsa44_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (2420 bytes) is that of ``message``, context empty (Algorithms 3 and 8)."""
    challenge, z, hints = signature[:32], unpacked_z(signature[32:2336]), unpacked_hints(signature[2336:])
    if hints is None or max(abs(c) for one in z for c in one) >= _GAMMA_1 - _BETA:
        return False
    seed, t1 = public[:32], unpacked_t1(public[32:])
    tr = hashlib.shake_256(public).digest(64)
    mu = hashlib.shake_256(tr + b"\0\0" + message).digest(64)
    c_hat, z_hat = ntt(sampled_in_ball(challenge)), [ntt(one) for one in z]
    w1 = b""
    for row in range(_ROWS):  # w' = Az - ct1 2^d, row by row
        t_hat = ntt([value << _DROPPED for value in t1[row]])
        total = [-c * t for c, t in zip(c_hat, t_hat)]  # noqa: B905 - Python 3.9
        for column in range(_COLUMNS):
            entry = sampled_ntt(seed + bytes([column, row]))
            total = [s + a * b for s, a, b in zip(total, entry, z_hat[column])]  # noqa: B905 - Python 3.9
        w1 += packed_w1([use_hint(hints[row][at], value) for at, value in enumerate(inverse_ntt(total))])
    return hashlib.shake_256(mu + w1).digest(32) == challenge


def bits(packed: bytes, width: int) -> list[int]:
    """Numbers of ``width`` bits, the lowest bit first (Algorithm 18)."""
    whole, mask = int.from_bytes(packed, "little"), (1 << width) - 1
    return [whole >> at & mask for at in range(0, 8 * len(packed), width)]


def unpacked_t1(packed: bytes) -> list[Polynomial]:
    """The high bits of the public key's t (Algorithm 23)."""
    return [bits(packed[at : at + 320], 10) for at in range(0, len(packed), 320)]


def unpacked_z(packed: bytes) -> list[Polynomial]:
    """The answer z of a signature (Algorithm 27; Algorithm 19 for each polynomial)."""
    return [[_GAMMA_1 - v for v in bits(packed[at : at + 576], 18)] for at in range(0, len(packed), 576)]


def unpacked_hints(packed: bytes) -> list[Polynomial] | None:
    """The hints of a signature, None where they are not in their one form (Algorithm 21)."""
    hints, at = [[0] * _N for _ in range(_ROWS)], 0
    for row in range(_ROWS):
        first, end = at, packed[_OMEGA + row]
        if not at <= end <= _OMEGA:
            return None
        for at in range(first, end):
            if at > first and packed[at - 1] >= packed[at]:
                return None
            hints[row][packed[at]] = 1
        at = end
    return None if any(packed[at:_OMEGA]) else hints


def sampled_in_ball(seed: bytes) -> Polynomial:
    """A polynomial of 39 coefficients 1 or -1, the others 0 (Algorithm 29)."""
    stream = hashlib.shake_256(seed).digest(1 << 12)  # about 50 bytes are used
    signs, at, c = int.from_bytes(stream[:8], "little"), 8, [0] * _N
    for i in range(_N - _TAU, _N):
        while stream[at] > i:
            at += 1
        c[i] = c[stream[at]]
        c[stream[at]] = -1 if signs & 1 else 1
        signs, at = signs >> 1, at + 1
    return c


def sampled_ntt(seed: bytes) -> Polynomial:
    """An entry of the matrix A, from three bytes each (Algorithms 30 and 32)."""
    stream = hashlib.shake_128(seed).digest(1 << 12)  # about 770 bytes are used
    numbers = (int.from_bytes(stream[at : at + 3], "little") & 0x7FFFFF for at in range(0, len(stream), 3))
    return [number for number in numbers if number < _Q][:_N]


def ntt(polynomial: Polynomial) -> Polynomial:
    """The number-theoretic transform (Algorithm 41)."""
    w, m, length = list(polynomial), 0, 128
    while length:
        for start in range(0, _N, 2 * length):
            m += 1
            zeta = _ZETAS[m]
            for j in range(start, start + length):
                t = zeta * w[j + length] % _Q
                w[j + length], w[j] = w[j] - t, w[j] + t
        length //= 2
    return w


def inverse_ntt(polynomial: Polynomial) -> Polynomial:
    """Its inverse (Algorithm 42)."""
    w, m, length = list(polynomial), _N, 1
    while length < _N:
        for start in range(0, _N, 2 * length):
            m -= 1
            zeta = -_ZETAS[m]
            for j in range(start, start + length):
                t = w[j]
                w[j], w[j + length] = (t + w[j + length]) % _Q, zeta * (t - w[j + length]) % _Q
        length *= 2
    return [value * 8347681 % _Q for value in w]


def use_hint(hint: int, r: int) -> int:
    """The high bits of r, corrected by its hint (Algorithms 36 and 40)."""
    r0 = r % (2 * _GAMMA_2)
    r0 = r0 - 2 * _GAMMA_2 if r0 > _GAMMA_2 else r0
    r1, r0 = (0, r0 - 1) if r - r0 == _Q - 1 else ((r - r0) // (2 * _GAMMA_2), r0)
    return (r1 + (1 if r0 > 0 else -1)) % 44 if hint else r1


def packed_w1(w1: Polynomial) -> bytes:
    """Six bits for each (Algorithm 28)."""
    return sum(value << 6 * at for at, value in enumerate(w1)).to_bytes(192, "little")


# ======================================================================================================
# 3. The log, e: the tree (RFC 6962, 2.1; C2SP tlog-tiles)
#
# An entry bundle holds up to 256 entries, each with its length before it; a tile holds up to 256 hashes of
# every eighth level of the tree. Every entry is hashed again, and every tile compared with what that gives.
# ======================================================================================================

_WIDTH = 256


def check_tree(folder: Path, checkpoint: Checkpoint) -> None:
    """Hash every entry, compare every tile, and the root with that of the checkpoint."""
    above: list[bytes] = []
    last: list[bytes] = []
    for number, width in tile_numbers(checkpoint.size):
        hashes = [sha256(b"\0" + entry) for entry in bundle(folder, number, width)]  # RFC 6962, 2.1: a leaf
        check_tile(folder, 0, number, hashes)
        if width == _WIDTH:
            above.append(root_hash(hashes))
        else:
            last = hashes
    peaks, level, row = [], 1, above
    while row:
        for number in range(0, len(row), _WIDTH):
            check_tile(folder, level, number // _WIDTH, row[number : number + _WIDTH])
        full = len(row) // _WIDTH * _WIDTH
        row = [root_hash(row[at : at + _WIDTH]) for at in range(0, full, _WIDTH)]
        level += 1
    peaks = complete_subtrees(above) + complete_subtrees(last)
    found = peaks[-1] if peaks else sha256(b"")
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    if found != checkpoint.root:
        refuse("the entries do not hash to the root of the checkpoint")


def tile_numbers(count: int) -> Iterator[tuple[int, int]]:
    """Number and width of each tile of a level with so many hashes."""
    for first in range(0, count, _WIDTH):
        yield first // _WIDTH, min(count - first, _WIDTH)


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 6962, 2.1)."""
    return sha256(b"\1" + left + right)


def root_hash(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def complete_subtrees(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the largest complete subtrees, from left to right: one for each bit of the count."""
    found, first = [], 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            found.append(root_hash(hashes[first : first + (1 << bit)]))
            first += 1 << bit
    return found


def tile_path(level: object, number: int, width: int) -> str:
    """``tile/<level>/x001/x234/067`` (tlog-tiles, Merkle Tree), a partial one with ``.p/<width>``."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < _WIDTH else "")


def tile_bytes(folder: Path, level: object, number: int, width: int) -> bytes:
    """The bytes of a tile. A bag holds the tiles of a log of its size, and no full one for a partial one."""
    path = folder / tile_path(level, number, width)
    if not path.is_file():
        refuse(f"{path} is missing")
    return path.read_bytes()


def bundle(folder: Path, number: int, width: int) -> list[bytes]:
    """The entries of a bundle (tlog-tiles, Log entries)."""
    whole = tile_bytes(folder, "entries", number, width)
    found, at = [], 0
    while at < len(whole):
        end = at + 2 + int.from_bytes(whole[at : at + 2], "big")
        if at + 2 > len(whole) or end > len(whole):
            refuse("an entry of the bundle is cut off")
        found.append(whole[at + 2 : end])
        at = end
    if len(found) != width:
        refuse(f"expected a bundle of {width} entries, found {len(found)}")
    return found


def check_tile(folder: Path, level: int, number: int, hashes: Sequence[bytes]) -> None:
    """Compare a tile with the hashes that the entries give."""
    if tile_bytes(folder, level, number, len(hashes)) != b"".join(hashes):
        refuse(f"{tile_path(level, number, len(hashes))} does not fit the entries")


def check_log_names(bag: Bag, checkpoint: Checkpoint) -> None:
    """In the folder of the log stands the log and nothing else: no entry names the files there."""
    expected, level, count = {f"{LOG}/checkpoint"}, 0, checkpoint.size
    while count:
        for number, width in tile_numbers(count):
            kinds = (level, "entries") if level == 0 else (level,)
            expected |= {f"{LOG}/{tile_path(kind, number, width)}" for kind in kinds}
        level, count = level + 1, count // _WIDTH
    extra = [name for name in bag.payload if name.startswith(f"{LOG}/") and name not in expected]
    if extra:
        refuse(f"{extra[0]!r} is no part of the log")


# ======================================================================================================
# 4. The entries
#
# An entry of the log is public: {"at": ..., "commitment": ..., "fields": ..., "kind": ...}, canonical JSON.
# It is refused in any other form, in which readers of JSON could find other things. Its words stand
# in ``data/shown.jsonl``, a line each, with the salts that open the commitment:
#
#     {"entry": 7, "fields": {"name": ["<salt>", value], ...}, "withheld": [["<commitment>", "reason"], ...]}
#     {"entry": 8, "expunged_by": 9}
#
#     commitment of a field  SHA-256(0x00 || salt of the field || canonical JSON of [name, value])
#     commitment of a body   SHA-256(0x01 || number of fields, 4 bytes || commitments of the fields, sorted)
# ======================================================================================================


_ENTRY = re.compile(
    rb'\{"at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00",'
    rb'"commitment":"[0-9a-f]{64}","fields":(?:0|[1-9][0-9]{0,8}),"kind":"[a-z-]+"\}'
)


def public_entries(folder: Path, size: int) -> list[dict[str, Any]]:
    """Every entry as it stands in the log."""
    found: list[dict[str, Any]] = []
    for number, width in tile_numbers(size):
        for entry in bundle(folder, number, width):
            if not _ENTRY.fullmatch(entry):
                refuse(f"entry {len(found)} of the log is not of the form of an entry of a book")
            found.append(json.loads(entry))
    return found


def check_words(
    whole: bytes, entries: Sequence[dict[str, Any]]
) -> tuple[Words, dict[int, list[str]], dict[int, str]]:
    """Every word shown against the commitment of its entry.

    Gives the fields shown, the reasons of those withheld, and the orders by which entries were expunged. Of
    each entry that commits to words something must be said: they are shown, withheld or expunged.
    """
    shown: Words = {}
    withheld: dict[int, list[str]] = {}
    gone: dict[int, Any] = {}
    for line_number, line in enumerate(lines_of(whole), 1):
        where = f"{SHOWN}, line {line_number}"
        words = json_object(line, where)
        number = words.get("entry")
        if type(number) is not int or not 0 <= number < len(entries) or number in shown or number in gone:
            refuse(f"{where}: expected the number of an entry of the log, each once")
        if set(words) == {"entry", "expunged_by"}:
            gone[number] = words["expunged_by"]
            continue
        fields, reasons, commitments = opened(words, where)
        if body_commitment(commitments).hex() != entries[number]["commitment"]:
            refuse(f"{where}: the words of entry {number} are not those that were entered")
        if len(commitments) != entries[number]["fields"]:
            refuse(f"{where}: entry {number} has another number of fields than it says")
        shown[number] = fields
        if reasons:
            withheld[number] = reasons
    for number in range(len(entries)):
        if number not in shown and number not in gone:
            refuse(f"of entry {number} nothing is shown, and nothing said of why")
    return shown, withheld, {number: order_of(number, by, entries, shown) for number, by in gone.items()}


def lines_of(whole: bytes) -> list[bytes]:
    """Lines, each ended by a newline."""
    lines = whole.split(b"\n")
    if lines.pop():
        refuse(f"{SHOWN} does not end with a newline: it is cut off, or something was added")
    return lines


def json_object(line: bytes, where: str) -> dict[str, Any]:
    """A line of JSON, an object (RFC 8259, UTF-8)."""
    try:
        words = json.loads(line.decode("utf-8"), parse_int=whole_number)
    except ValueError as error:
        raise Refused(f"{where}: expected JSON") from error
    if not isinstance(words, dict):
        refuse(f"{where}: expected an object")
    return words


def whole_number(digits: str) -> int:
    """A whole number; the same limit in every version of Python, and in the page."""
    if len(digits.lstrip("-")) > 4300:
        refuse(f"{SHOWN} has a number of {len(digits)} digits")
    return int(digits)


def opened(words: dict[str, Any], where: str) -> tuple[dict[str, Any], list[str], list[bytes]]:
    """Of a line: the fields shown, the reasons of those withheld, and the commitments of all of them."""
    fields, withheld = words.get("fields"), words.get("withheld")
    if not isinstance(fields, dict) or not isinstance(withheld, list):
        refuse(f"{where}: expected fields with salts, and commitments of what is withheld")
    for pair in [*fields.values(), *withheld]:
        if not isinstance(pair, list) or len(pair) != 2 or not is_digest(pair[0]):
            refuse(f"{where}: expected fields with salts, and commitments of what is withheld")
    if not all(isinstance(reason, str) for _, reason in withheld):
        refuse(f"{where}: expected a reason for each field that is withheld")
    try:
        commitments = [
            sha256(b"\0" + bytes.fromhex(salt) + canonical([name, value]).encode("utf-8"))
            for name, (salt, value) in fields.items()
        ]
    except UnicodeEncodeError as error:
        raise Refused(f"{where}: expected text of Unicode") from error
    commitments += [bytes.fromhex(commitment) for commitment, _ in withheld]
    return {name: pair[1] for name, pair in fields.items()}, [reason for _, reason in withheld], commitments


def is_digest(value: object) -> bool:
    """Whether it is 32 bytes in lower-case hexadecimal digits."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def body_commitment(commitments: Sequence[bytes]) -> bytes:
    """The commitment of a body, from those of its fields."""
    return sha256(b"\1" + len(commitments).to_bytes(4, "big") + b"".join(sorted(commitments)))


def canonical(value: Any) -> str:
    """The one JSON text of a value (RFC 8785) of what bodies may hold: no number that is not whole."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) < 2**53:  # RFC 8785, 3.2.2.3: exact for every reader
        return str(value)
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    refuse("a number in the words of an entry is not whole, or beyond 2^53 - 1")


def order_of(number: int, by: object, entries: Sequence[dict[str, Any]], shown: Words) -> str:
    """The order by which an entry was expunged: another entry that says so, of the kind ``expunge``."""
    order = shown.get(by, {}) if isinstance(by, int) and not isinstance(by, bool) else {}
    entry = order.get("entry")
    if not isinstance(by, int) or entry is True or entry != number or entries[by]["kind"] != "expunge":
        refuse(f"entry {number} is said to be expunged, and no entry says so")
    by_what = order.get("order", "an order that is withheld")
    if not isinstance(by_what, str):
        refuse(f"entry {by} does not say in words by which order something was expunged")
    return f"{by_what} (entry {by})"


# ======================================================================================================
# 5. The files
#
# Every exhibit and every table of records must be named, by its SHA-256, in the words of an entry. That of
# the export, of the kind ``bundle``, names all files together by the digest of their digests and paths, so
# that none is left out or added, and says what is withheld:
#
#     [["<kind>" or "entry <number>", "<field>", "<reason>"], ...]
#
# Small exhibits are packed: a ZIP file without compression whose members are named by their own SHA-256.
# ======================================================================================================

_LARGE = 1 << 20
_TAG_FILE = re.compile(r"bagit\.txt|bag-info\.txt|(tag)?manifest-(md5|sha1|sha224|sha256|sha384|sha512)\.txt")


def check_bundle_files(bag: Bag) -> None:
    """The log speaks of the payload by its SHA-256, and of no other file: there must be none."""
    for name in bag.files:
        if not name.startswith("data/") and not _TAG_FILE.fullmatch(name):
            refuse(f"{name!r} stands beside the bundle: no entry of the log is about it")
    short = sorted(set(bag.payload) - set(bag.manifests.get("sha256", {})))
    if short:
        refuse(f"{short[0]!r} is not named by the sha256 manifest")


def check_files_named(bag: Bag, shown: Words) -> tuple[int, set[str]]:
    """Each exhibit and table is named by an entry; gives the number of exhibits, and the digests of both."""
    named = set(digests_in(list(shown.values())))
    exhibits, held = 0, set[str]()
    for path, digest in content(bag):
        packed = path.startswith("data/exhibits/") and path.endswith(".zip")
        for name, one in pack(bag.folder / path, path) if packed else [(path, digest)]:
            exhibits += path.startswith("data/exhibits/")
            if path.startswith(("data/exhibits/", "data/records/")):
                held.add(one)
                if one not in named:
                    refuse(f"{name} is named by no entry of the log: it was never taken in")
    return exhibits, held


def content(bag: Bag) -> list[tuple[str, str]]:
    """Path and SHA-256 of the files that are neither of the log nor its words."""
    paths = bag.manifests.get("sha256", {})
    return [(path, one) for path, one in paths.items() if not path.startswith(f"{LOG}/") and path != SHOWN]


def digests_in(value: Any) -> Iterator[str]:
    """Every SHA-256 that stands in words, however deep."""
    if is_digest(value):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from digests_in(one)


def pack(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Path and digest of the files in a pack (APPNOTE 6.3.3, method 0), each checked against its name."""
    try:
        with zipfile.ZipFile(path) as opened_pack:
            members = opened_pack.infolist()
            if len({one.filename for one in members}) != len(members):
                refuse(f"{name}: a member stands twice")
            for member in members:
                stored = (
                    member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size
                ) and not (member.extra or member.comment)
                if not stored or not is_digest(member.filename) or member.file_size >= _LARGE:
                    refuse(f"{name}: the member {member.filename[:80]!r} is not a small file stored as it is")
                if sha256(opened_pack.read(member)).hex() != member.filename:
                    refuse(f"{name}: the member {member.filename} is not the bytes of its name")
                yield f"{name}/{member.filename}", member.filename
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ) as error:
        raise Refused(f"{name} cannot be read as a pack ({error})") from error


def check_contents(bag: Bag, shown: Words, entries: Sequence[dict[str, Any]]) -> int:
    """The number of the entry of the export: the last of a bundle that names all files of the bag together.

    What it names is the SHA-256 of the sorted lines ``digest  path``. A line break in a path would let one
    file stand for two.
    """
    lines = []
    for path, digest in content(bag):
        if "\n" in path:
            refuse(f"the path {path!r} has a line break: it could stand for two files")
        lines.append(f"{digest}  {path}\n")
    try:
        whole = sha256("".join(sorted(lines)).encode("utf-8")).hex()
    except UnicodeEncodeError as error:
        raise Refused("the path of a file is not Unicode") from error
    found = [
        number
        for number, words in sorted(shown.items())
        if entries[number].get("kind") == "bundle" and words.get("contents") == whole
    ]
    if not found:
        refuse("no export names the files of this bag: some were added, left out or changed")
    return found[-1]


def check_reasons(
    export: int, shown: Words, withheld: dict[int, list[str]], entries: Sequence[dict[str, Any]]
) -> None:
    """What is withheld is what the entry of the export says: those fields, for those reasons, and no other.

    The name of a withheld field stands nowhere in the bag; so of each entry the reasons are counted, and no
    field that is said to be withheld may be shown.
    """
    listed = shown[export].get("withheld")
    if not isinstance(listed, list):
        refuse(f"entry {export}, of the export, does not say what is withheld")
    for one in listed:
        if not isinstance(one, list) or len(one) != 3 or not all(isinstance(part, str) for part in one):
            refuse(f"entry {export}, of the export, does not say what is withheld")
    for number, words in shown.items():
        about = (entries[number].get("kind"), f"entry {number}")
        named = {name: reason for what, name, reason in listed if what in about}
        for name in named:
            if name in words:
                refuse(f"the field {name} of entry {number} is said to be withheld, and is shown")
        left = list(named.values())
        for reason in withheld.get(number, []):
            if reason not in left:
                refuse(f"of entry {number} something is withheld otherwise than the export says")
            left.remove(reason)


def is_reason(one: object) -> bool:
    """Whether it is the digest of an exhibit and a reason."""
    return isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)


def check_exhibits_there(
    export: int, shown: Words, entries: Sequence[dict[str, Any]], held: set[str]
) -> list[str]:
    """Every exhibit that a take-in names is there, or the export says why not; gives the reasons.

    The tables of a take-in are left out with an exhibit of it, and else are there.
    """
    given = shown[export].get("withheld_exhibits", [])
    if not isinstance(given, list) or not all(map(is_reason, given)):
        refuse(f"entry {export}, of the export, does not say which exhibits are withheld")
    reasons = dict(given)
    away: set[str] = set()
    for number, words in shown.items():
        if entries[number]["kind"] == "take-in":
            lacking = set(digests_in(words.get("exhibits"))) - held
            away |= lacking
            missing = lacking - set(reasons) if lacking else set(digests_in(words.get("tables"))) - held
            if missing:
                refuse(f"{min(missing)} of entry {number} is not in the bag, and no export says why")
    return [reasons[one] for one in sorted(away)]


if __name__ == "__main__":
    sys.exit(main())

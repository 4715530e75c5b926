"""Verify a bag: what of it is proved, by whom, and what is not.

A bag carries a log as tiles (``data/log``), the words of its entries that may be shown
(``data/shown.jsonl``), and files. A file is proved by the entries whose words name its SHA-256: those words
hash to the commitment of the entry, the entry to a leaf, the leaf to the root, and the root is signed by the
log and cosigned by its witnesses. The entry of the bundle itself names all files together, so that none is
left out or added, and says what is withheld and why, so that no more and nothing else is.

The parts are checked in this order, each whole before the next: names and manifests, digests, the log, the
words of its entries, the files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wardbook.custody.bag import Bag, check_digests, open_bag
from wardbook.custody.commitment import read_shown
from wardbook.custody.pack import read_pack
from wardbook.custody.policy import Policy, Witnessed, check_quorum, parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.tiles import CHECKPOINT, WIDTH, TileFolder, audit_tiles, tile_path, tiles_of

LOG = "data/log"
SHOWN = "data/shown.jsonl"
POLICY = "data/policy"
BUNDLE = "bundle"
"""The kind of the entry that names the contents of a bag."""

_END_OF_CALENDAR = 253_402_300_799
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENTRY = re.compile(
    rb'\{"at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00",'
    rb'"commitment":"[0-9a-f]{64}","fields":(?:0|[1-9][0-9]{0,8}),"kind":"[a-z-]+"\}'
)
"""The one form of an entry of a book: canonical JSON of these four names."""

_TAG_FILE = re.compile(r"bagit\.txt|bag-info\.txt|(tag)?manifest-(md5|sha1|sha224|sha256|sha384|sha512)\.txt")


@dataclass(frozen=True)
class Part:
    """One part of a bag: what is proved of it, and by whom."""

    name: str
    proved: str
    by: str


@dataclass(frozen=True)
class Vouched:
    """A file and the entries that name its digest."""

    path: str
    sha256: str
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Verified:
    """What a verification found; a bag that fails one is refused instead."""

    witnessed: Witnessed
    parts: tuple[Part, ...]
    files: tuple[Vouched, ...]
    withheld: Mapping[int, tuple[str, ...]]
    expunged: Mapping[int, str]
    entries: Mapping[int, Mapping[str, Any]] = field(repr=False, default_factory=dict)


Progress = Callable[[str], None]


def verify_bag(
    folder: Path, trusted: Policy | None = None, threads: int = 2, progress: Progress = lambda _part: None
) -> Verified:
    """Verify a bag. Raises `Refused` with the part that fails.

    ``trusted`` is the policy of the reader; without one the policy in the bag is used, and what is proved
    rests on its keys being those of the log and the witnesses, which the result says.
    """
    try:
        return _verify(folder, trusted, threads, progress)
    except RecursionError as error:
        raise Refused("something in the bag is nested deeper than any reader follows") from error


def _verify(folder: Path, trusted: Policy | None, threads: int, progress: Progress) -> Verified:
    progress("names and manifests")
    bag = open_bag(folder)
    progress("digests")
    check_digests(bag, threads)
    progress("log")
    policy = trusted or parse_policy(_read(folder / POLICY))
    tiles = TileFolder(folder / LOG)
    witnessed = check_quorum(tiles.checkpoint(), policy)
    point = witnessed.checkpoint
    _check_log_files(bag, point.size)
    audit_tiles(tiles.folder, point.size, point.root, threads if point.size > 100_000 else 1)
    progress("entries")
    public = list(_public(tiles, point.size))
    shown, withheld, expunged = _words(folder, public)
    progress("files")
    _check_files(bag)
    files = tuple(_vouched(bag, shown))
    contents = _check_contents(bag, shown, public)
    _check_reasons(contents, shown, withheld, public)
    _check_all_named(files)
    left_out = _left_out(contents, shown, public, files)
    parts = _parts(bag, trusted is not None, witnessed, shown, withheld, expunged, files, contents, left_out)
    return Verified(witnessed, parts, files, withheld, expunged, shown)


def _check_files(bag: Bag) -> None:
    """The log speaks of the payload by its SHA-256, and of no other file: there must be none."""
    for name in bag.files:
        if not name.startswith("data/") and not _TAG_FILE.fullmatch(name):
            raise Refused(f"{name!r} stands beside the bundle: no entry of the log is about it")
    if short := sorted(set(bag.payload) - set(bag.manifests.get("sha256", {}))):
        raise Refused(f"{short[0]!r} is not named by the sha256 manifest")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path.name} is missing from the bag, or cannot be read ({error.strerror})") from error


def _check_log_files(bag: Bag, size: int) -> None:
    """The folder of the log holds the files of a log of that size, and nothing else."""
    held = {name.removeprefix(f"{LOG}/") for name in bag.files if name.startswith(f"{LOG}/")}
    if size // WIDTH > len(held):
        raise Refused(f"a log of {size} entries has more tiles than the {len(held)} files of {LOG}")
    wanted = {CHECKPOINT}
    for level, number, width in tiles_of(size):
        wanted.add(tile_path(level, number, width))
        if level == 0:
            wanted.add(tile_path("entries", number, width))
    for name in sorted(held ^ wanted):
        raise Refused(f"{LOG}/{name} is {'missing' if name in wanted else 'no file of a log of that size'}")


# ---------------------------------------------------------------- entries


Words = dict[int, dict[str, Any]]


def _words(
    folder: Path, public: Sequence[Mapping[str, Any]]
) -> tuple[Words, dict[int, tuple[str, ...]], dict[int, str]]:
    """The words shown of each entry, the reasons of what is withheld, and the orders of what was expunged."""
    shown: Words = {}
    withheld: dict[int, tuple[str, ...]] = {}
    told: set[int] = set()
    gone: dict[int, int] = {}
    lines = _read(folder / SHOWN).split(b"\n")
    if lines.pop():
        raise Refused(f"{SHOWN} does not end with a newline")
    for line_number, line in enumerate(lines, 1):
        where = f"{SHOWN}, line {line_number}"
        words = _json(line, where)
        number = words.get("entry")
        if (
            not isinstance(number, int)
            or isinstance(number, bool)
            or not 0 <= number < len(public)
            or number in told
        ):
            raise Refused(f"{where}: expected the number of an entry of the log, each once")
        told.add(number)
        if set(words) == {"entry", "expunged_by"}:
            gone[number] = words["expunged_by"]
            continue
        try:
            found = read_shown(words)
            commitment = found.commitment.hex()
        except (ValueError, TypeError, RecursionError) as error:
            raise Refused(f"{where}: {error}") from error
        if commitment != public[number]["commitment"]:
            raise Refused(f"{where}: the words of entry {number} are not those that were entered")
        if len(found.fields) + len(found.withheld) != public[number]["fields"]:
            raise Refused(f"{where}: entry {number} has another number of fields than it says")
        shown[number] = {name: value for name, (_, value) in found.fields.items()}
        if found.withheld:
            withheld[number] = tuple(reason for _, reason in found.withheld)
    untold = [n for n in range(len(public)) if n not in told]
    if untold:
        raise Refused(f"of entry {untold[0]} nothing is shown, and nothing said of why")
    return shown, withheld, {number: _order(number, by, public, shown) for number, by in gone.items()}


def _order(number: int, by: object, public: Sequence[Mapping[str, Any]], shown: Words) -> str:
    """The order by which an entry was expunged."""
    order = shown.get(by) if isinstance(by, int) and not isinstance(by, bool) else None
    named = order.get("entry") if order is not None else None
    if order is None or named is True or named != number or public[int(str(by))]["kind"] != "expunge":
        raise Refused(f"entry {number} is said to be expunged, and no entry says so")
    by_what = order.get("order", "an order that is withheld")
    if not isinstance(by_what, str):
        raise Refused(f"entry {by} does not say in words by which order something was expunged")
    return f"{by_what} (entry {by})"


def _public(tiles: TileFolder, size: int) -> Iterator[dict[str, Any]]:
    """The public words of every entry; one of another form is refused: readers could differ on it."""
    for number, text in enumerate(tiles.texts(size)):
        if not _ENTRY.fullmatch(text):
            raise Refused(f"entry {number} of the log is not of the form of an entry of a book")
        yield json.loads(text)


def _json(line: bytes, where: str) -> dict[str, Any]:
    try:
        words = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"{where}: expected JSON") from error
    if not isinstance(words, dict):
        raise Refused(f"{where}: expected an object")
    return words


# ---------------------------------------------------------------- files


def _vouched(bag: Bag, shown: Words) -> Iterator[Vouched]:
    """Every file of the bag that is not the log's own, packed or not, with the entries that name it."""
    named: dict[str, list[int]] = {}
    for number, words in shown.items():
        for digest in sorted(set(_digests_in(words))):
            named.setdefault(digest, []).append(number)
    for path, digest in bag.manifests["sha256"].items() if "sha256" in bag.manifests else ():
        if _is_content(path) and path.endswith(".zip") and path.startswith("data/exhibits/"):
            for member, _ in read_pack(bag.folder / path):
                yield Vouched(f"{path}/{member}", member, tuple(named.get(member, ())))
        elif _is_content(path):
            yield Vouched(path, digest, tuple(named.get(digest, ())))


def _is_content(path: str) -> bool:
    return not path.startswith(f"{LOG}/") and path != SHOWN


def contents_digest(manifest: Mapping[str, str]) -> str:
    """The SHA-256 of a bag's manifest without the log and the words: what the entry of a bundle names.

    Raises `Refused` for a name with a line break, which could pass for two lines.
    """
    if odd := next((path for path in manifest if "\n" in path or "\r" in path), None):
        raise Refused(f"the name {odd!r} has a line break")
    lines = sorted(f"{digest}  {path}\n" for path, digest in manifest.items() if _is_content(path))
    try:
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise Refused("the path of a file is not Unicode") from error


def _digests_in(value: object) -> Iterator[str]:
    """Every SHA-256 that stands in words, however deep."""
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _digests_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _digests_in(one)


def _check_contents(bag: Bag, shown: Words, public: Sequence[Mapping[str, Any]]) -> int:
    """The entry of the export: the last of a bundle that names all files of the bag together."""
    digest = contents_digest(bag.manifests.get("sha256", {}))
    bundles = (number for number in sorted(shown) if public[number].get("kind") == BUNDLE)
    found = [number for number in bundles if shown[number].get("contents") == digest]
    if not found:
        raise Refused("no export names the files of this bag: some were added, left out or changed")
    return found[-1]


def _check_reasons(
    bundle: int, shown: Words, withheld: Mapping[int, tuple[str, ...]], public: Sequence[Mapping[str, Any]]
) -> None:
    """What is withheld is what the entry of the export says: those fields, for those reasons, no other."""
    listed = shown[bundle].get("withheld")
    if not isinstance(listed, list) or not all(map(_is_withheld, listed)):
        raise Refused(f"entry {bundle}, of the export, does not say what is withheld")
    for number, words in shown.items():
        about = (public[number].get("kind"), f"entry {number}")
        named = {name: reason for what, name, reason in listed if what in about}
        if name := next((name for name in named if name in words), None):
            raise Refused(f"the field {name} of entry {number} is said to be withheld, and is shown")
        if Counter(withheld.get(number, ())) - Counter(named.values()):
            raise Refused(f"of entry {number} something is withheld otherwise than the export says")


def _is_withheld(one: object) -> bool:
    """Whether it is the kind or number of entries, a field and a reason."""
    return isinstance(one, list) and len(one) == 3 and all(isinstance(part, str) for part in one)


def _check_all_named(files: tuple[Vouched, ...]) -> None:
    exhibits = [one for one in files if one.path.startswith(("data/exhibits/", "data/records/"))]
    for one in exhibits:
        if not one.entries:
            raise Refused(f"{one.path} is named by no entry of the log: it was never taken in")


def _is_reason(one: object) -> bool:
    """Whether it is the digest of an exhibit and a reason."""
    return isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)


def _left_out(
    bundle: int, shown: Words, public: Sequence[Mapping[str, Any]], files: tuple[Vouched, ...]
) -> tuple[str, ...]:
    """Of each exhibit that a take-in names and the bag does not have, the reason that the export gives.

    The tables of a take-in are left out with an exhibit of it; refused is what is missing without a reason.
    """
    given = shown[bundle].get("withheld_exhibits", [])
    if not isinstance(given, list) or not all(map(_is_reason, given)):
        raise Refused(f"entry {bundle}, of the export, does not say which exhibits are withheld")
    reasons = dict(given)
    held = {one.sha256 for one in files if one.path.startswith(("data/exhibits/", "data/records/"))}
    away: set[str] = set()
    for number, words in shown.items():
        if public[number]["kind"] != "take-in":
            continue
        lacking = set(_digests_in(words.get("exhibits"))) - held
        away |= lacking
        missing = lacking - set(reasons) or (not lacking and set(_digests_in(words.get("tables"))) - held)
        if missing:
            raise Refused(f"{min(missing)} of entry {number} is not in the bag, and no export says why")
    return tuple(reasons[one] for one in sorted(away))


# ---------------------------------------------------------------- words


def _parts(
    bag: Bag,
    is_trusted: bool,
    witnessed: Witnessed,
    shown: Words,
    withheld: Mapping[int, tuple[str, ...]],
    expunged: Mapping[int, str],
    files: tuple[Vouched, ...],
    contents: int,
    left_out: tuple[str, ...],
) -> tuple[Part, ...]:
    point = witnessed.checkpoint
    keys = (
        "keys that the reader gave"
        if is_trusted
        else "keys that came with the bag: compare them with the log's"
    )
    names = ", ".join(f"{name} ({_moment(at)})" for name, at in sorted(witnessed.witnesses.items()))
    exhibits = sum(one.path.startswith("data/exhibits/") for one in files)
    parts = [
        Part("bag", f"{len(bag.payload)} files, each with the digest of the manifest", "the manifests alone"),
        Part("log", f"{point.size} entries, root {point.root.hex()}", f"{witnessed.log}; {keys}"),
        Part("witnesses", names or "none: the holder of the log's key could have rewritten all of it", keys),
        Part("words", f"{len(shown)} entries say what was entered", "the commitments in the log"),
        Part("exhibits", f"{exhibits} are the bytes that were taken in", "the entries of their take-ins"),
        Part("contents", "no file was added, left out or changed since", f"entry {contents} of the log"),
    ]
    if left_out:
        each = ", ".join(sorted(set(left_out)))
        parts.append(
            Part(
                "left out", f"{len(left_out)} exhibits are not here ({each})", f"entry {contents} of the log"
            )
        )
    if withheld:
        count = sum(map(len, withheld.values()))
        reasons = ", ".join(sorted({reason for one in withheld.values() for reason in one}))
        parts.append(
            Part(
                "withheld",
                f"{count} fields of {len(withheld)} entries ({reasons})",
                f"their commitments, and entry {contents} of the log",
            )
        )
    parts += [
        Part("expunged", f"what entry {number} said was expunged by {order}", "the log")
        for number, order in sorted(expunged.items())
    ]
    return tuple(parts)


def _moment(seconds: int) -> str:
    if not seconds:
        return "no time"
    if seconds > _END_OF_CALENDAR:
        raise Refused(f"a witness signed at second {seconds} since 1970, which no calendar has")
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

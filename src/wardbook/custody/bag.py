"""Bags: a folder with a manifest of digests (BagIt, RFC 8493), written and read strictly.

A bag is packaging: whoever can edit it can make its manifests again. What is in it is proved by the log that
it carries (`verify`). Read are bags of BagIt 0.93 to 1.0 with manifests of the SHA-2 family, or the older MD5
and SHA-1 ones, which show slips and no more; paths that lead out of the bag, links and look-alike names are
refused before any file is opened. A file that is to be fetched from elsewhere is not fetched: it is missing
unless it is there.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wardbook.custody.refused import Refused

_CHUNK = 1 << 20
_DECLARATION = re.compile(
    r"BagIt-Version: ([0-9]+)\.([0-9]+)\r?\nTag-File-Character-Encoding: ([A-Za-z0-9-]+)(?:\r?\n)?"
)
_VERSIONS = {(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), (1, 0)}
_MANIFEST = re.compile(r"(tag)?manifest-(md5|sha1|sha224|sha256|sha384|sha512)\.txt")
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
_FETCH = re.compile(r"(\S+)[ \t]+([0-9]+|-)[ \t]+(.+)")
_HOME = re.compile(r"~|[A-Za-z]:|%|\\\\")
_LARGEST_TAG = 64 << 20
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
"""The encodings of tag files that are read, by what bagit.txt calls them: all verifiers read these alike."""


@dataclass(frozen=True)
class Bag:
    """A bag whose names are sound and whose manifests are read: digests by path, by method."""

    folder: Path
    version: tuple[int, int]
    manifests: Mapping[str, Mapping[str, str]]
    tag_manifests: Mapping[str, Mapping[str, str]]
    files: tuple[str, ...]

    @property
    def payload(self) -> tuple[str, ...]:
        """The files of the payload, sorted."""
        return tuple(name for name in self.files if name.startswith("data/"))


def open_bag(folder: Path) -> Bag:
    """Read the tag files of a bag and look at every name; raises `Refused`. No digest is checked yet."""
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder")
    files = tuple(sorted(_walk(folder)))
    _check_names(files)
    if "bagit.txt" not in files:
        raise Refused(f"{folder} is not a bag: it has no bagit.txt")
    version, encoding = _declaration(folder)
    manifests: dict[str, Mapping[str, str]] = {}
    tags: dict[str, Mapping[str, str]] = {}
    for name in files:
        if found := _MANIFEST.fullmatch(name):
            (tags if found[1] else manifests)[found[2]] = _manifest(folder, name, encoding, version)
    if not manifests:
        raise Refused("the bag has no manifest of its payload")
    if "fetch.txt" in files:
        _check_fetch(folder, encoding)
    bag = Bag(folder, version, manifests, tags, files)
    _check_complete(bag)
    return bag


def check_digests(bag: Bag, threads: int = 2, progress: Callable[[int], None] = lambda _bytes: None) -> None:
    """Hash every file that a manifest names; raises `Refused`, naming the first that differs.

    Each file is read once, whatever the number of manifests. ``progress`` is called with the number of bytes
    of each file done.
    """
    wanted: dict[str, dict[str, str]] = {}
    for manifests in (bag.manifests, bag.tag_manifests):
        for method, digests in manifests.items():
            for name, digest in digests.items():
                wanted.setdefault(name, {})[method] = digest

    def check(name: str) -> str | None:
        found, size = _digests(bag.folder / name, wanted[name])
        progress(size)
        return next((m for m, digest in wanted[name].items() if found[m] != digest.lower()), None)

    names = sorted(wanted)
    with ThreadPoolExecutor(threads) as pool:
        for name, differs in zip(names, pool.map(check, names), strict=True):
            if differs is not None:
                raise Refused(f"{name} does not have the {differs} digest of the manifest: it was changed")


def write_bag(
    folder: Path, info: Sequence[tuple[str, str]], digests: Mapping[str, str] | None = None
) -> None:
    """Write the tag files of BagIt 1.0 around the payload in ``folder``/data: SHA-256, UTF-8.

    ``info`` are lines of bag-info.txt; ``digests`` those of payload files that are known already, by path.
    """
    known = dict(digests or {})
    payload = sorted(name for name in _walk(folder) if name.startswith("data/"))
    _check_names(payload)
    lines, total = [], 0
    for name in payload:
        path = folder / name
        digest = known.get(name) or _digests(path, ("sha256",))[0]["sha256"]
        total += path.stat().st_size
        lines.append(f"{digest}  {_escaped(name)}\n")
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(
            f"{k}: {v}\n" for k, v in [*info, ("Payload-Oxum", f"{total}.{len(payload)}")]
        ),
        "manifest-sha256.txt": "".join(lines),
    }
    for name, text in tags.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    tagged = [f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(tags.items())]
    (folder / "tagmanifest-sha256.txt").write_text("".join(tagged), "utf-8", newline="\n")


# ---------------------------------------------------------------- names


def _walk(folder: Path) -> Iterator[str]:
    """Every file below a folder, with slashes; refuses links and what is neither file nor folder."""
    with os.scandir(folder) as found:
        for one in found:
            if one.is_symlink():
                raise Refused(f"{one.path} is a link; a bag holds files and folders only")
            if one.is_dir(follow_symlinks=False):
                yield from (f"{one.name}/{rest}" for rest in _walk(Path(one.path)))
            elif one.is_file(follow_symlinks=False):
                yield one.name
            else:
                raise Refused(f"{one.path} is neither a file nor a folder")


def _check_names(names: Iterable[str]) -> None:
    """Refuse two names that some file systems take for one."""
    seen: dict[str, str] = {}
    for name in names:
        alike = unicodedata.normalize("NFC", name).casefold()
        if seen.setdefault(alike, name) != name:
            raise Refused(f"{name!r} and {seen[alike]!r} are one name on some file systems")


def safe_path(name: str) -> str:
    """A path of a manifest without a leading ``./``; refuses one that leads out of the bag."""
    path = name.removeprefix("./")
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or _HOME.match(path) or "\0" in path:
        raise Refused(f"the path {name!r} leads out of the bag")
    if "\\" in path or path != "/".join(parts):
        raise Refused(f"the path {name!r} is not in its plain form")
    return path


def _escaped(name: str) -> str:
    """A name as manifests of BagIt 1.0 have it (RFC 8493, 2.1.3)."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _unescaped(name: str, version: tuple[int, int]) -> str:
    if version < (1, 0):
        return name
    return re.sub(r"%(0[aAdD]|25)", lambda found: chr(int(found[1], 16)), name)


# ---------------------------------------------------------------- tag files


def _tag_text(path: Path, encoding: str) -> str:
    try:
        if path.stat().st_size > _LARGEST_TAG:
            raise Refused(f"{path.name} is larger than any tag file of a bag")
        return path.read_bytes().decode(encoding)
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not {encoding}, as bagit.txt says") from error


def _declaration(folder: Path) -> tuple[tuple[int, int], str]:
    text = _tag_text(folder / "bagit.txt", "utf-8")
    found = _DECLARATION.fullmatch(text)
    if not found:
        raise Refused("bagit.txt does not have its two lines, BagIt-Version and Tag-File-Character-Encoding")
    version = int(found[1]), int(found[2])
    if version not in _VERSIONS:
        raise Refused(f"BagIt {found[1]}.{found[2]} is not known; expected 0.93 to 1.0")
    encoding = _ENCODINGS.get(found[3].lower())
    if encoding is None:
        raise Refused(f"the encoding {found[3]} of bagit.txt is not one that is read here; UTF-8 is")
    return version, encoding


def _manifest(folder: Path, file: str, encoding: str, version: tuple[int, int]) -> dict[str, str]:
    digests: dict[str, str] = {}
    for number, line in enumerate(_lines(_tag_text(folder / file, encoding)), 1):
        found = _LINE.fullmatch(line)
        if not found:
            raise Refused(f"{file}, line {number}: expected a digest and a path")
        digest, name = found[1].lower(), safe_path(_unescaped(found[2], version))
        if file.startswith("manifest") and not name.startswith("data/"):
            raise Refused(f"{file}, line {number}: {name!r} is not in the payload")
        if name in digests and (version >= (1, 0) or digests[name] != digest):
            raise Refused(f"{file}, line {number}: {name!r} stands twice")
        digests[name] = digest
    return digests


def _check_fetch(folder: Path, encoding: str) -> None:
    for number, line in enumerate(_lines(_tag_text(folder / "fetch.txt", encoding)), 1):
        found = _FETCH.fullmatch(line)
        if not found:
            raise Refused(f"fetch.txt, line {number}: expected an address, a length and a path")
        safe_path(found[3])


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")) if line.strip()]


def _check_complete(bag: Bag) -> None:
    """Every manifest names every payload file (of BagIt 1.0), and every file named is there."""
    present, payload = set(bag.files), set(bag.payload)
    for manifests in (bag.manifests, bag.tag_manifests):
        for method, digests in manifests.items():
            if missing := sorted(set(digests) - present):
                raise Refused(f"{missing[0]!r} is named by a {method} manifest and is not in the bag")
    named = set().union(*bag.manifests.values())
    if extra := sorted(payload - named):
        raise Refused(f"{extra[0]!r} is in the bag, and no manifest names it")
    if bag.version >= (1, 0):
        for method, digests in bag.manifests.items():
            if short := sorted(payload - set(digests)):
                raise Refused(f"{short[0]!r} is not named by the {method} manifest")


def _digests(path: Path, methods: Iterable[str]) -> tuple[dict[str, str], int]:
    """The digests of a file, read once, and its size."""
    hashes = {method: hashlib.new(method, usedforsecurity=False) for method in methods}
    size = 0
    try:
        with path.open("rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                for one in hashes.values():
                    one.update(chunk)
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror})") from error
    return {method: one.hexdigest() for method, one in hashes.items()}, size

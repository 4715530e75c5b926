"""Changes of a bundle such as an attacker makes, and what three verifiers say of each.

``python -m tests.custody.mutations 20000 [SEED]`` makes so many and prints what was found. A copy of a bag
shares with it the bytes of the files that a change leaves alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import unicodedata
import zipfile
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.custody.bench import Bench, bench, policy_text
from tests.custody.three_verifiers import NODE, Verdict, changed, of_package, of_page, of_python_file
from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.commitment import commit, field_commitment, show
from wardbook.custody.keys import ED25519, new_key
from wardbook.custody.note import Note, Signature, parse_note
from wardbook.custody.pack import LARGE
from wardbook.custody.refused import Refused
from wardbook.custody.store import sha256_file
from wardbook.custody.tiles import TileFolder, publish
from wardbook.custody.tree import Leaves, leaf_hash, root_hash
from wardbook.custody.verify import LOG, POLICY, SHOWN, contents_digest

# ---------------------------------------------------------------- hands of the attacker


def copied(bag: Path, place: Path) -> Path:
    """A copy whose files are the same on disk until they are written."""
    shutil.copytree(bag, place, copy_function=os.link)
    return place


def put(path: Path, content: bytes) -> None:
    """Write a file of a copy; the bag it was copied from keeps its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def names(work: Path, below: str = "") -> list[str]:
    found = (path for path in work.rglob("*") if path.is_file() and not path.is_symlink())
    listed = sorted(path.relative_to(work).as_posix() for path in found)
    return [name for name in listed if name.startswith(below)]


def remake(work: Path, method: str = "sha256", version: str = "1.0", encoding: str = "UTF-8") -> None:
    """Make the tag files again, as anyone can: the attacker's first act after any change."""
    for name in names(work):
        if "manifest-" in name and "/" not in name:
            (work / name).unlink()
    put(work / "bagit.txt", f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode())
    lines = [f"{_digest(work / name, method)}  {_escaped(name)}\n" for name in names(work, "data/")]
    put(work / f"manifest-{method}.txt", "".join(lines).encode(encoding))
    tags = [name for name in names(work) if "/" not in name]
    put(
        work / f"tagmanifest-{method}.txt",
        "".join(f"{_digest(work / name, method)}  {name}\n" for name in tags).encode(encoding),
    )


def _digest(path: Path, method: str) -> str:
    return hashlib.new(method, path.read_bytes()).hexdigest()


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def note(work: Path) -> Note:
    return parse_note((work / LOG / "checkpoint").read_bytes())


def sign(work: Path, text: str, signatures: Iterable[Signature]) -> None:
    put(work / LOG / "checkpoint", Note(text, tuple(signatures)).whole.encode())


def shown_rows(work: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (work / SHOWN).read_text("utf-8").splitlines()]


def put_rows(work: Path, rows: Iterable[object]) -> None:
    lines = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows)
    put(work / SHOWN, "".join(f"{line}\n" for line in lines).encode())


def log_texts(work: Path) -> list[bytes]:
    size, tiles = parse_checkpoint(note(work).text).size, TileFolder(work / LOG)
    return [
        one for first in range(0, size, 256) for one in tiles.entries(first // 256, min(size - first, 256))
    ]


def put_log(work: Path, texts: Sequence[bytes]) -> str:
    """Write the log of these entries under the old checkpoint; gives the text of the new one."""
    origin, old = parse_checkpoint(note(work).text).origin, (work / LOG / "checkpoint").read_bytes()
    leaves = [leaf_hash(text) for text in texts]
    store = Leaves(leaves)

    def tile(level: int, number: int, width: int) -> bytes:
        return b"".join(store.node(8 * level, number * 256 + at) for at in range(width))

    shutil.rmtree(work / LOG)
    publish(
        work / LOG,
        tile,
        lambda a, b: texts[a:b],
        old,
        len(texts),
        write=put,
    )
    return Checkpoint(origin, len(texts), root_hash(leaves)).text


# ---------------------------------------------------------------- changes

Change = Callable[[Path, Random, Bench], None]
"""Change the bag at a place; raises `LookupError` where there is nothing to change in that way."""

CHANGES: dict[str, Change] = {}


def change(one: Change) -> Change:
    CHANGES[one.__name__] = one
    return one


def _flipped(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _flip(work: Path, rng: Random, chosen: Sequence[str]) -> None:
    name = rng.choice([one for one in chosen if (work / one).stat().st_size])
    put(work / name, _flipped((work / name).read_bytes(), rng))


@change
def bit(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, [name for name in names(work) if not name.startswith("tagmanifest")])


@change
def bit_remade(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, [name for name in names(work, "data/") if name not in (SHOWN, f"{LOG}/checkpoint")])
    remake(work)


@change
def bit_of_log(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, names(work, f"{LOG}/tile"))
    remake(work)


@change
def bit_of_checkpoint(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, [f"{LOG}/checkpoint"])
    remake(work)


@change
def bit_of_words(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, [SHOWN])
    remake(work)


@change
def bit_of_policy(work: Path, rng: Random, _: Bench) -> None:
    _flip(work, rng, [POLICY])
    remake(work)


@change
def bit_of_tag_file(work: Path, rng: Random, _: Bench) -> None:
    tag = rng.choice(["bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"])
    _flip(work, rng, [tag])
    if tag.startswith("tagmanifest"):
        return
    put(work / "tagmanifest-sha256.txt", f"{_digest(work / tag, 'sha256')}  {tag}\n".encode())


@change
def cut(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice([one for one in names(work, "data/") if (work / one).stat().st_size])
    content = (work / name).read_bytes()
    put(work / name, content[: rng.randrange(len(content))])
    if rng.random() < 0.8:
        remake(work)


@change
def append(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice([one for one in names(work) if "/tile/" not in one and one != SHOWN])
    put(work / name, (work / name).read_bytes() + rng.choice([b"\n", b"\0", b" ", b"x", b"\xff", b"\r\n"]))
    if rng.random() < 0.8:
        remake(work)


@change
def add_file(work: Path, rng: Random, _: Bench) -> None:
    place = rng.choice(
        ["data/new", "data/records/one/x", "data/exhibits/ab/c", "data/audits/new/uses.csv", "x"]
    )
    put(work / place, rng.randbytes(5))
    if rng.random() < 0.8:
        remake(work)


@change
def remove_file(work: Path, rng: Random, _: Bench) -> None:
    (work / rng.choice(names(work))).unlink()
    if rng.random() < 0.8:
        remake(work)


@change
def rename_file(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice(names(work, "data/"))
    target = work / rng.choice([f"{name}x", f"data/{Path(name).name}y", f"data/moved/{Path(name).name}"])
    target.parent.mkdir(parents=True, exist_ok=True)
    (work / name).rename(target)
    remake(work)


@change
def swap_files(work: Path, rng: Random, _: Bench) -> None:
    one, two = rng.sample(names(work, "data/"), 2)
    contents = (work / one).read_bytes(), (work / two).read_bytes()
    put(work / one, contents[1])
    put(work / two, contents[0])
    remake(work)


@change
def look_alike(work: Path, rng: Random, _: Bench) -> None:
    one, two = rng.choice(
        [
            ("data/book.toml", "data/BOOK.toml"),
            ("data/é", unicodedata.normalize("NFD", "data/é")),
            ("data/straße", "data/STRASSE"),
            ("data/ſ", "data/S"),
            ("data/K", "data/k"),
            ("data/ς", "data/Σ"),
            ("data/ı", "data/i"),
            ("data/ﬁ", "data/FI"),
        ]
    )
    for name in (one, two):
        if not (work / name).exists():
            put(work / name, b"x")
    remake(work)


@change
def link(work: Path, rng: Random, bench: Bench) -> None:
    name = rng.choice(names(work))
    kind = rng.choice(["file", "new", "folder", "pipe"])
    if kind == "file":
        (work / name).unlink()
        (work / name).symlink_to(bench.bag / name)
    elif kind == "new":
        (work / "data" / "link").symlink_to("/etc/hostname")
    elif kind == "folder":
        shutil.rmtree(work / "data" / "records")
        (work / "data" / "records").symlink_to(bench.bag / "data" / "records")
    else:
        os.mkfifo(work / "data" / "pipe")


@change
def manifest_line(work: Path, rng: Random, _: Bench) -> None:
    file = rng.choice(["manifest-sha256.txt", "tagmanifest-sha256.txt"])
    lines = (work / file).read_text("utf-8").splitlines(keepends=True)
    digest, name = rng.choice(lines).rstrip("\n").split("  ")
    made = rng.choice(
        [
            f"{digest}  ../{name}",
            f"{digest}  ./{name}",
            f"{digest}  /{name}",
            f"{digest}  data/../{name}",
            f"{digest}  data//x",
            f"{digest}  data/./x",
            f"{digest}  ~/x",
            f"{digest}  C:/x",
            f"{digest}  C:x",
            f"{digest}  data\\x",
            f"{digest}  %2e%2e/x",
            f"{digest}  {name}",
            f"{digest.upper()}  {name}",
            f"{'0' * 64}  {name}",
            f"{digest} *{name}",
            f"{digest}\t{name}",
            f"{digest}{name}",
            f"  {digest}  {name}",
            f"{digest[:-1]}  {name}",
            "",
            "\x1c",
            "\u3000 ",
            f"{digest}  {name} ",
            f"{digest}  data/none",
        ]
    )
    at = next(n for n, line in enumerate(lines) if line.startswith(digest))
    how = rng.choice(["replace", "add", "drop"])
    lines[at : at + (how != "add")] = [] if how == "drop" else [made + "\n"]
    put(work / file, "".join(lines).encode())
    if file.startswith("manifest") and rng.random() < 0.9:
        put(work / "tagmanifest-sha256.txt", f"{_digest(work / file, 'sha256')}  {file}\n".encode())


@change
def manifest_form(work: Path, rng: Random, _: Bench) -> None:
    file = work / "manifest-sha256.txt"
    text = file.read_text("utf-8")
    made = [
        "\ufeff" + text,
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        "\n" + text,
        text[:-1],
        text.upper(),
        "".join(reversed(text.splitlines(keepends=True))),
    ]
    put(file, rng.choice(made).encode())
    (work / "tagmanifest-sha256.txt").unlink()


@change
def other_tag_files(work: Path, rng: Random, _: Bench) -> None:
    versions = ["1.0", "1.00", "01.0", "0.97", "0.097", "0.93", "0.92", "1.1", "2.0", "1", "1.0 ", "00.0"]
    encodings = [
        *(
            "UTF-8",
            "utf8",
            "ISO-8859-1",
            "UTF-16",
            "UTF-16LE",
            "US-ASCII",
            "latin-1",
            "no-such",
            "windows-1252",
        ),
        "rot13",
    ]
    version, encoding = rng.choice(versions), rng.choice(encodings)
    try:
        remake(work, version=version, encoding=encoding)
    except LookupError:
        put(
            work / "bagit.txt",
            f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode(),
        )


@change
def other_methods(work: Path, rng: Random, _: Bench) -> None:
    method = rng.choice(["md5", "sha1", "sha224", "sha384", "sha512"])
    if rng.random() < 0.3:
        remake(work, method)
        return
    lines = [f"{_digest(work / name, method)}  {_escaped(name)}\n" for name in names(work, "data/")]
    if rng.random() < 0.3:
        lines.pop(rng.randrange(len(lines)))
    text = "".join(lines)
    put(
        work / f"manifest-{method}.txt", _flipped(text.encode(), rng) if rng.random() < 0.5 else text.encode()
    )


@change
def fetch(work: Path, rng: Random, _: Bench) -> None:
    lines = [
        "http://a.example/x 5 data/x",
        "http://a.example/x - ../x",
        "x",
        "http://a.example/x 5 /etc/x",
        "",
    ]
    put(work / "fetch.txt", f"{rng.choice(lines)}\n".encode())


# ---------------------------------------------------------------- changes of the words


@change
def row_order(work: Path, rng: Random, _: Bench) -> None:
    rows = shown_rows(work)
    how = rng.choice(["drop", "twice", "swap", "blank"])
    at = rng.randrange(len(rows))
    if how == "drop":
        rows.pop(at)
    elif how == "twice":
        rows.insert(at, rows[rng.randrange(len(rows))])
    elif how == "swap":
        rng.shuffle(rows)
    put_rows(work, [*rows[:at], "", *rows[at:]] if how == "blank" else rows)
    remake(work)


@change
def row_number(work: Path, rng: Random, _: Bench) -> None:
    rows: list[Any] = shown_rows(work)
    at = rng.randrange(len(rows))
    number = rows[at]["entry"]
    texts = [f"0{number}", f"{number}.0", f"{number}e0", f'"{number}"', "-0", "-1", "true", "null", "9" * 30]
    texts += ["[1]", "NaN", str(number + 1), str(number + 256), f"{number}E+0", f"+{number}"]
    rows[at] = json.dumps(rows[at], ensure_ascii=False).replace(
        f'"entry": {number}', f'"entry": {rng.choice(texts)}'
    )
    put_rows(work, rows)
    remake(work)


def _row_with(rows: Sequence[dict[str, Any]], rng: Random, key: str) -> dict[str, Any]:
    return rng.choice([row for row in rows if row.get(key)])


@change
def field_value(work: Path, rng: Random, _: Bench) -> None:
    rows = shown_rows(work)
    fields = _row_with(rows, rng, "fields")["fields"]
    name = rng.choice(sorted(fields))
    values: list[Any] = [
        None,
        True,
        False,
        0,
        -1,
        2**53 - 1,
        2**53,
        -(2**70),
        1.0,
        0.5,
        "",
        "x",
        [],
        {},
        [1, "é"],
    ]
    values += [{"b": 1, "a": 2}, "\ud800", float("nan"), "\u2028", "0" * 64, f"{fields[name][1]} "]
    fields[name] = [fields[name][0], rng.choice(values)]
    put(work / SHOWN, "".join(json.dumps(row) + "\n" for row in rows).encode())
    remake(work)


@change
def field_form(work: Path, rng: Random, _: Bench) -> None:
    rows = shown_rows(work)
    row = _row_with(rows, rng, "fields")
    fields = row["fields"]
    name = rng.choice(sorted(fields))
    salt, value = fields[name]
    how = rng.randrange(8)
    if how == 0:
        fields[name] = [salt[:-1] + rng.choice("0123456789abcdefG"), value]
    elif how == 1:
        fields[name] = [salt.upper(), value]
    elif how == 2:
        fields[name + rng.choice([" ", "x", "\u0301"])] = fields.pop(name)
    elif how == 3:
        del fields[name]
    elif how == 4:
        fields["more"] = [salt, value]
    elif how == 5:
        fields[name] = [salt, value, 1]
    elif how == 6:
        row["withheld"].append([field_commitment(bytes.fromhex(salt), name, value).hex(), "later"])
        del fields[name]
    else:
        row["comment"] = [1.5, "what anyone may add"]
    put_rows(work, rows)
    remake(work)


@change
def withheld_form(work: Path, rng: Random, _: Bench) -> None:
    rows = shown_rows(work)
    withheld = _row_with(rows, rng, "withheld")["withheld"]
    at = rng.randrange(len(withheld))
    how = rng.randrange(4)
    if how == 0:
        withheld[at][1] = "another reason"
    elif how == 1:
        withheld.append(withheld[at])
    elif how == 2:
        withheld.pop(at)
    else:
        withheld[at][0] = withheld[at][0][::-1]
    put_rows(work, rows)
    remake(work)


@change
def expunged(work: Path, rng: Random, _: Bench) -> None:
    rows = shown_rows(work)
    gone = next(n for n, row in enumerate(rows) if "expunged_by" in row)
    right = rows[gone]["expunged_by"]
    if rng.random() < 0.5:
        rows[gone]["expunged_by"] = rng.choice(
            [right + 1, 0, -1, None, str(right), float(right), True, [right], 10**30]
        )
    else:
        at = rng.randrange(len(rows))
        rows[at] = {"entry": rows[at]["entry"], "expunged_by": right}
    put_rows(work, rows)
    remake(work)


@change
def escaped_words(work: Path, rng: Random, _: Bench) -> None:
    """The same words in another form of JSON."""
    rows = shown_rows(work)
    spaces = rng.choice([(", ", ": "), (",", ":"), (" ,\t", " : ")])
    put(
        work / SHOWN,
        "".join(
            json.dumps(row, separators=spaces) + rng.choice(["", " ", "\r"]) + "\n" for row in rows
        ).encode(),
    )
    remake(work)


# ---------------------------------------------------------------- changes of the checkpoint and the policy


@change
def cosignatures(work: Path, rng: Random, _: Bench) -> None:
    old = note(work)
    lines = list(old.signatures)
    how = rng.choice(["remove one", "remove some", "twice", "shuffle", "unknown", "swap", "many"])
    if how == "remove one":
        lines.pop(rng.randrange(len(lines)))
    elif how == "remove some":
        lines = rng.sample(lines, rng.randrange(1, len(lines)))
    elif how == "twice":
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    elif how == "shuffle":
        rng.shuffle(lines)
    elif how == "unknown":
        lines.append(new_key("stranger", ED25519).sign(old.text))
    elif how == "swap":
        one, two = rng.sample(range(len(lines)), 2)
        lines[one] = Signature(lines[one].name, lines[one].key_id, lines[two].signature)
    else:
        lines += [new_key(f"stranger{n}", ED25519).sign(old.text) for n in range(rng.choice([90, 96, 97]))]
    sign(work, old.text, lines)
    remake(work)


@change
def signed_again(work: Path, rng: Random, bench: Bench) -> None:
    """A witness signs at another time, or a key signs what is not its kind of text."""
    old = note(work)
    who = rng.choice(sorted(bench.keys))
    key = bench.keys[who]
    time = rng.choice([0, 1, 253402300799, 2**40, 2**63 - 1, 2**63, 2**64 - 1])
    kept = [one for one in old.signatures if (one.name, one.key_id) != (key.name, key.public_key.key_id)]
    sign(work, old.text, [*kept, key.sign(old.text, time)])
    remake(work)


@change
def other_key(work: Path, rng: Random, bench: Bench) -> None:
    """A key of the same name signs; the policy of the bag may name it."""
    old = note(work)
    which = rng.choice(sorted(bench.keys))
    key = new_key(bench.keys[which].name, bench.keys[which].kind)
    kept = (
        [one for one in old.signatures if one.name != key.name]
        if rng.random() < 0.5
        else list(old.signatures)
    )
    sign(work, old.text, [*kept, key.sign(old.text, 5)])
    if rng.random() < 0.5:
        put(work / POLICY, policy_text({**bench.keys, which: key}, "group two 2 w4 w6 w4b", "quorum two"))
    remake(work)


@change
def checkpoint_text(work: Path, rng: Random, bench: Bench) -> None:
    """Another text, signed again by the stolen keys of the log, and by all witnesses or none."""
    point = parse_checkpoint(note(work).text)
    root = b64encode(point.root).decode()
    texts = [
        f"{point.origin}\n0{point.size}\n{root}\n",
        f"{point.origin}\n+{point.size}\n{root}\n",
        f"{point.origin}\n{point.size - 1}\n{root}\n",
        f"{point.origin}\n{point.size + 1}\n{root}\n",
        f"{point.origin}\n{2**63}\n{root}\n",
        f"{point.origin}\n0\n{root}\n",
        f"{point.origin}\n0\n{b64encode(hashlib.sha256(b'').digest()).decode()}\n",
        f"{point.origin}\n{point.size}\n{root[:-1]}\n",
        f"{point.origin}\n{point.size}\n{root}\nextension\n",
        f"{point.origin}\n{point.size}\n{root}\n\n",
        f"{point.origin}\n{point.size}\n{root} \n",
        f"{point.origin} \n{point.size}\n{root}\n",
        f"another\n{point.size}\n{root}\n",
        f"{point.origin}\n{point.size}\n{b64encode(rng.randbytes(32)).decode()}\n",
    ]
    text = rng.choice(texts)
    made = []
    for name in sorted(bench.keys) if rng.random() < 0.5 else ["log1"]:
        try:
            made.append(bench.keys[name].sign(text, 5))
        except Refused:  # a text that such a key signs for nobody
            continue
    sign(work, text, made)
    remake(work)


@change
def checkpoint_bytes(work: Path, rng: Random, _: Bench) -> None:
    whole = (work / LOG / "checkpoint").read_bytes()
    head, tail = whole.split(b"\n\n", 1)
    made = [
        whole[:-1],
        whole + b"\n",
        b"\xef\xbb\xbf" + whole,
        whole.replace(b"\n", b"\r\n"),
        whole.replace("—".encode(), b"-", 1),
        whole.replace("— ".encode(), "—  ".encode(), 1),
        head + b"\n\n\n" + tail,
        head + b"\n" + tail,
        b"\n" + whole,
        whole.replace(b"=\n", b"\n", 1),
        whole.replace(b"=\n", b"==\n", 1),
        re.sub(rb"([A-Za-z0-9+/])=\n", rb"/=\n", whole),
        whole + "— x AAAA\n".encode(),
        whole + "— x AAAAAAA=\n".encode(),
        whole + "— x\u2003y AAAAAAAAAA==\n".encode(),
        whole + "— é AAAAAAAAAA==\n".encode(),
    ]
    put(work / LOG / "checkpoint", rng.choice(made))
    remake(work)


@change
def policy_of_bag(work: Path, rng: Random, bench: Bench) -> None:
    """Another policy in the bag, as the reader would have it if nobody gave one."""
    group = rng.choice(
        ["group two 2 w4 w6 w4b", "group two 1 w4", "group two 02 w4 w6", "group two all w4 w4"]
    )
    quorum = rng.choice(
        ["quorum none", "quorum two", "quorum w4", "quorum nobody", "quorum two\nquorum none", ""]
    )
    put(work / POLICY, policy_text(bench.keys, group, quorum))
    remake(work)


# ---------------------------------------------------------------- the tree, the packs, and all together


@change
def entry_text(work: Path, rng: Random, _: Bench) -> None:
    """An entry of the log says something else, and all tiles are made again."""
    texts = log_texts(work)
    at = rng.randrange(len(texts))
    public = json.loads(texts[at])
    key = rng.choice(sorted(public))
    public[key] = rng.choice([f"{public[key]}x", None, 1])
    texts[at] = json.dumps(public, sort_keys=True, separators=(",", ":")).encode()
    put_log(work, texts)
    remake(work)


@change
def entries_moved(work: Path, rng: Random, _: Bench) -> None:
    texts = log_texts(work)
    how = rng.choice(["swap", "drop", "add", "twice"])
    at = rng.randrange(len(texts))
    if how == "swap":
        texts[at - 1], texts[at] = texts[at], texts[at - 1]
    elif how == "drop":
        texts.pop(at)
    else:
        texts.insert(at, b"{}" if how == "add" else texts[at])
    put_log(work, texts)
    remake(work)


@change
def bundle_bytes(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice(names(work, f"{LOG}/tile/entries"))
    content = (work / name).read_bytes()
    made = [
        content + b"\0\0",
        content + b"\0",
        content[:-1],
        content[2:],
        b"\0\0" + content,
        content[:1],
        b"",
    ]
    put(work / name, rng.choice(made))
    remake(work)


@change
def pack_members(work: Path, rng: Random, _: Bench) -> None:
    pack = rng.choice([name for name in names(work, "data/exhibits/") if name.endswith(".zip")])
    with zipfile.ZipFile(work / pack) as opened:
        members = [(one.filename, opened.read(one)) for one in opened.infolist()]
    how = rng.choice(
        ["deflated", "dropped", "added", "renamed", "changed", "comment", "before", "folder", "large"]
    )
    at = rng.randrange(len(members))
    name, content = members[at]
    if how == "dropped":
        members.pop(at)
    elif how == "added":
        members.append((hashlib.sha256(b"new").hexdigest(), b"new"))
    elif how == "renamed":
        members[at] = (rng.choice([f"../{name}", name.upper(), "0" * 64]), content)
    elif how == "changed":
        members[at] = (name, content + b"x")
    elif how == "large":
        members.append((hashlib.sha256(bytes(LARGE)).hexdigest(), bytes(LARGE)))
    (work / pack).unlink()
    with zipfile.ZipFile(
        work / pack, "w", zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED
    ) as made:
        for one, content in members:
            made.writestr(zipfile.ZipInfo(one), content, made.compression)
        if how == "folder":
            made.writestr(zipfile.ZipInfo("folder/"), b"")
        made.comment = b"a word" if how == "comment" else b""
    if how == "before":
        put(work / pack, b"MZ" + (work / pack).read_bytes())
    remake(work)


def rewritten(work: Path, rng: Random, bench: Bench, policy: bytes | None = None) -> None:
    """All of it again with the stolen keys of the log: other words, other files, another checkpoint."""
    texts, rows = log_texts(work), shown_rows(work)
    put(work / "data" / "book.toml", b'title = "Another"\n')
    if policy is not None:
        put(work / POLICY, policy)
    manifest = {name: sha256_file(work / name) for name in names(work, "data/")}
    number = next(n for n, text in enumerate(texts) if json.loads(text)["kind"] == "bundle")
    body = {name: value for name, (_, value) in rows[number]["fields"].items()}
    _enter(texts, rows, number, {**body, "contents": contents_digest(manifest)}, rng)
    chosen = rng.choice(
        [row["entry"] for row in rows if row["entry"] != number and row.get("withheld") == []]
    )
    body = {name: value for name, (_, value) in rows[chosen]["fields"].items()}
    if "exhibits" not in body and "entry" not in body:
        _enter(texts, rows, chosen, {**body, "why": "as it pleases the holder of the key"}, rng)
    text = put_log(work, texts)
    kept = [one for one in note(work).signatures if "witness" in one.name] if rng.random() < 0.5 else []
    sign(work, text, [*(key.sign(text, 5) for key in bench.log_keys), *kept])
    put_rows(work, rows)
    remake(work)


def _enter(
    texts: list[bytes], rows: list[dict[str, Any]], number: int, body: dict[str, Any], rng: Random
) -> None:
    salt = rng.randbytes(32)
    public = json.loads(texts[number])
    public["commitment"], public["fields"] = commit(salt, body).hex(), len(body)
    texts[number] = json.dumps(public, sort_keys=True, separators=(",", ":")).encode()
    rows[number] = {"entry": number, **show(salt, body).words()}


@change
def stolen_key(work: Path, rng: Random, bench: Bench) -> None:
    rewritten(work, rng, bench)


# ---------------------------------------------------------------- loose forms, and what no entry speaks for


@change
def two_files_in_one_name(work: Path, rng: Random, _: Bench) -> None:
    """A file is left out: the line of another, whose name now holds its line, stands for both.

    The digest of the contents is over sorted lines ``digest  path``; a path with a line break is two of them.
    """
    content = sorted(
        f"{sha256_file(work / name)}  {name}"
        for name in names(work, "data/")
        if "/log/" not in name and name != SHOWN
    )
    at = rng.randrange(len(content) - 1)
    kept, dropped = content[at], content[at + 1]
    (work / dropped[66:]).unlink()
    target = work / f"{kept[66:]}\n{dropped}"
    target.parent.mkdir(parents=True, exist_ok=True)
    (work / kept[66:]).rename(target)
    remake(work)


@change
def file_among_the_log(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice(
        ["note.txt", "tile/0/000.p/1", "tile/entries/999", "tile/1/000", "tile/9/x001/000", ".x"]
    )
    if (work / LOG / name).exists():
        name = "note.txt"
    put(work / LOG / name, b"x")
    remake(work)


@change
def bytes_after_a_tile(work: Path, rng: Random, _: Bench) -> None:
    name = rng.choice([one for one in names(work, f"{LOG}/tile") if "/entries/" not in one])
    put(work / name, (work / name).read_bytes() + rng.randbytes(rng.choice([1, 32])))
    remake(work)


@change
def text_after_the_words(work: Path, rng: Random, _: Bench) -> None:
    put(
        work / SHOWN,
        (work / SHOWN).read_bytes() + rng.choice([b"x", b'{"entry":0,"fields":{},"withheld":[]}']),
    )
    remake(work)


@change
def words_in_a_loose_form(work: Path, rng: Random, _: Bench) -> None:
    """The same words where a reader of Python takes one form of JSON for another."""
    rows: list[Any] = shown_rows(work)
    how = rng.choice(["pairs", "reason", "nothing withheld", "byte order mark"])
    wanted = "withheld" if how == "reason" else "fields"
    row = rng.choice(
        [one for one in rows if one.get(wanted) and (how != "nothing withheld" or not one["withheld"])]
    )
    if how == "pairs":
        row["fields"] = [[name, pair] for name, pair in row["fields"].items()]
    elif how == "reason":
        row["withheld"][0][1] = {"reason": 5}
    elif how == "nothing withheld":
        row["withheld"] = rng.choice(["", {}])
    else:
        rows[rows.index(row)] = "\ufeff" + json.dumps(row, ensure_ascii=False)
    put_rows(work, rows)
    remake(work)


# ---------------------------------------------------------------- many


@dataclass(frozen=True)
class Case:
    """One change of a bag, and what the verifiers say; ``undetected`` names cosigned data that differs."""

    kind: str
    seed: int
    with_policy: bool
    package: Verdict
    alone: Verdict
    undetected: str
    page: Verdict | None = None

    @property
    def name(self) -> str:
        return f"{self.kind} (seed {self.seed}{', policy of the reader' if self.with_policy else ''})"

    @property
    def disagrees(self) -> bool:
        """Whether two verifiers give another verdict, or prove something else."""
        told = [self.package.parts, self.alone.parts, *([] if self.page is None else [self.page.parts])]
        return any(one != told[0] for one in told)


def made_case(kind: str, change: Change, seed: int, bench: Bench, place: Path) -> Case:
    """Change a copy of a bag, and ask the package and the Python file."""
    rng = Random(f"{kind} {seed}")
    work = copied(bench.bag, place)
    change(work, rng, bench)
    policy = bench.policy if rng.random() < 0.4 else None
    package, found = of_package(work, policy)
    alone = of_python_file(work, policy)
    told = changed(found, bench.original) if found is not None else ""
    return Case(kind, seed, policy is not None, package, alone, told)


def cases(
    kinds: dict[str, Change], count: int, benches: Sequence[Bench], place: Path, first: int = 0
) -> Iterator[Case]:
    """So many cases, the kinds in turn, the page asked about each batch in one go (where node is there)."""
    listed = sorted(kinds.items())
    for start in range(first, first + count, 400):
        batch, asked = [], []
        for seed in range(start, min(start + 400, first + count)):
            kind, one = listed[seed % len(listed)]
            bench, work = benches[seed // len(listed) % len(benches)], place / f"{seed}"
            case = made_case(kind, one, seed, bench, work)
            batch.append(case)
            asked.append((work, bench.policy if case.with_policy else None))
        told: Sequence[Verdict | None] = of_page(asked) if NODE else [None] * len(asked)
        for case, page in zip(batch, told, strict=True):
            yield replace(case, page=page)
        for work, _ in asked:
            shutil.rmtree(work)


def run(count: int, first: int) -> int:
    """Make so many changes and print what was found; gives how many were disagreed on or not seen."""
    say = partial(print, flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        benches = []
        for name, entries in (("small", 0), ("wide", 300)):
            (place / name).mkdir()
            benches.append(bench(place / name, entries))
        verified, crashed, bad, total = Counter[str](), Counter[str](), 0, 0
        for case in cases(CHANGES, count, benches, place, first):
            total += 1
            verified[case.kind] += case.package.verified
            if case.package.crash:
                crashed[f"{case.kind}: {case.package.crash[:90]}"] += 1
            if case.disagrees or case.undetected or case.alone.crash or (case.page and case.page.crash):
                bad += 1
                say(f"{case.name}: {case.undetected}\n  {case.package}\n  {case.alone}\n  {case.page}")
    say(f"{total} changes, {bad} on which verifiers differ or that nobody saw; {verified.total()} verify")
    say(f"verify: {dict(+verified)}")
    say(f"the package breaks down: {dict(crashed)}")
    return bad


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0) > 0)

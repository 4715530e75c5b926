"""Two verifiers that stand alone, one Python file and one page, agree with the package on every bag."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.custody.bench import Bench, bench, policy_text
from tests.custody.mutations import CHANGES, cases, copied, names, put, remake, rewritten
from tests.custody.three_verifiers import (
    NODE,
    PAGE,
    STAND_ALONE,
    ask_page,
    of_package,
    of_page,
    of_python_file,
    python_file,
)
from tests.custody.vectors import folder, read_json
from wardbook.cli import main
from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.ed25519 import verifies
from wardbook.custody.keys import ED25519, ED25519_COSIGNATURE, new_key, parse_public_key
from wardbook.custody.note import parse_note
from wardbook.custody.policy import parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.verify import LOG

FILE = STAND_ALONE / "verify_bag.py"
MUTATIONS = 10 * len(CHANGES)
"""Every kind of change ten times; thousands are made by ``python -m tests.custody.mutations``."""

needs_node = pytest.mark.skipif(
    NODE is None, reason="node, which runs the script of the page here, is not installed"
)


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> list[Bench]:
    return [bench(tmp_path_factory.mktemp("small")), bench(tmp_path_factory.mktemp("wide"), 300)]


# ---------------------------------------------------------------- bags


@pytest.mark.parametrize("options", [[], ["--no-crypto"]], ids=["with WebCrypto", "without"])
def test_all_three_prove_the_same_of_a_bundle(benches: list[Bench], options: list[str]) -> None:
    for one in benches:
        for policy in (None, one.policy):
            package, _ = of_package(one.bag, policy)
            assert [name for name, _, _ in package.parts] == [
                *("bag", "log", "witnesses", "words", "exhibits", "contents", "withheld", "expunged")
            ]
            assert of_python_file(one.bag, policy) == package
            if NODE:
                assert of_page([(one.bag, policy)], *options) == [package]


def test_all_three_agree_on_every_change_and_none_passes(benches: list[Bench], tmp_path: Path) -> None:
    verify, refused = Counter[str](), Counter[str]()
    for case in cases(CHANGES, MUTATIONS, benches, tmp_path):
        assert not case.disagrees, (case.name, case.package, case.alone, case.page)
        assert not case.undetected, (case.name, case.undetected)
        assert not case.alone.crash, (case.name, case.alone.crash)
        assert case.page is None or not case.page.crash, (case.name, case.page)
        (verify if case.package.verified else refused)[case.kind] += 1
    assert refused.keys() | verify.keys() == CHANGES.keys()
    assert CHANGES.keys() - refused.keys() <= {"escaped_words", "fetch"}
    assert verify["cosignatures"], "a signature more than is needed can go"
    assert verify["manifest_form"], "manifests can be made again"
    for kind in (
        "bit",
        "bit_remade",
        "bit_of_log",
        "link",
        "look_alike",
        "stolen_key",
        "pack_members",
        "swap_files",
    ):
        assert not verify[kind], kind


@pytest.mark.parametrize("beside", [True, False], ids=["beside it", "in its place"])
def test_a_full_tile_does_not_stand_for_a_partial_one(
    benches: list[Bench], tmp_path: Path, beside: bool
) -> None:
    partial = [name for name in names(benches[1].bag, f"{LOG}/tile") if ".p/" in name]
    assert len(partial) == 3, "of leaves, of entries, and of the level above"
    for number, name in enumerate(partial):
        work = copied(benches[1].bag, tmp_path / f"{number}")
        content = (work / name).read_bytes()
        if not beside:
            (work / name).unlink()
        put(work / name.partition(".p/")[0], content + bytes(256 * 32 - len(content)))
        remake(work)
        told = [of_package(work, None)[0], of_python_file(work, None)]
        told += of_page([(work, None)]) if NODE else []
        for one in told:
            assert one.refused, (name, one)
            assert not one.crash, (name, one)


def test_who_has_the_log_s_key_rewrites_all_but_the_witnesses(benches: list[Bench], tmp_path: Path) -> None:
    """The zero of the attack table: a reader without a policy asks the one in the bag who counts."""
    one, place = benches[0], tmp_path / "work"
    copied(one.bag, place)
    alone = "\n".join([*(f"log {key.public_key.text}" for key in one.log_keys), "quorum none", ""]).encode()
    rewritten(place, random.Random(1), one, alone)
    for policy, verified in ((None, True), (one.policy, False)):
        package, _ = of_package(place, policy)
        assert package.verified is verified, package
        assert of_python_file(place, policy).parts == package.parts
        if NODE:
            assert of_page([(place, policy)])[0].parts == package.parts
        if verified:
            assert package.parts[2][1].startswith("none: the holder of the log's key")


def test_the_bags_of_the_conformance_suite(shared: Path, tmp_path: Path) -> None:
    """None is a bundle: each is refused, the sound ones for lack of a log alone."""
    import tarfile

    with tarfile.open(folder(shared) / "bagit-conformance-suite.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    bags = sorted(path for path in tmp_path.glob("*/*/*/*") if path.is_dir())
    assert len(bags) > 40
    pages = of_page([(bag, None) for bag in bags]) if NODE else [None] * len(bags)
    without_log = 0
    for bag, page in zip(bags, pages, strict=True):
        package, _ = of_package(bag, None)
        told = [package.refused, of_python_file(bag, None).refused, *([] if page is None else [page.refused])]
        assert all(told), (bag, told)
        lacks = {"policy" in text and "missing" in text for text in told}
        assert len(lacks) == 1, (bag, told)
        without_log += lacks.pop()
    assert without_log >= 27


# ---------------------------------------------------------------- signatures and digests


def signature_vectors(shared: Path) -> list[tuple[str, str, str, str, bool]]:
    """Published signatures: which check, key, message, signature, and whether it verifies."""
    sig, found = folder(shared) / "sig", []
    for group in read_json(sig / "mldsa_44_verify_test.json.gz")["testGroups"]:
        key = group["publicKey"]
        found += [
            ("mldsa44", key, one["msg"], one["sig"], one["result"] == "valid")
            for one in group["tests"]
            if not one.get("ctx") and (len(key), len(one["sig"])) == (2624, 4840)
        ]
    for group in read_json(sig / "ed25519_test.json.gz")["testGroups"]:
        key = group["publicKey"]["pk"]
        found += [
            ("ed25519", key, one["msg"], one["sig"], one["result"] == "valid")
            for one in group["tests"]
            if len(one["sig"]) == 128
        ]
    for one in json.loads(gzip.decompress((sig / "cctv_ed25519vectors.json.gz").read_bytes())):
        key, message = one["key"], one["msg"].encode()
        holds = verifies(bytes.fromhex(key), message, bytes.fromhex(one["sig"]))
        found.append(("ed25519", key, message.hex(), one["sig"], holds))
    return found


def test_published_signatures(shared: Path) -> None:
    vectors = signature_vectors(shared)
    assert Counter((kind, holds) for kind, *_, holds in vectors).keys() == {
        *((kind, holds) for kind in ("ed25519", "mldsa44") for holds in (True, False))
    }
    alone = python_file()
    for kind, *parts, holds in vectors:
        check = alone.mldsa44_verifies if kind == "mldsa44" else alone.ed25519_verifies
        assert check(*(bytes.fromhex(part) for part in parts)) is holds, parts
    if NODE:
        some = vectors[::3]
        (answer,) = ask_page([{"vectors": [[f"{kind}Verifies", *parts] for kind, *parts, _ in some]}])
        assert answer["verdicts"] == [holds for *_, holds in some]


@needs_node
@pytest.mark.parametrize("options", [[], ["--no-crypto"]], ids=["with WebCrypto", "without"])
def test_digests_of_the_page(options: list[str]) -> None:
    rng = random.Random(7)
    every = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
    asked = [(rng.randbytes(size), every) for size in (*range(270), 1000)]
    asked += [(one, ["sha256"]) for one, _ in asked]
    asked.append((rng.randbytes(9 << 19), ["sha1", "sha256"]))
    (answer,) = ask_page([{"digests": [[one.hex(), methods] for one, methods in asked]}], *options)
    for (message, methods), found in zip(asked, answer["digests"], strict=True):
        assert found == {method: hashlib.new(method, message).hexdigest() for method in methods}


# ---------------------------------------------------------------- texts


PARSERS = {
    "parseKey": (lambda whole: parse_public_key(whole.decode()), "parse_key"),
    "parsePolicy": (parse_policy, "parse_policy"),
    "parseNote": (parse_note, "parse_note"),
    "parseCheckpoint": (lambda whole: parse_checkpoint(whole.decode()), "parse_checkpoint"),
}
"""By the name in the page: the package's reader, and the name in the Python file."""


def texts(shared: Path, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Published keys, policies, notes and checkpoints, and each of the last three with bytes changed."""
    notes = read_json(folder(shared) / "note" / "sumdb_note.json")
    checkpoints = read_json(folder(shared) / "note" / "formats_checkpoint.json")["checkpoints"]
    policies = read_json(folder(shared) / "note" / "witness_policy.json")
    whole = [("parseKey", one["vkey"].encode()) for one in notes["vkey_cases"]]
    rest = [("parseNote", b64decode(one["note"])) for one in notes["open_cases"]]
    rest += [("parseCheckpoint", one["text"].encode()) for one in checkpoints]
    rest += [("parsePolicy", one["policy"].encode()) for one in policies]
    keys = {"log": new_key("log", ED25519), "w1": new_key("é", ED25519_COSIGNATURE)}
    lines = policy_text(keys, "group g 1 w1", " group\th all g ", "#", "quorum h").splitlines(keepends=True)
    rest += [("parsePolicy", b"".join(lines))] * 2
    rest += [("parsePolicy", b"".join(rng.sample(lines, len(lines) - n % 2))) for n in range(6)]
    rest += [
        ("parseCheckpoint", Checkpoint("a log", 7, bytes(32), more).text.encode()) for more in ((), ("x",))
    ]
    yield from whole
    yield from rest
    pieces = [
        b"\n",
        b" ",
        b"\t",
        b"+",
        b"=",
        b"0",
        b"#",
        b"log ",
        b"quorum none\n",
        b"group g any w1\n",
        b"\r",
    ]
    pieces += ["—".encode(), "\u3000".encode(), b"\xff", b"\x00", b"\x7f", b"\xc2\x85"]
    for name, text in rest * 20:
        at, cut = rng.randrange(len(text) + 1), rng.randrange(3)
        yield name, text[:at] + rng.choice([b"", *pieces]) + text[at + cut :]


def test_all_three_read_the_same_texts(shared: Path) -> None:
    asked, told = list(texts(shared, random.Random(3))), Counter[tuple[str, bool]]()
    pages = [None] * len(asked)
    if NODE:
        (answer,) = ask_page([{"parse": [[name, text.hex()] for name, text in asked]}])
        pages = answer["read"]
    for (name, text), page in zip(asked, pages, strict=True):
        if name in ("parseKey", "parseCheckpoint") and not is_utf8(text):
            continue  # is given as text
        package, alone = PARSERS[name]
        found = is_read(package, text)
        told[name, found] += 1
        given = text.decode() if name in ("parseKey", "parseCheckpoint") else text
        assert is_read(getattr(python_file(), alone), given) is found, (name, text)
        assert page in (None, found), (name, text)
    assert len(told) == 2 * len(PARSERS), "some of each are read, and some are not"


def is_utf8(text: bytes) -> bool:
    try:
        return bool(text.decode()) or True
    except UnicodeDecodeError:
        return False


def is_read(reader: Callable[[Any], object], text: bytes | str) -> bool:
    try:
        reader(text)
    except (Refused, python_file().Refused, UnicodeEncodeError):
        return False
    return True


# ---------------------------------------------------------------- the Python file


def test_the_file_imports_the_standard_library_alone_and_is_python_3_9() -> None:
    tree = ast.parse(FILE.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }
    assert imported <= sys.stdlib_module_names
    assert not imported & {"socket", "urllib", "http", "subprocess", "ssl"}


def test_the_file_runs_by_itself(benches: list[Bench], tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "verify_bag.py")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "verify_bag.py", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    one = benches[0]
    done = run(str(one.bag), "--policy", str(one.policy))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    package, _ = of_package(one.bag, one.policy)
    assert lines == [
        line for name, proved, by in package.parts for line in (f"{name:<9}  {proved}", f"{'':<9}  by: {by}")
    ] + ["verified"]
    work = copied(one.bag, tmp_path / "work")
    (work / "data/book.toml").unlink()
    done = run(str(work))
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "'data/book.toml' is named by a sha256 manifest and is not in the bag" in done.stderr
    assert run(str(tmp_path / "none")).returncode == 4
    assert run(str(one.bag), "--policy", str(tmp_path / "none")).returncode == 2


# ---------------------------------------------------------------- the page


class Page(HTMLParser):
    """Elements with their attributes, and whether every element was closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


def test_the_page_is_sound_and_loads_nothing() -> None:
    html = PAGE.read_text("utf-8")
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not [one for _, one in page.elements if one.keys() & {"src", "href", "srcset", "action"}]
    assert not re.search(
        r"https?:|\bfetch\(|XMLHttpRequest|WebSocket|import\(|sendBeacon|@import|url\(", html
    )
    (policy,) = [
        one["content"] for tag, one in page.elements if one.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    labeled = {one["for"] for tag, one in page.elements if tag == "label"}
    assert {one["id"] for tag, one in page.elements if tag == "input"} == labeled
    assert dict(page.elements)["html"]["lang"] == "en"
    used = set(re.findall(r"""\bat\("([a-z-]+)"\)""", html))
    assert used <= set(ids)


def test_the_page_explains_every_part() -> None:
    meaning = re.search(r"const MEANING = \{(.*?)\n\};", PAGE.read_text("utf-8"), re.DOTALL)
    assert meaning is not None
    assert re.findall(r"^  (\w+): ", meaning[1], re.MULTILINE) == [
        *("bag", "log", "witnesses", "none", "words", "exhibits", "contents", "withheld", "expunged")
    ]


# ---------------------------------------------------------------- the command


def test_the_command_writes_both(tmp_path: Path) -> None:
    folder = tmp_path / "for the other side"
    done = CliRunner().invoke(main, ["verifiers", str(folder)])
    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (FILE, PAGE)
    }
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = CliRunner().invoke(main, ["verifiers", str(tmp_path / "file")])
    assert done.exit_code == 3
    assert "Choose a folder you may write to" in done.stderr

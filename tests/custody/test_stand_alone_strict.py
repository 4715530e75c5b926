"""Bags that no flipped bit leads to: what an owner or a messenger makes on purpose, asked of all three."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.custody.bench import AT, Bench, bench
from tests.custody.mutations import (
    copied,
    log_texts,
    names,
    note,
    put,
    put_log,
    put_rows,
    remake,
    shown_rows,
    sign,
)
from tests.custody.three_verifiers import NODE, of_package, of_page, of_python_file
from wardbook.custody.commitment import commit, show
from wardbook.custody.store import sha256_file
from wardbook.custody.verify import contents_digest
from wardbook.records.book import Book, TakeIn
from wardbook.records.bundle import WithheldExhibit, write_bundle
from wardbook.records.settings import Settings

AUDIT = "data/audits/audit 100%"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("bench"))


def said(bag: Path) -> str:
    """What all three verifiers say: empty for verified, else why the package refuses."""
    package, _ = of_package(bag, None)
    told = [package, of_python_file(bag, None), *(of_page([(bag, None)]) if NODE else [])]
    assert not any(one.crash for one in told), told
    assert len({one.parts for one in told}) == 1, told
    assert all(one.parts or one.refused for one in told)
    return package.refused


# ---------------------------------------------------------------- a messenger, who has no key


def beside(work: Path) -> None:
    put(work / "report.html", b"<h1>another report</h1>")


def in_a_folder_beside(work: Path) -> None:
    put(work / "audits" / "report.html", b"<h1>another report</h1>")


def to_be_fetched(work: Path) -> None:
    put(work / "fetch.txt", b"https://a.example/report.html - data/report.html\n")


def named_by_another_manifest(work: Path) -> None:
    """Before BagIt 1.0 a manifest need not name every file."""
    put(work / "bagit.txt", b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")
    manifest = (work / "manifest-sha256.txt").read_text("utf-8").replace("100%25", "100%")
    put(work / "manifest-sha256.txt", manifest.encode())
    put(work / AUDIT / "receivables.csv", b"payer,amount\nnobody,0\n")
    digest = hashlib.md5((work / AUDIT / "receivables.csv").read_bytes(), usedforsecurity=False).hexdigest()
    put(work / "manifest-md5.txt", f"{digest}  {AUDIT}/receivables.csv\n".encode())
    (work / "tagmanifest-sha256.txt").unlink()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (beside, "stands beside the bundle"),
        (in_a_folder_beside, "stands beside the bundle"),
        (to_be_fetched, "stands beside the bundle"),
        (named_by_another_manifest, "is not named by the sha256 manifest"),
    ],
)
def test_a_file_that_no_entry_speaks_of_is_refused(
    made: Bench, tmp_path: Path, change: Callable[[Path], None], why: str
) -> None:
    work = copied(made.bag, tmp_path / "bag")
    assert said(work) == ""
    change(work)
    assert why in said(work)


@pytest.mark.parametrize(
    "name", ["undefined", "idna", "punycode", "utf-7", "unicode-escape", "utf-8-sig", "palmos", "rot13", "u8"]
)
def test_an_encoding_that_not_all_read_alike_is_refused(made: Bench, tmp_path: Path, name: str) -> None:
    work = copied(made.bag, tmp_path / "bag")
    put(work / "bagit.txt", f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {name}\n".encode())
    assert f"the encoding {name}" in said(work)


def test_a_number_without_end_is_refused(made: Bench, tmp_path: Path) -> None:
    for digits, verifies in ((4300, True), (4301, False)):
        work = copied(made.bag, tmp_path / f"{digits}")
        rows: list[Any] = list(shown_rows(work))
        rows[-1] = json.dumps(rows[-1])[:-1] + f', "x": -{"1" * digits}}}'
        put_rows(work, rows)
        remake(work)
        assert (said(work) == "") is verifies


# ---------------------------------------------------------------- an owner, whom the witnesses believed


def signed_again(work: Path, made: Bench, texts: list[bytes], rows: list[Any]) -> None:
    put_rows(work, rows)
    text = put_log(work, texts)
    sign(work, text, [made.keys[name].sign(text, 5) for name in ("log1", "w4", "w4b")])
    remake(work)


def entered(texts: list[bytes], rows: list[Any], kind: str, body: dict[str, Any], **public: Any) -> None:
    """One entry more, as a book has it but for ``public``."""
    salt = bytes(32)
    head = {"at": "2026-01-02T00:00:00.000000+00:00", "commitment": commit(salt, body).hex()}
    whole = {**head, "fields": len(body), "kind": kind, **public}
    texts.append(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode())
    rows.append({"entry": len(texts) - 1, **show(salt, body).words()})


def exported_again(work: Path, made: Bench) -> None:
    """An entry of an export that names the files as they are now."""
    texts, rows = log_texts(work), shown_rows(work)
    manifest = {name: sha256_file(work / name) for name in names(work, "data/")}
    before = next(row["fields"] for row in rows if "contents" in row.get("fields", {}))
    body = {"withheld": before["withheld"][1], "withheld_exhibits": []}
    entered(texts, rows, "bundle", {**body, "contents": contents_digest(manifest)})
    signed_again(work, made, texts, rows)


def test_an_exhibit_that_was_taken_in_and_is_not_there_is_missed(made: Bench, tmp_path: Path) -> None:
    work = copied(made.bag, tmp_path / "bag")
    exported_again(work, made)
    assert said(work) == ""
    large = next(name for name in names(work, "data/exhibits/") if not name.endswith(".zip"))
    (work / large).unlink()
    exported_again(work, made)
    assert "of entry 1 is not in the bag, and no export says why" in said(work)


def test_a_table_that_was_read_and_is_not_there_is_missed(made: Bench, tmp_path: Path) -> None:
    work = copied(made.bag, tmp_path / "bag")
    (work / "data/records/one/rates.parquet").unlink()
    exported_again(work, made)
    assert "of entry 1 is not in the bag, and no export says why" in said(work)


def test_an_exhibit_that_is_withheld_is_told(tmp_path: Path) -> None:
    contents = {hashlib.sha256(one).hexdigest(): one for one in (b"a letter", b"a sealed letter")}
    with Book.create(tmp_path / "book", Settings(title="A town", purpose="test")) as book:
        staging = book.staging()
        for digest, content in contents.items():
            (staging / digest).write_bytes(content)
        table = staging / "rates.parquet"
        table.write_bytes(b"a table")
        staged = {digest: staging / digest for digest in contents}
        book.enter(TakeIn("one", "box", staged, {"rates": table}, {"rates": 1}), {})
        sealed = [WithheldExhibit(hashlib.sha256(b"a sealed letter").hexdigest(), "sealed")]
        write_bundle(book, [], tmp_path / "bag", AT, "A. Reader", "for the court", (), sealed)
    assert said(tmp_path / "bag") == ""
    package, _ = of_package(tmp_path / "bag", None)
    assert ("left out", "1 exhibits are not here (sealed)", "entry 2 of the log") in package.parts


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"kind":NaN}',
        b'{"commitment":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"commitment":"x","z":' + b"1" * 5000 + b"}",
        b'{"kind":"view"}\0',
        b'\xef\xbb\xbf{"commitment":"x"}',
    ],
    ids=lambda text: text[:12].hex() or "empty",
)
def test_an_entry_of_another_form_is_refused(made: Bench, tmp_path: Path, text: bytes) -> None:
    work = copied(made.bag, tmp_path / "bag")
    texts, rows = log_texts(work), shown_rows(work)
    signed_again(work, made, [*texts, text], rows)
    assert f"entry {len(texts)} of the log is not of the form" in said(work)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text, ""),
        (lambda text: text.replace(b'"fields":1', b'"fields":2'), "another number of fields"),
        (lambda text: text.replace(b'"kind":"view"', b'"kind":"View"'), "not of the form"),
        (lambda text: text.replace(b'"kind":"view"', b'"kind":"bundle","kind":"view"'), "not of the form"),
        (lambda text: text.replace(b",", b", ", 1), "not of the form"),
        (lambda text: text + b"\n", "not of the form"),
    ],
)
def test_what_an_entry_says_in_public_is_one_thing(
    made: Bench, tmp_path: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    work = copied(made.bag, tmp_path / "bag")
    texts, rows = log_texts(work), shown_rows(work)
    entered(texts, rows, "view", {"seen": 1})
    before, texts[-1] = texts[-1], change(texts[-1])
    assert why == "" or texts[-1] != before
    signed_again(work, made, texts, rows)
    found = said(work)
    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize(
    ("gone", "body", "why"),
    [
        (4, {"entry": 4, "order": "In re Doe"}, ""),
        (4, {"entry": 4, "order": ["In re Doe"]}, "does not say in words"),
        (4, {"entry": 4, "order": None}, "does not say in words"),
        (4, {"entry": "4", "order": "In re Doe"}, "no entry says so"),
        (1, {"entry": True, "order": "In re Doe"}, "no entry says so"),
    ],
)
def test_an_order_to_expunge_is_words_about_one_entry(
    made: Bench, tmp_path: Path, gone: int, body: dict[str, Any], why: str
) -> None:
    work = copied(made.bag, tmp_path / "bag")
    texts, rows = log_texts(work), shown_rows(work)
    entered(texts, rows, "expunge", body)
    rows[gone] = {"entry": gone, "expunged_by": len(texts) - 1}
    signed_again(work, made, texts, rows)
    found = said(work)
    assert why in found
    assert bool(why) == bool(found)


def test_a_policy_of_groups_in_groups_without_end_is_refused(made: Bench, tmp_path: Path) -> None:
    work = copied(made.bag, tmp_path / "bag")
    groups = "\n".join(f"group g{n} 1 {f'g{n - 1}' if n else 'w4'}" for n in range(12_000))
    policy = (work / "data/policy").read_text("utf-8").replace("group two 2 w4 w6 w4b", groups)
    put(work / "data/policy", policy.replace("quorum two", "quorum g11999").encode())
    remake(work)
    assert said(work) == "something in the bag is nested deeper than any reader follows"


@pytest.mark.parametrize("how", ["name", "extra", "comment", "version"])
def test_a_pack_of_an_odd_form_is_refused(made: Bench, tmp_path: Path, how: str) -> None:
    work = copied(made.bag, tmp_path / "bag")
    pack = work / next(name for name in names(work, "data/exhibits/") if name.endswith(".zip"))
    with zipfile.ZipFile(pack) as opened:
        members = [(one.filename, opened.read(one)) for one in opened.infolist()]
    pack.unlink()
    with zipfile.ZipFile(pack, "w") as written:
        for number, (name, content) in enumerate(members):
            member = zipfile.ZipInfo(name)
            if how == "extra" and not number:
                member.extra = b"\x01\x00\x00\x00"
            if how == "comment" and not number:
                member.comment = b"a word"
            written.writestr(member, content)
    whole = bytearray(pack.read_bytes())
    at = whole.find(b"PK\1\2")
    if how == "name":
        whole[at + 8 : at + 10], whole[at + 46 : at + 48] = b"\x00\x08", b"\xff\xff"
    elif how == "version":
        whole[at + 6] = 64
    put(pack, bytes(whole))
    exported_again(work, made)
    assert "pack-0000.zip" in said(work)


def test_the_text_is_that_of_the_checkpoint(made: Bench, tmp_path: Path) -> None:
    """The hands of the attacker work: signed again by all, the same bag verifies."""
    work = copied(made.bag, tmp_path / "bag")
    before = note(work).text
    signed_again(work, made, log_texts(work), shown_rows(work))
    assert note(work).text == before
    assert said(work) == ""

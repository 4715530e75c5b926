"""Bags: the conformance suite of the Library of Congress, names that lead out, and changes of any byte."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.custody.vectors import folder
from wardbook.custody.bag import check_digests, open_bag, safe_path, write_bag
from wardbook.custody.refused import Refused

STRICTER = {
    "duplicate-file-with-different-case": "two names are one on some file systems",
    "same-filename-listed-twice-with-different-normalization": "two names are one on some file systems",
}
"""Bags of the suite that are to be warned of, and are refused here."""


@pytest.fixture(scope="module")
def suite(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("suite")
    with tarfile.open(folder(shared) / "bagit-conformance-suite.tar.gz") as archive:
        archive.extractall(place, filter="data")
    return place / "bagit-conformance-suite"


def verdicts(suite: Path, kind: str) -> dict[str, str]:
    """What is said of each bag of a kind: nothing, or why it is refused."""
    told = {}
    for place in filter(Path.is_dir, sorted(suite.glob(f"*/{kind}/*"))):
        try:
            check_digests(open_bag(place))
        except Refused as error:
            told[f"{place.parts[-3]}/{place.name}"] = str(error)
        else:
            told[f"{place.parts[-3]}/{place.name}"] = ""
    return told


def test_valid_bags_are_valid(suite: Path) -> None:
    told = verdicts(suite, "valid")
    assert {name: why for name, why in told.items() if why} == {}
    assert len(told) == 27


@pytest.mark.parametrize("kind", ["invalid", "linux-only", "windows-only"])
def test_invalid_bags_are_refused(suite: Path, kind: str) -> None:
    told = verdicts(suite, kind)
    assert [name for name, why in told.items() if not why] == []
    assert len(told) >= 6


def test_doubtful_bags(suite: Path) -> None:
    for name, why in verdicts(suite, "warning").items():
        assert not why or Path(name).name in STRICTER or "not in the bag" in why, (name, why)


def bag_of(place: Path) -> Path:
    (place / "data/box one").mkdir(parents=True)
    (place / "data/box one/page 1.txt").write_text("a page", "utf-8")
    (place / "data/100%\n.txt").write_text("a name to escape", "utf-8")
    (place / "data/empty").write_bytes(b"")
    write_bag(place, [("Source-Organization", "An office")])
    return place


def test_a_bag_written_is_valid_here_and_for_the_library_s_own_tool(tmp_path: Path) -> None:
    place = bag_of(tmp_path / "bag")
    bag = open_bag(place)
    check_digests(bag)
    assert bag.payload == ("data/100%\n.txt", "data/box one/page 1.txt", "data/empty")
    (place / "data/100%\n.txt").unlink()  # bagit 1.9 does not read the escape %25 of RFC 8493, 2.1.3
    write_bag(place, [("Source-Organization", "An office")])
    assert bagit.Bag(str(place)).is_valid()


@settings(max_examples=60)
@given(data=st.data())
def test_no_bit_of_a_bag_can_be_turned(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    place = bag_of(tmp_path_factory.mktemp("bag") / "bag")
    names = [name for name in open_bag(place).files if (place / name).stat().st_size]
    path = place / data.draw(st.sampled_from(names))
    content = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    try:
        check_digests(open_bag(place))
    except Refused:
        return
    assert path.name == "tagmanifest-sha256.txt", "the one file that no digest covers"


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "data/../../x",
        "/etc/passwd",
        "~/x",
        "~root/x",
        "C:\\x",
        "\\\\host\\x",
        "data\\x",
        "a//b",
        "",
        "data/./x",
    ],
)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(Refused, match="the path"):
        safe_path(path)


def test_a_manifest_that_names_a_file_outside_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    place = bag_of(tmp_path / "bag")
    (tmp_path / "secret").write_text("x", "utf-8")
    with (place / "manifest-sha256.txt").open("a", encoding="utf-8") as stream:
        stream.write("0" * 64 + "  data/../../secret\n")
    with pytest.raises(Refused, match="leads out of the bag"):
        open_bag(place)


def test_links_and_pipes_are_refused(tmp_path: Path) -> None:
    place = bag_of(tmp_path / "bag")
    (place / "data/link").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="is a link"):
        open_bag(place)
    (place / "data/link").unlink()
    os.mkfifo(place / "data/pipe")
    with pytest.raises(Refused, match="neither a file nor a folder"):
        open_bag(place)


def test_what_is_missing_or_not_named_is_told(tmp_path: Path) -> None:
    place = bag_of(tmp_path / "bag")
    (place / "data/more").write_text("x", "utf-8")
    with pytest.raises(Refused, match="'data/more' is in the bag, and no manifest names it"):
        open_bag(place)
    (place / "data/more").unlink()
    (place / "data/empty").unlink()
    with pytest.raises(Refused, match="'data/empty' is named by a sha256 manifest and is not in the bag"):
        open_bag(place)

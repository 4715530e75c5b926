"""The commands as scripts call them: outputs and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wardbook.cli import main

LOG = """\
day,vehicle,route_text,riders_text,agency,hours,stated_purpose
2024-03-01,N1,CRW-Martinsburg-CRW,"Governor A Example, Security",Governor's Office,1.5,Meeting with officials
2024-03-02,N1,CRW-Wheeling-CRW,"B Example",Commerce,-3,Prospect visit
"""
RULEBOOK = "west-virginia/state-aircraft"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "log_entries.csv").write_text(LOG, "utf-8")
    return folder


def test_a_case_from_init_to_report(tmp_path: Path, box: Path) -> None:
    book = tmp_path / "case.book"
    assert run("init", book, "--title", "Case", "--rulebook", RULEBOOK).exit_code == 0
    taken = run("take-in", book, box)
    assert taken.exit_code == 0, taken.output
    assert "rows: 1 read + 1 set aside + 1 not a record = 3 of 3 held" in taken.output
    state = json.loads(run("status", book, "--json").output)
    assert state["tables"]["log_entries"] == 1
    assert state["fates"] == {"record": 1, "set aside": 1, "not a record": 1}
    audited = run("audit", book, "--out", tmp_path / "out")
    assert audited.exit_code == 0, audited.output
    for name in (
        "uses.csv",
        "determinations.csv",
        "receivables.csv",
        "postings.csv",
        "findings.json",
        "set_aside.csv",
        "report.html",
        "manifest.json",
    ):
        assert (tmp_path / "out" / name).is_file(), name
    strict = run("audit", book, "--out", tmp_path / "out", "--strict")
    assert strict.exit_code == 1


def test_a_folder_in_one_go_twice_gives_the_same_files(tmp_path: Path, box: Path) -> None:
    out = tmp_path / "out"
    first = run("audit", box, "--rulebook", RULEBOOK, "--out", out)
    assert first.exit_code == 0, first.output
    names = (
        "uses.csv",
        "determinations.csv",
        "postings.csv",
        "findings.json",
        "manifest.json",
        "report.html",
    )
    before = {name: (out / name).read_bytes() for name in names}
    second = run("audit", box, "--rulebook", RULEBOOK, "--out", out)
    assert second.exit_code == 0, second.output
    assert {name: (out / name).read_bytes() for name in names} == before


def test_a_human_judgement_wins(tmp_path: Path, box: Path) -> None:
    book = tmp_path / "case.book"
    run("init", book, "--rulebook", RULEBOOK)
    run("take-in", book, box)
    run("audit", book, "--out", tmp_path / "one")
    use_id = (tmp_path / "one" / "uses.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    judged = run(
        "judge", book, "purpose", use_id, "political", "--by", "A. Reader", "--why", "the invitation says so"
    )
    assert judged.exit_code == 0, judged.output
    run("audit", book, "--out", tmp_path / "two")
    assert "political" not in (tmp_path / "one" / "determinations.csv").read_text("utf-8")
    assert "political" in (tmp_path / "two" / "determinations.csv").read_text("utf-8")


def test_ask_before_the_trip() -> None:
    answer = run(
        "ask",
        "--rulebook",
        "new-york-city/security-detail",
        "--date",
        "2019-06-08",
        "--purpose",
        "campaign",
        "--outside-city",
        "yes",
        "--cost",
        "airfare",
    )
    assert answer.exit_code == 0, answer.output
    assert "airfare" in answer.output
    assert "campaign" in answer.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["status", "nowhere.book"], 2, "is not a book"),
        (["schema", "usez"], 2, "no table"),
        (["audit", "nowhere", "--out", "out"], 2, "neither a book nor a folder"),
        (["ask", "--rulebook", "no/such"], 2, "no rulebook"),
        (["ask", "--rulebook", RULEBOOK, "--purpos", "official"], 2, "purpose"),
        (["ask", "--rulebook", RULEBOOK, "--purpose", "politcal"], 2, "political"),
        (["ask", "--rulebook", RULEBOOK, "--date", "2024-13-01"], 2, "2024-13-01"),
    ],
)
def test_wrong_use_is_said_plainly(words: list[str], code: int, message: str) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_named_file_that_cannot_be_read_is_refused_with_3(tmp_path: Path) -> None:
    book = tmp_path / "case.book"
    run("init", book)
    broken = tmp_path / "log.pdf"
    broken.write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    result = run("take-in", book, broken)
    assert result.exit_code == 3
    assert "log.pdf" in result.output
    assert json.loads(run("status", book, "--json").output)["tables"]["exhibits"] == 0


def test_schema_prints_the_columns() -> None:
    assert "receivables" in run("schema").output
    assert "cost_class" in run("schema", "receivables").output


def test_an_unexpected_error_is_one_sentence_and_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("a\nfault")

    monkeypatch.setattr("wardbook.cli.taking_in.run_take_in", fault)
    run("init", tmp_path / "case.book")
    plain = run("take-in", tmp_path / "case.book", tmp_path)
    assert plain.exit_code == 5
    assert "internal error (RuntimeError: a fault)" in plain.output
    assert "WARDBOOK_DEBUG" in plain.output
    assert "Traceback" not in plain.output
    monkeypatch.setenv("WARDBOOK_DEBUG", "1")
    assert "Traceback" in run("take-in", tmp_path / "case.book", tmp_path).output


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "x.csv"), 3, "x.csv cannot be"),
    ],
)
def test_interrupts_and_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise error

    run("init", tmp_path / "case.book")
    monkeypatch.setattr("wardbook.cli.taking_in.run_take_in", stop)
    stopped = run("take-in", tmp_path / "case.book", tmp_path)
    assert stopped.exit_code == code, stopped.output
    assert message in stopped.output


def test_a_tampered_exhibit_stops_status_and_audit_with_4(tmp_path: Path, box: Path) -> None:
    book = tmp_path / "case.book"
    run("init", book, "--rulebook", RULEBOOK)
    run("take-in", book, box)
    (exhibit,) = (one for one in (book / "exhibits").rglob("*") if one.is_file())
    exhibit.chmod(0o644)
    exhibit.write_text(LOG.replace("1.5", "1.4"), "utf-8")
    for result in (run("status", book), run("audit", book, "--out", tmp_path / "out")):
        assert result.exit_code == 4
        assert exhibit.name in result.output.replace("\n", "")


def test_results_in_the_folder_of_records_are_not_taken_in(tmp_path: Path, box: Path) -> None:
    for _ in range(2):
        done = run("audit", box, "--rulebook", RULEBOOK, "--out", box / "results")
        assert done.exit_code == 0, done.output
    assert json.loads(run("status", box / "results" / "box.book", "--json").output)["tables"]["exhibits"] == 1
    assert run("audit", box, "--rulebook", RULEBOOK, "--out", box).exit_code == 2


def test_strict_says_that_a_file_was_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "gone.csv").symlink_to("nowhere")
    run("init", tmp_path / "case.book")
    strict = run("take-in", tmp_path / "case.book", folder, "--strict")
    assert strict.exit_code == 1
    assert "passed over: gone.csv" in strict.output

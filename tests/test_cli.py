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


BROTHER = [
    "ask",
    "--rulebook",
    "examples/millbrook/policy.md",
    "--date",
    "2024-03-12",
    "--purpose",
    "private",
    "--task",
    "movement",
    "--protectee-aboard",
    "no",
    "--family-aboard",
    "yes",
    "--authorization-in-force",
    "no",
    "--outside-town",
    "yes",
]
"""The mayor's brother, without a protectee or an authorization."""


def test_ask_offers_why_and_the_smallest_lawful_change(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    plain = run(*BROTHER)
    assert plain.exit_code == 0, plain.output
    assert plain.output.startswith("permitted:       no\n")
    wanted = run(*BROTHER, "--want", "Permitted=yes")
    change = "\nit would be permitted yes after this change:\n  authorization in force: no -> yes\n"
    assert wanted.output == plain.output + change
    explained = run(*BROTHER, "--why", "--want", "permitted=no")
    assert explained.output.startswith(plain.output)
    assert explained.output.endswith("\npermitted no is decided as things are; nothing needs to change\n")
    told = explained.output.removeprefix(plain.output)
    assert "private-family-away stands: permitted no, costs family member pays" in told
    assert "    asks authorization in force no: authorization in force = no\n" in told
    assert "private-family (permitted no, costs official pays): false: outside town = yes" in told


def test_ask_as_json_holds_what_was_asked_for_and_no_more(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    plain = json.loads(run(*BROTHER, "--json").output)
    assert not {"why", "why_not"} & set(plain)
    more = json.loads(run(*BROTHER, "--why", "--want", "security reason=yes", "--json").output)
    why, why_not = more.pop("why"), more.pop("why_not")
    assert more == plain
    assert why["facts"]["family aboard"] == "yes"
    assert why_not["wanted"] == {"security_reason": "yes"}
    assert [one["fact"] for one in why_not["in_the_way"]] == ["task"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--want", "permitted"], "expected OUTCOME=VALUE, such as permitted=yes; found 'permitted'"),
        (["--want", "permited=yes"], 'Did you mean "permitted"?'),
        (["--want", "purpose=politcal"], 'Did you mean "political"?'),
        (["--want", "permitted=yes", "--want", "Permitted=no"], "expected each outcome once"),
        (["--outside-town", "no"], "expected each fact once; found 'outside-town' twice"),
    ],
)
def test_a_wish_that_cannot_be_read_is_wrong_use(
    root: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(root)
    told = run(*BROTHER, *words)
    assert told.exit_code == 2
    assert message in told.output


# ---------------------------------------------------------------- rulebooks in and out

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Car use" namespace="urn:x">
<inputData id="i" name="event"><variable name="event" typeRef="string"/></inputData>
<decision id="use" name="use"><variable name="use"/><decisionTable hitPolicy="{policy}">
<input><inputExpression typeRef="string"><text>event</text></inputExpression>
<inputValues><text>"work","rally"</text></inputValues></input><output name="permitted" typeRef="string"/>
<rule><inputEntry><text>"work"</text></inputEntry><outputEntry><text>"yes"</text></outputEntry></rule>
<rule><inputEntry><text>{last}</text></inputEntry><outputEntry><text>"no"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.mark.parametrize("kind", ["dmn", "xlsx"])
def test_a_rulebook_goes_out_and_comes_back_byte_for_byte(root: Path, tmp_path: Path, kind: str) -> None:
    source = root / "rulebooks" / "new-york-city" / "security-detail.md"
    out, back = tmp_path / f"detail.{kind}", tmp_path / "back.md"
    assert run("rulebook", "export", source, "--format", kind, "--out", out).exit_code == 0
    came = run("rulebook", "import", out, "--out", back)
    assert came.exit_code == 0, came.output
    assert "0 failed" in came.output
    assert "draft" not in came.output
    assert back.read_bytes() == source.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["back.md", out.name])


def test_tables_of_others_become_a_draft_that_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "car.dmn").write_text(TABLE.format(policy="FIRST", last="-"), "utf-8")
    draft = tmp_path / "car.md"
    came = run("rulebook", "import", tmp_path / "car.dmn", "--out", draft)
    assert came.exit_code == 0, came.output
    assert "Car use: 2 rules, 0 cost rules, 0 examples, 0 failed" in came.stdout
    for words in (
        "note: this is a draft of decision tables that say nothing of the law. Its author must add:",
        "the law that the rules rest on, quoted, with its anchor: marked on line 20",
        "jurisdiction, authority, and the records that settle facts: marked on lines 3, 4, 29",
        'the days on which each rule is in force: "in force" says always',
    ):
        assert words in came.stderr
    lines = draft.read_text("utf-8").splitlines()
    assert "{#to-be-cited}" in lines[19]
    assert [lines[at - 1].count("to be written") for at in (3, 4, 29)] == [1, 1, 1]
    assert run("rulebook", "check", draft).exit_code == 0
    assert "permitted:       yes" in run("ask", "--rulebook", draft, "--event", "work").output


def test_a_draft_that_contradicts_itself_is_written_and_told_with_1(tmp_path: Path) -> None:
    (tmp_path / "car.xml").write_text(TABLE.format(policy="UNIQUE", last="-"), "utf-8")
    came = run("rulebook", "import", tmp_path / "car.xml", "--out", tmp_path / "car.md")
    assert came.exit_code == 1
    assert "the draft cannot decide yet: " in came.stderr
    assert "use-1 and use-2 contradict each other: event work" in came.stderr
    assert (tmp_path / "car.md").is_file()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<?xml", "well-formed XML"),
        (b"<a/>", "definitions of DMN"),
        (
            TABLE.format(policy="COLLECT", last="-").encode(),
            "expected hit policy UNIQUE, FIRST, ANY; found COLLECT",
        ),
        (
            TABLE.format(policy="FIRST", last='"ralley"').encode(),
            'expected one of work, rally; found "ralley"',
        ),
        (TABLE.format(policy="FIRST", last="-").encode("utf-16"), "expected XML in UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_and_nothing_is_written(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "car.dmn").write_bytes(content)
    came = run("rulebook", "import", tmp_path / "car.dmn", "--out", tmp_path / "car.md")
    assert came.exit_code == 3
    assert message in came.output
    assert not (tmp_path / "car.md").exists()


def test_an_export_whose_tables_were_changed_is_refused(root: Path, tmp_path: Path) -> None:
    source, out = root / "examples" / "millbrook" / "policy.md", tmp_path / "town.dmn"
    run("rulebook", "export", source, "--format", "dmn", "--out", out)
    text = out.read_text("utf-8")
    out.write_text(text.replace('<text>"errand"</text></inputEntry>', "<text>-</text></inputEntry>"), "utf-8")
    came = run("rulebook", "import", out, "--out", tmp_path / "back.md")
    assert came.exit_code == 3
    assert "expected the tables as they were exported; found a change made since" in came.output


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

"""``why`` and ``why-not`` on the audit of the fictional town: what they say, and what they refuse."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from wardbook.cli import main
from wardbook.report.decided_store import STORE_FILES

BROTHER = "C1-2024-03-12-e37c05"
"""The mayor's brother, driven to another town without a protectee or an authorization."""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def audit(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("why") / "audit"
    done = run("audit", root / "examples" / "millbrook", "--out", out)
    assert done.exit_code == 0, done.output
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def standing(told: dict[str, object]) -> list[str]:
    """The rules that stand in the JSON of ``why``."""
    questions = told["questions"]
    assert isinstance(questions, list)
    return [rule["rule"] for q in questions for rule in q["rules"] if rule["state"] == "standing"]


def test_why_gives_the_rule_its_law_and_the_line_behind_each_fact(audit: Path, root: Path) -> None:
    told = run("why", audit, BROTHER)
    assert told.exit_code == 0, told.output
    for words in (
        "decided: costs family member pays, permitted no",
        "private-family-away stands: permitted no, costs family member pays (family carried out of the town",
        "> member of the family carried out of the town without a protectee pays for it.",
        'purpose: stated: "Drive brother to Tern Harbor"',
        "from log_entries-2024-winter.csv, line 17",
        "private-family (permitted no, costs official pays): false: outside town = yes, asks outside town no",
    ):
        assert words in told.output
    log = (root / "examples" / "millbrook" / "log_entries-2024-winter.csv").read_text("utf-8")
    assert "Drive brother to Tern Harbor" in log.splitlines()[16]


def test_why_names_the_rules_of_the_determinations_of_every_use(audit: Path) -> None:
    determined = rows(audit / "determinations.csv")
    decided = [row for row in determined if "cannot be determined" not in row.values() and not row["missing"]]
    assert len(decided) > 20
    for row in decided[:20]:
        told = json.loads(run("why", audit, row["use_id"], "--json").output)
        assert "; ".join(standing(told)) == row["rule"]


def test_why_as_json_holds_the_sources(audit: Path) -> None:
    told = json.loads(run("why", audit, BROTHER, "--json").output)
    assert told["use_id"] == BROTHER
    assert told["facts"]["outside town"] == "yes"
    sources = {(source["path"], source["line"]) for source in told["bases"]["outside town"]["sources"]}
    assert ("log_entries-2024-winter.csv", 17) in sources
    assert any(path == "places.csv" for path, _ in sources)


@pytest.mark.parametrize(
    "wanted",
    [("--permitted", "yes"), ("--permitted=yes",), ("--PERMITTED", "Yes"), ("--purpose", "personal")],
)
def test_why_not_names_the_one_lawful_change(audit: Path, wanted: tuple[str, ...]) -> None:
    told = run("why-not", audit, BROTHER, *wanted)
    assert told.exit_code == 0, told.output
    if "--purpose" in wanted:
        assert told.output == "purpose personal is decided as things are; nothing needs to change\n"
    else:
        assert told.output.endswith("after this change:\n  authorization in force: no -> yes\n")


@pytest.mark.parametrize("name", ["security-reason", "security_reason", "security reason", "Security-Reason"])
def test_hyphen_underscore_and_space_do_not_matter(audit: Path, name: str) -> None:
    told = json.loads(run("why-not", audit, BROTHER, f"--{name}", "yes", "--json").output)
    assert told["wanted"] == {"security_reason": "yes"}
    assert told["alternatives"] == []
    assert [(one["fact"], one["value"]) for one in told["in_the_way"]] == [("task", "movement")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("why", "C1-2024-03-12-e37c0"),
            f"is no use of this audit (the ids stand in uses.csv). Nearest: {BROTHER}",
        ),
        (("why-not", "nothing", "--permitted", "yes"), "is no use of this audit"),
        (("why-not", BROTHER, "--permited", "yes"), 'Did you mean "permitted"?'),
        (("why-not", BROTHER, "--purpose", "politcal"), 'Did you mean "political"?'),
        (("why-not", BROTHER, "--permitted"), "expected a value of permitted"),
        (("why-not", BROTHER), "expected an outcome to want"),
        (("why-not", BROTHER, "permitted", "yes"), "expected --OUTCOME VALUE; found 'permitted'"),
        (("why-not", BROTHER, "--permitted", "yes", "--Permitted", "no"), "each outcome once"),
        (("why-not", "--permitted", "yes"), "expected AUDIT and USE before the wanted outcomes"),
    ],
)
def test_wrong_use_gets_the_nearest_right_word_and_2(
    audit: Path, words: tuple[str, ...], message: str
) -> None:
    command, *rest = words
    told = run(command, *rest, audit) if rest[0].startswith("--") else run(command, audit, *rest)
    assert told.exit_code == 2
    assert message in told.output


@pytest.mark.parametrize("command", [("why",), ("why-not", "--permitted", "yes"), ("rulebook", "what-if")])
def test_a_folder_that_is_no_audit_is_refused_with_3(
    root: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    name, *rest = command
    if name == "rulebook":
        words: list[str | Path] = ["--drop", "x"]
        told = [run(name, *rest, folder, *words) for folder in (tmp_path, root / "README.md")]
    else:
        told = [run(name, folder, BROTHER, *rest) for folder in (tmp_path, root / "README.md")]
    for one in told:
        assert one.exit_code == 3
        assert "expected the folder of an audit" in one.output
        assert "Name the folder that wardbook audit wrote." in one.output


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"rulebook": 1, "book": 2, "files": 3}'])
def test_another_manifest_is_refused_with_3(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    told = run("why", tmp_path, BROTHER)
    assert told.exit_code == 3
    assert "expected the manifest of an audit" in told.output


def test_a_file_of_the_store_that_is_gone_is_refused_with_3(audit: Path, tmp_path: Path) -> None:
    copy = tmp_path / "audit"
    shutil.copytree(audit, copy)
    (copy / "facts.parquet").unlink()
    told = run("why", copy, BROTHER)
    assert told.exit_code == 3
    assert "facts.parquet: expected a file that an audit keeps; found none" in told.output


@pytest.mark.parametrize("name", STORE_FILES)
def test_a_changed_file_of_the_store_stops_each_command_with_4(
    audit: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "audit"
    shutil.copytree(audit, copy)
    with (copy / name).open("ab") as file:
        file.write(b"\n")
    for told in (
        run("why", copy, BROTHER),
        run("why-not", copy, BROTHER, "--permitted", "yes"),
        run("rulebook", "what-if", copy, "--drop", "private-family-away"),
    ):
        assert told.exit_code == 4
        assert name in told.output
        assert "it was changed since" in told.output


def test_rules_on_record_that_do_not_hold_of_the_facts_stop_with_4(audit: Path, tmp_path: Path) -> None:
    """The facts of another use, and a manifest that was made to fit them."""
    copy = tmp_path / "audit"
    shutil.copytree(audit, copy)
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE f AS SELECT * FROM read_parquet('{copy / 'facts.parquet'}')")
        engine.execute("UPDATE f SET outside_jurisdiction = NOT outside_jurisdiction")
        engine.execute(f"COPY f TO '{copy / 'facts.parquet'}' (FORMAT parquet)")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["files"]["facts.parquet"] = hashlib.sha256((copy / "facts.parquet").read_bytes()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    told = run("why", copy, BROTHER)
    assert told.exit_code == 4
    assert "the rules on record as holding are not those that hold of the facts on record" in told.output

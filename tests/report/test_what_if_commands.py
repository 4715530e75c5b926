"""``rulebook what-if`` on the fictional town, against an audit made afresh with the same edit."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wardbook.cli import main

OUTCOMES = ("purpose", "security_reason", "permitted", "costs")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def audit(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("what-if") / "audit"
    done = run("audit", root / "examples" / "millbrook", "--out", out)
    assert done.exit_code == 0, done.output
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(path: Path) -> dict[tuple[str, str, str], Decimal]:
    """Amounts by payer, class and currency, without those that are nothing."""
    found: dict[tuple[str, str, str], Decimal] = {}
    for row in rows(path):
        key = (row["payer"], row["cost_class"], row["currency"])
        found[key] = found.get(key, Decimal(0)) + Decimal(row["amount"])
    return {key: amount for key, amount in found.items() if amount}


def decided(folder: Path) -> dict[str, tuple[str, ...]]:
    """The outcomes of every use; not determined reads the same however it was written."""
    return {
        row["use_id"]: tuple(row[name] or "cannot be determined" for name in OUTCOMES)
        for row in rows(folder / "determinations.csv")
    }


@pytest.mark.parametrize(
    "edit",
    [
        ("--drop", "private-family-away"),
        ("--set", "private-guest.=> costs=official pays"),
        ("--set", "campaign pays what it adds/any other.method=full"),
        ("--set", "private-guest.in force=2024-04-01.."),
        ("--set", "campaign pays travel/any other.method=full plus 25 %", "--drop", "campaign-nobody"),
        ("--set", "private-protected.outside town=no", "--set", "private-protected.=> costs=official pays"),
    ],
    ids=lambda edit: " ".join(edit),
)
def test_what_an_edit_changes_is_what_an_audit_with_it_gives(
    root: Path, audit: Path, tmp_path: Path, edit: Sequence[str]
) -> None:
    edited, table = tmp_path / "edited.md", tmp_path / "changed.csv"
    told = run("rulebook", "what-if", audit, *edit, "--save", edited, "--uses", table, "--json")
    assert told.exit_code == 0, told.output
    change = json.loads(told.stdout)
    afresh = tmp_path / "afresh"
    done = run("audit", root / "examples" / "millbrook", "--rulebook", edited, "--out", afresh)
    assert done.exit_code == 0, done.output

    for side, folder in (("before", audit), ("after", afresh)):
        said = {
            (one["payer"], one["cost_class"], one["currency"]): Decimal(one[side]) for one in change["costs"]
        }
        assert {key: amount for key, amount in said.items() if amount} == sums(folder / "allocations.csv")
    was, now = decided(audit), decided(afresh)
    changed = sorted(use for use in was if was[use] != now[use])
    assert change["uses"] == len(was)
    assert change["changed"] == len(changed)
    assert [row["use_id"] for row in rows(table)] == changed
    for row in rows(table):
        after = tuple(row[f"after_{name}"] or "cannot be determined" for name in OUTCOMES)
        assert after == now[row["use_id"]]


@pytest.mark.parametrize(
    "edit", [("--drop", "private-family-away"), ("--set", "private-guest.=> costs=official pays")]
)
def test_the_receivables_move_by_what_is_said(
    root: Path, audit: Path, tmp_path: Path, edit: tuple[str, ...]
) -> None:
    edited = tmp_path / "edited.md"
    change = json.loads(run("rulebook", "what-if", audit, *edit, "--save", edited, "--json").stdout)
    run("audit", root / "examples" / "millbrook", "--rulebook", edited, "--out", tmp_path / "afresh")
    was, now = sums(audit / "receivables.csv"), sums(tmp_path / "afresh" / "receivables.csv")
    moved = {
        key: difference
        for key in {*was, *now}
        if (difference := now.get(key, Decimal(0)) - was.get(key, Decimal(0)))
    }
    said = {
        (one["payer"], one["cost_class"], one["currency"]): Decimal(one["difference"])
        for one in change["costs"]
        if Decimal(one["difference"]) and one["payer"] != "undetermined"
    }
    assert moved == said
    assert moved


def test_the_change_in_words(audit: Path) -> None:
    told = run("rulebook", "what-if", audit, "--set", "private-guest.=> costs=official pays")
    assert told.exit_code == 0, told.output
    for words in (
        'private-guest, => costs: "guest pays" becomes "official pays"',
        "1 of 45 uses would be decided differently",
        "The guest carried (USD): 38.00 -> 0.00 (-38.00)",
        "Thessaly Quillfeather (USD): 810.00 -> 848.00 (+38.00)",
        "Town of Millbrook (USD): 1,990.80, as before",
    ):
        assert words in told.stdout
    assert "an example no longer holds: " not in told.stderr


def test_another_rulebook_and_the_saved_edit_say_the_same(audit: Path, tmp_path: Path) -> None:
    saved = tmp_path / "new.md"
    edited = run("rulebook", "what-if", audit, "--drop", "private-guest", "--save", saved, "--json")
    other = run("rulebook", "what-if", audit, "--rulebook", saved, "--json")
    first, second = json.loads(edited.stdout), json.loads(other.stdout)
    assert first.pop("edits") == [
        "private-guest is dropped",
        "no rule names guest pays any more: 2 rows of costs and examples go with it",
    ]
    assert second.pop("edits") == []
    assert first == second
    same = run("rulebook", "what-if", audit, "--rulebook", audit / "rulebook.md")
    assert "0 of 45 uses would be decided differently" in same.output
    shown = run("rulebook", "diff", audit / "rulebook.md", saved)
    assert "rule private-guest: taken away" in shown.output


def test_an_example_that_no_longer_holds_is_told(audit: Path) -> None:
    told = run("rulebook", "what-if", audit, "--set", "private-family.=> permitted=yes")
    assert told.exit_code == 0
    assert "note: an example no longer holds: " in told.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "expected another rulebook (--rulebook), or an edit (--drop, --set)"),
        (("--rulebook", "x.md", "--drop", "errand"), 2, "expected another rulebook"),
        (("--rulebook", "no/such"), 2, "there is no rulebook no/such"),
        (("--drop", "privat-guest"), 2, 'Did you mean "private-guest"?'),
        (("--set", "private-guest.=> cost=official pays"), 2, 'Did you mean "=> costs"?'),
        (("--set", "private-guest"), 2, "expected RULE.COLUMN=CELL"),
        (("--set", "private-guest.=> permitted=perhaps"), 3, 'found "perhaps"'),
        (("--set", "private-guest.in force=2024-05-01..2024-04-01"), 3, "2024-05-01..2024-04-01"),
        (
            ("--set", "private-guest.family aboard="),
            3,
            "private-family and private-guest contradict each other",
        ),
    ],
)
def test_what_cannot_be_tried_is_refused_and_nothing_is_written(
    audit: Path, tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    more = () if "--rulebook" in words else ("--save", tmp_path / "new.md")
    told = run("rulebook", "what-if", audit, *words, *more, "--uses", tmp_path / "uses.csv")
    assert told.exit_code == code, told.output
    assert message in told.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--save", "--uses"])
def test_nothing_is_written_into_the_folder_of_the_audit(audit: Path, option: str) -> None:
    before = (audit / "uses.csv").read_bytes()
    told = run("rulebook", "what-if", audit, "--drop", "private-guest", option, audit / "uses.csv")
    assert told.exit_code == 2
    assert "expected another folder than that of the audit" in told.output
    assert (audit / "uses.csv").read_bytes() == before


def test_there_is_no_edit_to_save_of_another_rulebook(audit: Path, tmp_path: Path) -> None:
    told = run("rulebook", "what-if", audit, "--rulebook", audit / "rulebook.md", "--save", tmp_path / "x.md")
    assert told.exit_code == 2
    assert "--save: expected an edit" in told.output

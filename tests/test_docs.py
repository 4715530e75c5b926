"""The documents: links resolve, commands and columns are documented, examples run, stale pages fail."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.typed_in import retyped
from wardbook.cli import main as commands
from wardbook.policy.check import run_examples
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    page
    for folder in ("docs", "examples", "rulebooks", "benchmarks")
    for page in (ROOT / folder).rglob("*.md")
) + sorted(ROOT.glob("*.md"))

_FENCED = re.compile(r"^[ ]*```.*?^[ ]*```[ ]*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FOREIGN = ("/work/", ".library", "issue #")


def links(text: str) -> list[str]:
    """The targets of the links of a page, without those of code blocks and of the web."""
    found = _LINK.findall(_FENCED.sub("", text))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from the headings' words."""
    titles = re.findall(r"^#+ +(.*?)\s*$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    bad = []
    for link in links(page.read_text("utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            bad.append(link)
    return bad


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# A word of it\n")
    page = tmp_path / "a.md"
    page.write_text("[x](b.md) [y](b.md#a-word-of-it) [z](c.md) [w](b.md#none)\n\n```\n[v](d.md)\n```\n")
    assert broken(page) == ["c.md", "b.md#none"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_speaks_of_the_project_alone(page: Path) -> None:
    text = page.read_text("utf-8").casefold()
    assert [word for word in _FOREIGN if word in text] == []


def test_every_page_of_docs_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = (
            (page.parent / link.partition("#")[0]).resolve() for link in links(page.read_text("utf-8"))
        )
        for target in targets:
            waiting.extend([target] if target.suffix == ".md" else target.glob("*.md"))
    assert set((ROOT / "docs").rglob("*.md")) - reached == set()


# ---------------------------------------------------------------- what the program offers


def every_command(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, by full name."""
    yield name, command
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from every_command(f"{name} {child}", command.commands[child])


@pytest.mark.parametrize(("name", "command"), list(every_command("wardbook", commands)))
def test_every_command_and_option_is_in_the_reference(name: str, command: click.Command) -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None
    assert command.help
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section[1]))
    options = {word for p in command.params if isinstance(p, click.Option) for word in p.opts}
    assert {word for word in options if word.startswith("--")} <= named


@pytest.mark.parametrize("table", [*BOOK_TABLES, *AUDIT_TABLES], ids=lambda table: table.name)
def test_every_column_of_the_book_is_in_the_reference(table: Any) -> None:
    text = (ROOT / "docs" / "reference" / "schema.md").read_text("utf-8")
    section = re.search(rf"^### {table.name}\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None
    assert re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE) == list(table.names)
    assert all(column.meaning for column in table.columns)


def test_every_column_of_an_audits_files_is_in_the_reference(tmp_path: Path) -> None:
    out = tmp_path / "audit"
    done = CliRunner().invoke(commands, ["audit", str(ROOT / "examples" / "millbrook"), "--out", str(out)])
    assert done.exit_code == 0, done.output
    text = (ROOT / "docs" / "reference" / "audit-files.md").read_text("utf-8")
    files = sorted(out.glob("*.csv"))
    assert files
    for file in files:
        section = re.search(rf"^## {re.escape(file.name)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        assert section is not None, file.name
        with file.open(newline="", encoding="utf-8") as lines:
            headings = next(csv.reader(lines))
        assert [name for name in headings if f"`{name}`" not in section[1]] == [], file.name


# ---------------------------------------------------------------- generated pages


def generator() -> ModuleType:
    """``docs/generate.py`` as a module."""
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_stale_page_fails_the_check_and_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = generator()
    page = tmp_path / "cli.md"
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "pages", lambda: {page: docs.command_page()})
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    page.write_text(docs.command_page(), "utf-8")
    docs.main()
    stale = docs.command_page().replace("--strict", "--strikt")
    page.write_text(stale, "utf-8")
    with pytest.raises(SystemExit, match=r"stale, run docs/generate\.py: cli\.md"):
        docs.main()
    assert page.read_text("utf-8") == stale
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    docs.main()
    assert page.read_text("utf-8") == docs.command_page()


def test_an_output_block_is_made_by_running_its_command() -> None:
    docs = generator()
    page = "<!-- output: echo said again -->\n```text\nsaid once\n```\n"
    assert docs.with_outputs(page) == page.replace("said once", "said again")
    with pytest.raises(SystemExit, match="failed with 1"):
        docs.with_outputs(page.replace("echo said again", "false"))


def test_the_commands_that_are_shown_exist() -> None:
    known = {name for name, _ in every_command("wardbook", commands)}
    for page in PAGES:
        for block in re.findall(r"^[ ]*```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            for words in re.findall(r"^\s*(wardbook [a-z-]+)", block, re.MULTILINE):
                assert words in known, (page.name, words)


# ---------------------------------------------------------------- the rulebook language


GUIDE = ROOT / "docs" / "how-to" / "write-a-rulebook.md"


def shown_rulebook() -> str:
    """The first rulebook that the guide for lawyers shows whole."""
    found = re.search(r"```markdown title=town\.md\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_message_that_the_reference_shows_is_the_one_that_comes() -> None:
    wrong = shown_rulebook().replace("| always | | official |", "| always | | offical |", 1)
    with pytest.raises(RulebookError) as refused:
        load_text(wrong, "town.md")
    (problem,) = refused.value.problems
    assert str(problem) in (ROOT / "docs" / "reference" / "rulebook-language.md").read_text("utf-8")


def test_the_guide_for_lawyers_typed_in_gives_what_it_shows(tmp_path: Path) -> None:
    pytest.importorskip("z3")
    page = GUIDE.read_text("utf-8")
    assert retyped(page, tmp_path) == page
    book = load(tmp_path / "town.md")
    assert book.examples
    assert run_examples(book) == []
    assert "<h1>Cars of the town</h1>" in (tmp_path / "town.html").read_text("utf-8")


def test_every_command_and_output_of_the_guide_is_compared() -> None:
    """No command without its output beside it, and the commands a lawyer needs are all there."""
    page = GUIDE.read_text("utf-8")
    kinds = re.findall(r"^```(\w+)", page, re.MULTILINE)
    followers = [after for kind, after in pairwise(kinds) if kind == "sh"]
    assert followers == ["text"] * kinds.count("sh")
    shown = set(re.findall(r"^wardbook (rulebook \w+|\w+)", page, re.MULTILINE))
    assert shown >= {f"rulebook {verb}" for verb in ("check", "test", "prove", "export", "import", "diff")}
    assert "ask" in shown


@pytest.mark.parametrize(
    ("shown", "said"),
    [("13.77 of 41.30", "13.76 of 41.30"), ("gaps: 2", "gaps: 3"), ("1 failed", "0 failed")],
)
def test_an_output_that_is_not_the_real_one_is_noticed(tmp_path: Path, shown: str, said: str) -> None:
    pytest.importorskip("z3")
    page = GUIDE.read_text("utf-8")
    assert page.count(shown) == 1
    assert retyped(page.replace(shown, said), tmp_path) == page


def test_a_command_that_ends_otherwise_than_shown_is_noticed(tmp_path: Path) -> None:
    page = GUIDE.read_text("utf-8").replace("```sh exit=3", "```sh", 1)
    with pytest.raises(AssertionError, match="offical"):
        retyped(page, tmp_path)

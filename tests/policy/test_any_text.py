"""Any text at all: a rulebook comes out, or a refusal with its places, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.books import WHOLE
from wardbook.errors import InputRefusedError
from wardbook.policy.cells import parse_cell
from wardbook.policy.check import run_examples
from wardbook.policy.markdown import row_texts
from wardbook.policy.model import Rule, Rulebook
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError
from wardbook.policy.sheet import plain

LINES = WHOLE.split("\n")
SIGNS = ["|", "\\|", "---", "|---|", "#", "## Facts", "## Question:", "{#", "}", "`" * 3, "~~~", ">", "<!--"]
SIGNS += ["not ", "?", "..", "<=", ",", ";", "always", "9999-99-99", "0000-01-01..", "all others", "\r", "\0"]
SIGNS += ["undetermined: ", "cannot be determined", "\u2028", "\ufeff", "é", "²", "٣", "1e9", "=> permitted"]

pieces = st.lists(st.one_of(st.sampled_from(SIGNS), st.sampled_from(LINES), st.text(max_size=8)), max_size=40)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The small rulebook with a few places cut, doubled or written over."""
    text = WHOLE
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 30)))
        put = draw(
            st.one_of(st.just(""), st.sampled_from(SIGNS), st.text(max_size=5), st.just(text[at:end] * 2))
        )
        text = text[:at] + put + text[end:]
    return text


def read_or_refused(text: str) -> None:
    refused: RulebookError | None = None
    try:
        run_examples(load_text(text, "any.md"))
    except RulebookError as error:
        refused = error
    if refused is not None:
        count = text.replace("\r\n", "\n").count("\n") + 1
        assert refused.problems
        for problem in refused.problems:
            assert 1 <= problem.line <= count
            assert problem.character >= 1
            assert problem.expected
            assert problem.found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(damaged(), pieces.map("\n".join), pieces.map("".join), st.text()))
def test_any_text_is_read_or_refused_with_places(text: str) -> None:
    read_or_refused(text)


@pytest.mark.parametrize("content", [b"", b"\xff", b"---", b"\xef\xbb\xbf", b"\0", b"---\n---\n"])
def test_any_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any.md").write_bytes(content)
    with pytest.raises(InputRefusedError):
        load(tmp_path / "any.md")


# ---------------------------------------------------------------- single cells of rulebooks that ship

SHIPPED = [load(path) for path in sorted((Path(__file__).parents[2] / "rulebooks").glob("*/*.md"))]
ODD = [
    "<= four",
    "< four",
    "NULL",
    "1..0",
    "a or b",
    "raly",
    ">=> 4",
    "n/a",
    ",",
    "not",
    "?",
    "",
    "yes",
    "no",
    "x",
]
ODD += [
    "1,5",
    "always",
    "2023-02-30..",
    "cannot be determined",
    "\u200b",
    "а",
    "all others",
    "not ?",
    "1",
    "none",
]


@st.composite
def one_cell_changed(draw: st.DrawFn) -> tuple[Rulebook, int, int, str]:
    """A rulebook that ships, the line of one of its rules, a cell of that row, and another text for it."""
    rulebook = draw(st.sampled_from(SHIPPED))
    row = draw(st.sampled_from(rulebook.rules)).line
    cells = row_texts(rulebook.text.split("\n")[row - 1])
    others = row_texts(rulebook.text.split("\n")[draw(st.sampled_from(rulebook.rules)).line - 1])
    return (
        rulebook,
        row,
        draw(st.integers(0, len(cells) - 1)),
        draw(st.sampled_from([*ODD, *cells, *others]) | st.text(alphabet="anot, .<>=?0123", max_size=6)),
    )


def meanings(rulebook: Rulebook) -> list[Rule]:
    """The rules without the words in which they say what they say."""
    return [
        replace(
            rule,
            line=0,
            when_text="",
            conditions=tuple(replace(condition, text="") for condition in rule.conditions),
        )
        for rule in rulebook.rules
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one_cell_changed())
def test_a_changed_cell_of_a_rule_is_refused_or_changes_what_the_rule_says(
    change: tuple[Rulebook, int, int, str],
) -> None:
    rulebook, line, at, put = change
    lines = rulebook.text.split("\n")
    cells = row_texts(lines[line - 1])
    was, cells[at] = cells[at], put.replace("|", "")
    lines[line - 1] = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    found = read_or_problems("\n".join(lines))
    if not isinstance(found, Rulebook):
        # A mistake between two rules stands at one of them and names the other.
        assert line in found or is_named(rulebook, was) or any(cells[0] in said for said in found.values())
        return
    run_examples(found)
    alike = meanings(found) == meanings(rulebook)
    assert alike == (plain(put) == plain(was) or said_alike(rulebook, line, at, was, put))


def read_or_problems(text: str) -> Rulebook | dict[int, str]:
    """The rulebook, or its mistakes by their lines."""
    try:
        return load_text(text, "changed.md")
    except RulebookError as refused:
        return {problem.line: str(problem) for problem in refused.problems}


def is_named(rulebook: Rulebook, word: str) -> bool:
    """Whether other places of the rulebook name this word, and so are wrong where it is gone."""
    costs = {cost.arrangement for cost in rulebook.cost_rules}
    return word in costs | {rule.name for rule in rulebook.rules} | {rule.group for rule in rulebook.rules}


def said_alike(rulebook: Rulebook, line: int, at: int, was: str, put: str) -> bool:
    """Whether two cells of a fact's column mean the same, such as a value and another word for it."""
    before = rulebook.text.split("\n")[: line - 1]
    heads = [row for row, ruled in pairwise(before) if ruled.startswith("|--")]
    heading = row_texts(heads[-1])[at]
    fact = next((fact for fact in rulebook.facts if plain(fact.name) == plain(heading)), None)
    return fact is not None and parse_cell(was, fact) == parse_cell(put, fact)

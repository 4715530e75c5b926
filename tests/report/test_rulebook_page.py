"""The page of a rulebook: the law, the rules as written, the examples with their results, the proof."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.policy.books import WHOLE
from wardbook.policy.certificate import certify
from wardbook.policy.prove import prove
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError
from wardbook.report.rulebook_page import rule_id, rulebook_html

BOOKS = sorted(Path(__file__).parents[2].joinpath("rulebooks").rglob("*.md"))


def words(page: str) -> str:
    """The page's text without its marks."""
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_page_holds_the_law_and_every_rule(path: Path) -> None:
    book = load(path)
    page = rulebook_html(book, json.loads(certify(prove(book))), "0")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert {rule_id(rule.name) for rule in book.rules} <= set(ids)
    assert set(book.law) <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert page.count("<td>holds</td>") == len(book.examples)
    for quoted in book.law.values():
        assert " ".join(quoted.split())[:60].replace("**", "").replace("`", "") in words(page)
    assert "src=" not in page
    assert book.sha256 in page


def test_what_is_written_is_shown_and_not_run() -> None:
    with pytest.raises(RulebookError, match='expected no HTML; found "<script>"'):
        load_text(WHOLE.replace("Cars of the town are", "<script>alert(1)</script> Cars are"), "town.md")
    hidden = WHOLE.replace("Cars of the town are", "&lt;script&gt;alert(1)&lt;/script&gt; Cars are")
    page = rulebook_html(load_text(hidden, "town.md"), None, "0")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "No proof is at hand" in page


def test_an_example_that_fails_is_shown_as_failing() -> None:
    rows = [line for line in WHOLE.split("\n") if line.startswith("| ")]
    assert rows
    book = load_text(WHOLE, "town.md")
    first = book.examples[0]
    outcome = next(iter(first.expected))
    line = WHOLE.split("\n")[first.line - 1]
    other = {"yes": "no", "no": "yes"}.get(first.expected[outcome])
    assert other is not None
    at = line.rindex(f"| {first.expected[outcome]} ")
    wrong = WHOLE.replace(
        line, line[:at] + line[at:].replace(f"| {first.expected[outcome]} ", f"| {other} ", 1)
    )
    page = rulebook_html(load_text(wrong, "town.md"), None, "0")
    assert "<strong>fails: " in page
    assert "1 not decided as written" in page


def test_what_the_proof_found_is_told() -> None:
    book = load_text(WHOLE, "town.md")
    proof = json.loads(certify(prove(book)))
    gap = {"row": [["purpose", "errand"]], "unless": ["a", "b"]}
    pair = {"first": "a", "second": "b", "says": ["permitted no", "permitted yes"]}
    dead = [{"rule": "c", "shadows": ["a", "b"]}, {"rule": "d", "shadows": []}]
    told = words(rulebook_html(book, {**proof, "gaps": [gap], "conflicts": [pair], "dead": dead}, "0"))
    assert "purpose errand; unless one of these speaks: a, b" in told
    assert "a (permitted no) and b (permitted yes)" in told
    assert "c: always overridden by a or b" in told
    assert "d: never true" in told

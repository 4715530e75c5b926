"""Any text at all: a rulebook comes out, or a refusal with its places, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.books import WHOLE
from wardbook.errors import InputRefusedError
from wardbook.policy.check import run_examples
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError

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

"""No sentence without support, no figure typed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, TEXTS, Column, Table
from wardbook.report.narrative.sentence import (
    ANALYSIS,
    FACT,
    FRAME,
    Cite,
    Figure,
    Name,
    Sentence,
    Told,
    UnsupportedError,
    Words,
    check_sentence,
    sentence_from_json,
)
from wardbook.report.narrative.teller import Teller, ended

_THINGS = Table("things", "a thing", (Column("name", TEXT, "its name"), Column("sources", TEXTS, "records")))


@pytest.mark.parametrize(
    "text", ["costs 5 dollars", "in 2019", "①", "about a dozen trips", "3 million", "ninety percent"]
)
def test_a_figure_typed_by_hand_is_refused(text: str) -> None:
    if text == "①":
        assert Words(text).text == text  # no decimal digit: a bullet
        return
    with pytest.raises(UnsupportedError, match="typed by hand"):
        Words(text)


@given(st.text())
def test_words_hold_no_decimal_digit_of_any_script(text: str) -> None:
    try:
        kept = Words(text)
    except UnsupportedError:
        return
    assert not any(character.isdecimal() for character in kept.text)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (Sentence("a", FACT, (Words("so it was"),)), "names no record"),
        (Sentence("a", ANALYSIS, (Words("so it follows"),), rests_on=("b",)), "no method"),
        (Sentence("a", ANALYSIS, (Words("so it follows"),), method="rule:x"), "no facts"),
        (Sentence("a", FRAME, (Words("of "), Figure("5", "5", "SELECT 5"))), "holds a figure"),
        (Sentence("a", FRAME, (Told("he said 5", "record"),)), "holds a figure"),
        (Sentence("a", "opinion", (Words("bad"),)), "no kind"),
        (Sentence("a", FACT, (Words("  "),), ("r:1",)), "says nothing"),
    ],
)
def test_a_sentence_without_its_support_is_refused(sentence: Sentence, why: str) -> None:
    with pytest.raises(UnsupportedError, match=why):
        check_sentence(sentence)


def test_what_a_query_gives_is_what_is_printed() -> None:
    with Engine() as engine:
        engine.load(
            _THINGS,
            [{"name": n, "sources": s} for n, s in (("a", ["r:2", "r:1"]), ("b", ["r:1"]), ("c", []))],
        )
        teller = Teller(engine)
        made = teller.fact(
            "things",
            "There are ",
            teller.counted("SELECT count(*) FROM things", "thing"),
            ". ",
            found_by="SELECT unnest(sources) FROM things",
        )
        assert made.text == "There are 3 things. "
        assert (made.sources, made.sources_total) == (("r:1", "r:2"), 2)
        with pytest.raises(UnsupportedError, match="names no record"):
            teller.fact("none", "Nothing. ", found_by="SELECT unnest(sources) FROM things WHERE name = 'c'")
        table = teller.table("t", "Things", (), "SELECT sources FROM things ORDER BY name")
        assert table.sources == (("r:2", "r:1"), ("r:1",), ())


def test_a_sentence_comes_back_from_its_text() -> None:
    parts = (
        Words("The "),
        Figure("1,172", "1172", "SELECT count(*) FROM uses", "count"),
        Told("“x”", "record", "detail"),
        Name("Alder Oake", "person", "an officer"),
        Cite("§ 2", "law:s2"),
    )
    one = Sentence("s.1", FACT, parts, ("r:1",), 3, "SELECT 1", ("a", "b"), "m", "7(C)")
    assert sentence_from_json(one.to_json()) == one


@pytest.mark.parametrize(
    ("text", "as_sentence"), [("not determined", "not determined."), ("Why?", "Why?"), ("“no”", "“no”")]
)
def test_a_sentence_ends(text: str, as_sentence: str) -> None:
    assert ended(text) == as_sentence

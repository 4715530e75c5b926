"""Tables, the index and figures as they stand on paper and on the page: nothing lost, nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from wardbook.report.forms import charts
from wardbook.report.forms.html import html_form
from wardbook.report.forms.numbered import IndexEntry, SourcePlace
from wardbook.report.forms.paper_index import index_data
from wardbook.report.forms.paper_table import across, table_data
from wardbook.report.narrative.document import Chart, Column, Document, TableBlock
from wardbook.report.narrative.sentence import ANALYSIS, FACT, Sentence, Words

REASON = "the stated purpose is private, and no protectee was aboard when the car left the town"
OTHER = "the stated purpose is the town's own, and nothing on record says that it was anything else"


def table(rows: list[list[str]], columns: int) -> dict[str, object]:
    names = [f"column {number}" for number in range(columns)]
    return table_data("a table", names, [False] * columns, rows)


# ---------------------------------------------------------------- tables


def test_a_long_text_that_rows_repeat_stands_once_under_a_letter() -> None:
    made = table([[f"use {number}", (REASON, OTHER, "")[number % 3]] for number in range(9)], 2)
    assert made["key"] == [["column 1", [["a", REASON], ["b", OTHER]]]]
    assert made["rows"] == [[f"use {number}", ("a", "b", "")[number % 3]] for number in range(9)]


def test_texts_of_their_own_stay_in_their_rows() -> None:
    made = table([[f"use {number}", f"{REASON} {number}"] for number in range(9)], 2)
    assert made["key"] == []
    assert made["rows"][3] == ["use 3", f"{REASON} 3"]  # type: ignore[index]


def test_long_texts_of_a_wide_table_stand_below_their_row() -> None:
    rows = [[f"use {number}", *"abcd", f"{REASON} {number}"] for number in range(9)]
    made = table(rows, 6)
    assert made["below"] == ["column 5"]
    assert made["told"] == [[f"{REASON} {number}"] for number in range(9)]
    assert made["rows"] == [row[:5] for row in rows]
    assert len(made["widths"]) == len(made["columns"]) == 5  # type: ignore[arg-type]


@pytest.mark.parametrize("wide", [1, 8, 40, 90])
@pytest.mark.parametrize("columns", [1, 5, 12])
def test_columns_fit_the_paper_and_each_gets_room(columns: int, wide: int) -> None:
    made = table([["w" * wide] * columns] * 3, columns)
    widths: list[float] = made["widths"]  # type: ignore[assignment]
    assert sum(widths) <= 453.1
    assert min(widths) > 20


def chart(kind: str, rows: Sequence[tuple[str, ...]], names: tuple[str, ...], left_out: int = 0) -> Chart:
    columns = tuple(Column(name) for name in names)
    block = TableBlock("rows", "a caption", columns, tuple(rows), "", "", left_out)
    return Chart("chart.x", kind, "a title", "USD", (), block)


def test_amounts_by_year_and_payer_stand_in_one_row_a_payer() -> None:
    rows = [("2023", "town", "1.00"), ("2023", "party", "2.50"), ("2024", "town", "−3.00")]
    made = across(chart("bars", rows, ("year", "payer", "amount")))
    assert made is not None
    assert made["columns"] == ["payer", "2023", "2024"]
    assert made["rows"] == [["town", "1.00", "−3.00"], ["party", "2.50", ""]]
    many = [(str(year), "town", "1.00") for year in range(1990, 2020)]
    made = across(chart("bars", many, ("year", "payer", "amount")))
    assert made is not None
    assert made["rows"] == [[str(year), "1.00"] for year in range(1990, 2020)]


def test_a_table_that_would_lose_a_figure_is_not_turned() -> None:
    twice = [("2023", "town", "1.00"), ("2023", "town", "2.00")]
    assert across(chart("bars", twice, ("year", "payer", "amount"))) is None
    assert across(chart("bars", twice[:1], ("year", "payer", "amount"), left_out=3)) is None
    both = [(str(year), str(payer), "1.00") for year in range(20) for payer in range(20)]
    assert across(chart("bars", both, ("year", "payer", "amount"))) is None


def test_months_stand_in_one_row_a_year() -> None:
    rows = [("2023-12", "4", "1"), ("2024-02", "12", "0")]
    made = across(chart("calendar", rows, ("month", "uses", "assessed")))
    assert made is not None
    assert made["rows"] == [
        ["2023", *[""] * 11, "4 / 1"],
        ["2024", "", "12 / 0", *[""] * 10],
    ]
    assert made["caption"] == "a caption. In each month: uses / assessed"


# ---------------------------------------------------------------- the index


def entry(number: int, places: tuple[tuple[str, str], ...], more: int = 0) -> IndexEntry:
    sources = tuple(SourcePlace("r", exhibit, place, "") for exhibit, place in places)
    sentence = Sentence(f"s{number}", FACT, (Words("x"),), ("r",), len(sources) + more)
    return IndexEntry(number, sentence, "part", sources, more, (), ())


def test_an_exhibit_is_named_once_and_so_is_the_page() -> None:
    places = (
        ("log.pdf", "page 1, line 4"),
        ("log.pdf", "page 1, line 9"),
        ("a.csv", "line 2"),
        ("a.csv", "line 7"),
    )
    (made,) = index_data([entry(3, places, 5)])
    assert made["support"] == "log.pdf, page 1, line 4, 9; a.csv, line 2, 7 and 5 more records."
    pages = (("log.pdf", "page 1, line 4"), ("log.pdf", "page 2, line 4"), ("log.pdf", "whole file"))
    (made,) = index_data([entry(3, pages)])
    assert made["support"] == "log.pdf, page 1, line 4, page 2, line 4, whole file."


def test_sentences_in_a_row_that_rest_on_the_same_share_an_entry() -> None:
    same = (("a.csv", "line 2"),)
    other = (("a.csv", "line 3"),)
    entries = [
        entry(1, same),
        entry(2, same),
        entry(3, same),
        entry(5, same),
        entry(6, other),
        entry(7, same),
    ]
    assert [(one["runs"], one["support"]) for one in index_data(entries)] == [
        ([[1, 3], [5, 5]], "a.csv, line 2."),
        ([[6, 6]], "a.csv, line 3."),
        ([[7, 7]], "a.csv, line 2."),
    ]
    analysis = Sentence("s9", ANALYSIS, (Words("x"),), rests_on=("s1",), method="ACT")
    withheld = Sentence("s10", FACT, (Words("x"),), withheld="privacy")
    rest = [
        IndexEntry(9, analysis, "part", (), 0, (1, 2), ()),
        IndexEntry(10, withheld, "part", (), 0, (), ()),
    ]
    assert [one["support"] for one in index_data(rest)] == ["Rests on 1, 2, by ACT.", "Withheld: privacy"]


# ---------------------------------------------------------------- figures


def test_figures_need_no_style_that_the_page_s_policy_bars(document: Document) -> None:
    drawn = charts.draw(document.charts)
    assert drawn
    for svg in drawn.values():
        assert "<style" not in svg
        assert not re.search(r"\bstyle=", svg)
        assert re.search(r'fill="#[0-9a-f]{6}"', svg)
        assert re.search(r'<text font-size="[78]px" font-family=', svg)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html_form(document))
    assert policy is not None
    assert "unsafe" not in policy.group(1)


def test_every_reference_in_a_figure_has_its_target(document: Document) -> None:
    for svg in charts.draw(document.charts).values():
        ids = re.findall(r'\bid="([^"]*)"', svg)
        assert len(ids) == len(set(ids))
        assert {a or b for a, b in re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', svg)} <= set(ids)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("bars", [("2023", "town", "0.00")]),
        ("bars", [("2023", "town", "−5.00"), ("2024", "party", "0.04")]),
        ("bars", [(f"{year}", f"payer {year} of a long name " * 3, "1.00") for year in range(30)]),
        ("bars", [("no year, but many words " * 4, "town", "1.00")]),
        ("calendar", [("2023-12", "1", "0")]),
        ("map", [("40.1", "−74.2", "40.1", "−74.2", "1")]),
        ("map", [("71.0", "−179.5", "−54.0", "179.5", "3"), ("0.0", "0.0", "10.0", "20.0", "1")]),
    ],
)
def test_a_chart_of_few_or_odd_rows_is_drawn(kind: str, rows: list[tuple[str, ...]]) -> None:
    one = chart(kind, rows, tuple("abcde"[: len(rows[0])]))
    svg = charts.draw([one])["chart.x"]
    assert svg.count("<path") > 1
    assert not re.search(r"\b(nan|inf)\b", svg)

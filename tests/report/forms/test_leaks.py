"""The leak test finds a withheld text wherever a file can hide it."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from wardbook.records.engine import Engine
from wardbook.report.forms.leaks import leaks

NAME = "Thessaly Quillfeather"


def workbook(where: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "nothing"
    if where == "hidden sheet":
        hidden = book.create_sheet("notes")
        hidden["C7"] = NAME
        hidden.sheet_state = "hidden"
    elif where == "comment":
        sheet["A1"].comment = Comment(f"ask {NAME}", "x")
    elif where == "property":
        book.properties.description = NAME
    elif where == "sheet name":
        book.create_sheet(NAME)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize("where", ["hidden sheet", "comment", "property", "sheet name"])
def test_a_workbook(where: str) -> None:
    assert leaks("x.xlsx", workbook(where), [NAME])
    assert not leaks("x.xlsx", workbook("nowhere"), [NAME])


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{NAME}</p>",
        "<p>Thessaly <b>Quill</b>feather</p>",
        '<img alt="THESSALY&#32;QUILLFEATHER">',
        "<p>Thessaly&nbsp;\n Quillfeather</p>",
        "Thessaly Quill\u00adfeather",
        '{"name": "\\u0054hessaly Quillfeather"}',
        "<!-- Thessaly Quillfeather -->",
    ],
)
def test_a_page_or_a_text(text: str) -> None:
    assert leaks("x.html", text.encode(), [NAME])


def test_words_stay_whole() -> None:
    assert not leaks("x.txt", b"Oakey and Oakmere", ["Oak"])
    assert leaks("x.txt", b"(Oak)", ["Oak"])


def test_an_archive_in_an_archive_and_a_name_of_a_file() -> None:
    inner, outer, named = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", f"by {NAME}")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert [leak.where for leak in leaks("o.zip", outer.getvalue(), [NAME])] == [
        "o.zip/inner.zip/a.txt: text"
    ]
    with zipfile.ZipFile(named, "w") as archive:
        archive.writestr(f"{NAME}.txt", "")
    assert leaks("n.zip", named.getvalue(), [NAME])


def test_a_parquet_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x.parquet"
    with Engine() as engine:
        engine.write_parquet(f"SELECT '{NAME}' AS who, 1 AS n", path)
    assert leaks("x.parquet", path.read_bytes(), [NAME])


PDF = """
#set document(title: "{title}", author: ("{author}",), keywords: ("{keyword}",), date: none)
#set text(lang: "en")
= A heading
{body}
#figure(image("x.svg", alt: "{alt}"), caption: [c])
#pdf.attach("a.csv", description: "{description}")
"""


@pytest.mark.parametrize(
    "where",
    ["title", "author", "keyword", "body", "alt", "description", "attachment", "broken", "figure", "none"],
)
def test_a_pdf(where: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import typst

    told = dict.fromkeys(("title", "author", "keyword", "body", "alt", "description"), "plain")
    if where in told:
        told[where] = NAME
    if where == "broken":
        told["body"] = "#box(width: 4em)[Thessaly Quillfeather]"
    text = PDF
    for key, value in told.items():
        text = text.replace("{" + key + "}", value)
    (tmp_path / "x.typ").write_text(text)
    (tmp_path / "a.csv").write_text(NAME if where == "attachment" else "plain")
    drawn = NAME if where == "figure" else "plain"
    (tmp_path / "x.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="50">'
        f'<text x="5" y="20" font-family="DejaVu Sans Mono">{drawn}</text></svg>'
    )
    made = typst.compile(str(tmp_path / "x.typ"), ignore_system_fonts=True)
    assert bool(leaks("x.pdf", bytes(made), [NAME])) == (where != "none"), where

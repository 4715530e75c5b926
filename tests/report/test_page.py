from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.report.small_case import ATTACK, record
from wardbook.audit import Audit
from wardbook.report import shown
from wardbook.report.page import page_html
from wardbook.report.payload import script_json
from wardbook.report.write import write

VOID = {"meta", "br", "img", "link", "input", "hr", "col"}


class Page(HTMLParser):
    """Elements with their attributes, text by element, and whether every element was closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open and self.open[-1] == "script" else self.text).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def page(audit: Audit) -> Page:
    return Page(page_html(audit, "1.2.3", {"uses.csv": "d" * 64}))


def data(parsed: Page) -> dict[str, Any]:
    return dict(json.loads(parsed.scripts[0]))


def test_every_element_is_closed_and_every_id_is_its_own(audited: Audit, nothing: Audit) -> None:
    for audit in (audited, nothing):
        parsed = page(audit)
        assert parsed.open == []
        ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        for attributes in parsed.all("a"):
            assert (attributes["href"] or "")[1:] in ids


def test_nothing_is_loaded_from_anywhere(audited: Audit) -> None:
    parsed = page(audited)
    for _, attributes in parsed.elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert (attributes.get(name) or "#").startswith("#")
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    policy = next(
        a["content"] for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    style = "".join(parsed.text)
    assert "@import" not in style
    assert not re.search(r"url\((?!#)", style)


def test_texts_of_the_records_stay_texts(audited: Audit) -> None:
    html = page_html(audited, "1.2.3", {})
    assert "<img" not in html
    assert html.count("</script") == html.count("<script") == 2
    assert "\u2028" not in html.split('id="data">')[1]
    parsed = Page(html)
    assert ATTACK.replace("\u2028", " ") in parsed.words.replace("\u2028", " ")
    assert ATTACK in data(parsed)["texts"]


def test_script_json_reads_back_as_it_was() -> None:
    nasty = {"a": ATTACK, "b": ["<!--", "]]>", "é", "\u2029", None, 3]}
    text = script_json(nasty)
    assert json.loads(text) == nasty
    assert text.isascii()
    assert not set("<>&") & set(text)


def test_the_essentials_are_there_without_the_script(audited: Audit) -> None:
    words = page(audited).words
    for part in (
        "Alder <detail>",
        "6 uses, 2024-01-05 to 2024-03-09 (1 use without a day)",
        "USD 120.50",
        "Friends of Ash",
        "order: Order 3",
        "EUR 300.00",
        "the order was oral",
        "No reply on record",
        "What can be reproduced, and what cannot",
        "the ferry's list is not on record",
        "9 rows held = 7 records + 1 set aside + 1 not a record",
        "31/31/2024 ???",
        "box/log <1>.csv",
        "rally ground",
        "unsure",
        "c" * 64,
    ):
        assert part in words, part
    assert "This does not add up" not in words


def test_a_judgement_says_who_when_and_why_and_whether_it_stands(audited: Audit) -> None:
    assert "No human judgement is kept in the book" in page(audited).words
    audited.engine.define("DELETE FROM judgements")
    audited.engine.define(
        "INSERT INTO judgements VALUES "
        "('entry', 'e1', 'e2', 'same', 'A. Auditor', '2025-02-01T09:30:00Z', 'the page says so'), "
        "('entry', 'e2', 'e1', 'different', 'B. Auditor', '2025-03-01T09:30:00Z', 'read <again>')"
    )
    words = page(audited).words
    assert "2 judgements kept in the book" in words
    for part in ("same (replaced by a later one)", "A. Auditor", "2025-02-01 09:30 UTC", "read <again>"):
        assert part in words, part
    assert "different (replaced" not in words


def test_a_row_without_a_fate_is_called_out(audited: Audit) -> None:
    audited.engine.define("DELETE FROM source_rows WHERE fate = 'not a record'")
    assert "This does not add up" in page(audited).words


def test_every_figure_opens_as_many_uses_as_it_says(audited: Audit) -> None:
    """Each filter, applied to the embedded uses by a plain reading of it, lists what the figure says."""
    html = page_html(audited, "1.2.3", {})
    content = data(Page(html))
    texts = content["texts"]
    figures = re.findall(r'class="figure" href="#uses" data-filter="([^"]*)">([\d,]+)<', html)
    assert len(figures) > 20
    for words, said in figures:
        wanted = dict(part.split("=") for part in words.replace("&amp;", "&").split("&")) if words else {}
        assert sum(_listed(use, wanted, texts) for use in content["uses"]) == int(said), words


def _listed(use: list[Any], wanted: dict[str, str], texts: list[str]) -> bool:
    def text(n: object) -> str:
        return str(texts[n]) if isinstance(n, int) else ""

    def plain(value: str) -> str:
        return value.replace("+", " ")

    opened = "cannot be determined"
    own = {"year": text(use[2])[:4], "purpose": text(use[19]) or opened, "security": text(use[20]) or opened,
           "permitted": text(use[21]) or opened}  # fmt: skip
    shares = [{"cost": text(s[0]), "payer": text(s[1]), "currency": text(s[4])} for s in use[27]]
    money = {key: plain(value) for key, value in wanted.items() if key in ("cost", "payer", "currency")}
    rest = {key: plain(value) for key, value in wanted.items() if key not in money}
    return all(own[key] == value for key, value in rest.items()) and (
        not money or any(all(share[key] == value for key, value in money.items()) for share in shares)
    )


def test_a_use_carries_facts_law_and_sources_down_to_the_line(audited: Audit) -> None:
    content = data(page(audited))
    texts, uses = content["texts"], content["uses"]
    first = uses[0]
    assert isinstance(first, list)
    assert [texts[content["records"][n][4]] for n in first[1]] == [ATTACK, "photocopy of line 1"]
    (aboard, purpose) = first[25]
    assert [texts[n] for n in aboard[:3]] == ["aboard", "yes", "a rider is a designated protectee"]
    assert texts[purpose[1]] == "protective"
    rule, cites, anchors = content["anchors"][0]
    assert (texts[rule], texts[cites], anchors) == ("R-1; R-2", "Town Order 7, section 2", ["order-7-2"])
    assert content["law"]["order-7-2"] == ["Section 2", "No trip <without> cause."]
    assert content["exhibits"]["a" * 64] == [texts.index("box/copy/log.csv"), texts.index("box/log <1>.csv")]


def test_a_record_no_table_holds_is_named_all_the_same(audited: Audit) -> None:
    assert "record unheld-record" in page(audited).words
    assert f"record {record(2)}" in page(audited).words


def test_a_fleet_is_cut_with_the_number_left_out(audited: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "ALL_USES_UP_TO", 5)
    monkeypatch.setattr(shown, "SHOWN_OF_MANY", 4)
    parsed = page(audited)
    assert "2 uses left out of this page." in parsed.words
    texts = data(parsed)["texts"]
    ids = {str(texts[use[0]]) for use in data(parsed)["uses"]}
    named = {use for finding in audited.findings for use in finding.uses}
    assert ids == named | {"VAN2-2024-02-03-dd"}


def test_a_browser_runs_the_page_and_no_text_of_it(audited: Audit, tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium on this machine")
    path = write(audited, tmp_path / "out", "1.2.3")
    address = f"{path.as_uri()}#uses?use=CAR1-2024-01-05-aa"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--no-first-run", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={tmp_path / 'profile'}"]  # fmt: skip
    try:
        done = subprocess.run(
            [browser, *flags, "--dump-dom", address], capture_output=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the browser did not answer within a minute")
    if done.returncode != 0:
        pytest.skip("the browser does not start on this machine")
    parsed = Page(done.stdout.decode())
    assert "1 of 6 uses" in parsed.words
    assert "decided for Office-Town Hall" in parsed.words
    assert "<title>Alder &lt;detail&gt;: audit under Town Order 7</title>" in done.stdout.decode()
    assert parsed.all("img") == []

"""A rulebook as one page, fit to be published as the written policy itself.

The page is the Markdown of the rulebook in its order: prose, quoted law, tables as written. Each citation
leads to the words it cites, each provision back to the rules that cite it; each example says whether the
rules decide it as written; the result of the proof stands at the head. The page needs nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from wardbook.policy.check import run_examples
from wardbook.policy.model import Rulebook
from wardbook.policy.sheet import plain

_PAGE = "wardbook.report"
_ANCHOR = re.compile(r"\s*\{#([a-z0-9-]+)\}\s*$")
_CITING = frozenset({"cites", "source"})


def rulebook_html(rulebook: Rulebook, proof: Mapping[str, Any] | None, program_version: str) -> str:
    """The page as text. ``proof`` is what `certificate.check_certificate` gives; None: not proved.

    The examples are run; a page can be made of a rulebook whose examples fail, and says so.
    """
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(_body(rulebook.text))
    failures: dict[int, list[str]] = {}
    for failure in run_examples(rulebook):
        told = f"{failure.outcome}: {failure.found}"
        failures.setdefault(failure.line, []).append(told)
    maker = _Maker(rulebook, failures, _offset(rulebook.text))
    body = Markup("".join(maker.blocks(tokens)))  # noqa: S704  every text in it is escaped
    return _template().render(
        rulebook=rulebook,
        body=body,
        contents=maker.contents,
        proof=proof,
        failed=len(failures),
        cited=_cited(rulebook),
        version=program_version,
        style=Markup(_part("style.css") + _part("rulebook.css")),  # noqa: S704  our own style
    )


def _offset(text: str) -> int:
    """The lines before the body: those of the front matter."""
    return text.split("\n").index("---", 1) + 1


def _body(text: str) -> str:
    return "\n".join(text.split("\n")[_offset(text) :])


def _cited(rulebook: Rulebook) -> dict[str, list[str]]:
    """The rules that cite each anchor."""
    found: dict[str, list[str]] = {anchor: [] for anchor in rulebook.law}
    for rule in rulebook.rules:
        for anchor in dict.fromkeys(rule.anchors):
            found[anchor].append(rule.name)
    return found


def rule_id(name: str) -> str:
    """The anchor of a rule on the page."""
    return "rule-" + re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


class _Maker:
    """Turns the tokens of the Markdown into the blocks of the page."""

    def __init__(self, rulebook: Rulebook, failures: Mapping[int, Sequence[str]], offset: int) -> None:
        self.rulebook = rulebook
        self.failures = failures
        self.offset = offset
        self.contents: list[tuple[str, str]] = []
        self.cited = _cited(rulebook)
        self.markdown = MarkdownIt("commonmark", {"html": False})
        self.renderer = RendererHTML()
        self.headings = 0
        self.above = ""

    def blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        """The page's blocks, in the order of the text."""
        at, anchor, quoted = 0, "", 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "heading_open":
                anchor, made = self._heading(token, tokens[at + 1])
                yield made
                at += 3
                continue
            if token.type == "table_open":
                end = next(n for n in range(at, len(tokens)) if tokens[n].type == "table_close")
                yield self._table(tokens[at:end])
                at = end + 1
                continue
            yield self._rendered(token)
            quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
            if token.type == "blockquote_close" and anchor and not quoted:
                yield self._cited_by(anchor)
                anchor = ""
            at += 1

    def _rendered(self, token: Token) -> str:
        if token.type == "inline":
            return self._inline(token)
        return self.renderer.render([token], self.markdown.options, {})

    def _inline(self, token: Token) -> str:
        return self.renderer.renderInline(token.children or [], self.markdown.options, {})

    def _heading(self, token: Token, inline: Token) -> tuple[str, str]:
        """The anchor the heading is marked with (else empty), and the heading; the title is left out."""
        marked = _ANCHOR.search(inline.content)
        title = _ANCHOR.sub("", inline.content)
        self.headings += 1
        anchor = marked[1] if marked else f"part-{self.headings}"
        if token.tag == "h2":
            self.contents.append((anchor, title))
            self.above = plain(title.partition(":")[0])
        made = "" if token.tag == "h1" else f'<{token.tag} id="{anchor}">{escape(title)}</{token.tag}>\n'
        return (marked[1] if marked else ""), made

    def _cited_by(self, anchor: str) -> str:
        rules = self.cited.get(anchor, [])
        if not rules:
            return ""
        links = ", ".join(f'<a href="#{rule_id(name)}">{escape(name)}</a>' for name in rules)
        return f'<p class="note citing">Cited by {links}</p>\n'

    # ------------------------------------------------------------ tables

    def _table(self, tokens: Sequence[Token]) -> str:
        rows: list[tuple[int, list[Token]]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append(((token.map or [0])[0] + self.offset + 1, []))
            elif token.type == "inline" and rows:
                rows[-1][1].append(token)
        headings = [plain(cell.content) for cell in rows[0][1]]
        shown = [
            at for at, _ in enumerate(headings) if at == 0 or any(row[at].content for _, row in rows[1:])
        ]
        tested = self.above == "examples"
        head = "".join(f'<th scope="col">{self._inline(rows[0][1][at])}</th>' for at in shown)
        head += '<th scope="col">result</th>' if tested else ""
        body = "".join(self._row(line, cells, headings, shown, tested) for line, cells in rows[1:])
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(self.above)} table">'
            f'<table class="{"rules" if headings[0] == "rule" else "plain"}"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>\n"
        )

    def _row(
        self, line: int, cells: Sequence[Token], headings: Sequence[str], shown: Sequence[int], tested: bool
    ) -> str:
        made = []
        for at in shown:
            text = self._cites(cells[at].content) if headings[at] in _CITING else self._inline(cells[at])
            kind = " class=outcome" if headings[at].startswith("=>") else ""
            made.append(f'<th scope="row">{text}</th>' if at == 0 else f"<td{kind}>{text}</td>")
        if tested:
            wrong = "; ".join(self.failures.get(line, ()))
            made.append(f"<td><strong>fails: {escape(wrong)}</strong></td>" if wrong else "<td>holds</td>")
        name = f' id="{rule_id(cells[0].content)}"' if headings[0] == "rule" else ""
        return f"<tr{name}>{''.join(made)}</tr>\n"

    def _cites(self, text: str) -> str:
        """The citations of a cell as links to the quoted words."""
        parts = []
        for part in text.split(";"):
            anchor, comma, rest = part.strip().partition(",")
            title = self.rulebook.law_titles.get(anchor.strip())
            told = escape(anchor.strip() if title is None else title) + (f",{escape(rest)}" if comma else "")
            parts.append(f'<a href="#{escape(anchor.strip())}">{told}</a>' if title else str(told))
        return "; ".join(parts)


def _part(name: str) -> str:
    return resources.files(_PAGE).joinpath("page", name).read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_part("rulebook.html.j2"))

"""A schedule in print: text, CSV, JSON, and a page that needs nothing but itself."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from decimal import Decimal

from wardbook.accounts.reconciliation import EQUAL, Line, Schedule, Total
from wardbook.accounts.reconciliation_files import Reconciled
from wardbook.accounts.working import figure

COLUMNS = ("line_class", "key", "left_amount", "right_amount", "amount", "words", "sources")
"""The columns of the CSV form: one line of the schedule a row, equal ones among them."""

_SHOWN = 20


def as_text(found: Reconciled) -> str:
    """The schedule for a terminal: both totals with scope and rule, classes, lines, rows set aside, notes."""
    schedule = found.schedule
    whole = schedule.left_total.counted
    lines = [
        *_totals_text(schedule, dict(found.digests)),
        "",
        f"{'what lies between them':<24} {'lines':>7} {'amount':>18}",
    ]
    lines += [
        f"{kind:<24} {number:>7,d} {figure(amount, whole):>18}" for kind, number, amount in schedule.sums()
    ]
    lines += [f"{'difference':<24} {'':>7} {figure(schedule.difference, whole):>18}"]
    told = [line for line in schedule.lines if line.kind != EQUAL]
    lines += ["", *(_line_text(line, whole) for line in told)] if told else []
    return "\n".join([*lines, *_aside_text(found), *(f"note: {note}" for note in found.notes)])


def _totals_text(schedule: Schedule, digests: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for total in (schedule.left_total, schedule.right_total):
        lines += [f"{total.name}: {_amount(total)}", f"  {total.words}", f"  SHA-256 {digests[total.name]}"]
    return lines


def _amount(total: Total) -> str:
    return f"{figure(total.amount, total.counted)} {total.unit}".strip()


def _line_text(line: Line, whole: bool) -> str:
    if not line.key:
        return f"{line.kind}: {figure(line.amount, whole)}; {line.words}"
    sides = f"{_cell(line.left, whole)} against {_cell(line.right, whole)}"
    return f"{line.kind}: {line.key}: {sides} ({figure(line.amount, whole)}); {line.words}"


def _cell(value: Decimal | None, whole: bool) -> str:
    return "nothing" if value is None else figure(value, whole)


def _aside_text(found: Reconciled) -> list[str]:
    if not found.set_aside:
        return []
    number = len(found.set_aside)
    lines = ["", f"rows set aside, in no total: {number:,}"]
    lines += [
        f"  {row.side}, {row.place}: expected {row.expected}; found {row.found}"
        for row in found.set_aside[:_SHOWN]
    ]
    return [*lines, f"  and {number - _SHOWN:,} more"] if number > _SHOWN else lines


def as_csv(found: Reconciled) -> str:
    """Every line of the schedule, equal ones too, under `COLUMNS`."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (line.kind, line.key, line.left, line.right, line.amount, line.words, "; ".join(line.sources))
        for line in found.schedule.lines
    )
    return written.getvalue().rstrip("\n")


def as_json(found: Reconciled) -> str:
    """The schedule as one JSON object; amounts are text, never floats."""
    schedule, digests = found.schedule, dict(found.digests)
    told = {
        "left_total": _total_json(schedule.left_total, digests),
        "right_total": _total_json(schedule.right_total, digests),
        "difference": str(schedule.difference),
        "classes": [
            {"line_class": kind, "lines": number, "amount": str(amount)}
            for kind, number, amount in schedule.sums()
        ],
        "lines": [_line_json(line) for line in schedule.lines],
        "set_aside": [
            {"side": row.side, "place": row.place, "expected": row.expected, "found": row.found}
            for row in found.set_aside
        ],
        "notes": list(found.notes),
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _total_json(total: Total, digests: dict[str, str]) -> dict[str, str]:
    return {
        "name": total.name,
        "amount": str(total.amount),
        "unit": total.unit,
        "scope": total.scope,
        "counting_rule": total.counting_rule,
        "sha256": digests[total.name],
    }


def _line_json(line: Line) -> dict[str, object]:
    return {
        "line_class": line.kind,
        "key": line.key,
        "left_amount": None if line.left is None else str(line.left),
        "right_amount": None if line.right is None else str(line.right),
        "amount": str(line.amount),
        "words": line.words,
        "sources": list(line.sources),
    }


_STYLE = """body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border-bottom:1px solid #bbb;padding:.25rem .5rem;
text-align:left;vertical-align:top}
.n{text-align:right;font-variant-numeric:tabular-nums}small{color:#555}
code{overflow-wrap:anywhere}"""


def as_html(found: Reconciled) -> str:
    """The schedule as a page without scripts that loads nothing; equal lines as their number and sum."""
    schedule, digests = found.schedule, dict(found.digests)
    whole = schedule.left_total.counted
    totals = (schedule.left_total, schedule.right_total)
    title = _text(f"{totals[0].name} against {totals[1].name}")
    classes = [
        _head(kind) + _number(f"{number:,}") + _number(figure(amount, whole))
        for kind, number, amount in schedule.sums()
    ]
    classes.append(_head("difference") + _number("") + _number(figure(schedule.difference, whole)))
    lines = [_line_html(line, whole) for line in schedule.lines if line.kind != EQUAL]
    columns = ("Class", "Key", totals[0].name, totals[1].name, "Left less right", "Reason", "Rows")
    return "\n".join(
        (
            f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>",
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<style>{_STYLE}</style></head>",
            f"<body><h1>{title}</h1>",
            _table("The two totals", (), [_total_html(total, digests[total.name]) for total in totals]),
            _table("What lies between them", ("Class", "Lines", "Amount"), classes),
            _table("Lines that are not equal", columns, lines),
            _rest_html(found),
            "</body></html>",
        )
    )


_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def _table(caption: str, columns: Sequence[str], rows: Sequence[str]) -> str:
    heads = "".join(f"<th scope='col'>{_text(name)}</th>" for name in columns)
    body = "\n".join(f"<tr>{row}</tr>" for row in ([heads] if heads else []) + list(rows))
    return f"<table><caption>{caption}</caption>\n{body}\n</table>"


def _total_html(total: Total, digest: str) -> str:
    told = f"{_text(total.name)}<br><small>{_text(total.words)}</small>"
    return f"<th scope='row'>{told}<br><small>SHA-256 <code>{digest}</code></small></th>" + _number(
        _amount(total)
    )


def _line_html(line: Line, whole: bool) -> str:
    sides = "".join(_number(_cell(value, whole)) for value in (line.left, line.right))
    rows = _text("; ".join(line.sources))
    return (
        f"{_head(line.kind)}<td>{_text(line.key)}</td>{sides}{_number(figure(line.amount, whole))}"
        f"<td>{_text(line.words)}</td><td><small>{rows}</small></td>"
    )


def _head(text: str) -> str:
    return f"<th scope='row'>{_text(text)}</th>"


def _number(text: str) -> str:
    return f"<td class='n'>{_text(text)}</td>"


def _rest_html(found: Reconciled) -> str:
    aside = (
        f"{row.side}, {row.place}: expected {row.expected}; found {row.found}" for row in found.set_aside
    )
    return _list("Rows set aside, in no total", tuple(aside)) + _list("Notes", found.notes)


def _list(heading: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    return f"<h2>{heading}</h2><ul>{''.join(f'<li>{_text(item)}</li>' for item in items)}</ul>"


def _text(text: str) -> str:
    return html.escape(text, quote=True)


FORMATS = {"text": as_text, "html": as_html, "csv": as_csv, "json": as_json}
"""The forms of a schedule, by the name that the command takes."""

"""Overtime reports laid out as the city prints them: fonts a multiple of the size shown, cells apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.intake.pdf_maker import PageMaker, pdf_bytes

SCALE = 20

Lines = Mapping[str, Sequence[tuple[str, str, Decimal]]]
"""By the name of the month: number, name and amount of each unit."""

FIGURE_EDGES = (204.0, 281.0, 370.0, 487.0, 573.0)
HEADINGS = ("MONEY", "TIME", "TOTAL ACT HRS", "TOTAL CRED HRS", "TOTAL AMT")


@dataclass
class PrintMaker(PageMaker):
    """A page whose fonts are a multiple of the size shown."""

    def content(self) -> bytes:
        parts = []
        for x, y, size, text in self.texts:
            shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            matrix = f"{1 / SCALE} 0 0 {1 / SCALE} {x:.2f} {y:.2f} Tm"
            parts.append(f"BT /F1 {size * SCALE} Tf {matrix} ({shown}) Tj ET")
        return "\n".join(parts).encode("cp1252")


def money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def by_unit_bytes(
    months: Lines,
    totals: Mapping[str, Decimal],
    *,
    span: str = "1/1/2024 - 3/5/2024",
    rows_a_page: int = 54,
    leave_out: Sequence[int] = (),
) -> bytes:
    """The report by unit as a PDF; ``leave_out`` are numbers of pages, from 1, that the file lacks."""
    sheets = [
        (month, units[start : start + rows_a_page])
        for month, units in months.items()
        for start in range(0, max(len(units), 1), rows_a_page)
    ]
    pages = []
    for number, (month, units) in enumerate(sheets, 1):
        page = PrintMaker()
        page.text(178, 740.4, "OT REPORT - CITYWIDE BY UNIT", 12)
        page.text(250, 724, span, 12)
        page.text(480, 762, "Print Date: 20 Mar 2024")
        page.text(520, 751.4, f"Page {number} of {len(sheets)}")
        page.text(97, 688.8, month)
        page.text(200, 688.8, "GRAND TOTAL:")
        page.text(420, 688.8, money(totals[month]))
        for row, (unit, name, amount) in enumerate(units):
            y = 675.3 - 12.1 * row
            page.text(130, y, unit)
            page.text(162, y, name)
            page.text(430, y, money(amount))
        if number not in leave_out:
            pages.append(page)
    return pdf_bytes(pages)


def citywide_bytes(figures: Mapping[str, Sequence[str]], *, span: str = "1/1/2024 - 3/5/2024") -> bytes:
    """The report for the city as a PDF: by month (or ``GRAND TOTALS``) the five figures as printed."""
    page = PrintMaker()
    page.text(278, 574.8, "OT REPORT - CITYWIDE FOR 2024", 12)
    page.text(326, 558, span, 12)
    page.text(640, 583.5, "Print Date: 10 Mar 2024")
    page.text(701, 571.4, "Page 1 of 1", 8)
    for block, (name, cells) in enumerate(figures.items()):
        y = 498.4 - 32 * block
        for edge, cell in zip(FIGURE_EDGES, cells, strict=True):
            page.text(edge, y, cell, 8)
        for edge, heading in zip(FIGURE_EDGES, HEADINGS, strict=True):
            page.text(edge, y + 11, heading, 8)
        page.text(100, y + (3.8 if name != "GRAND TOTALS" else 0), name, 8)
    return pdf_bytes([page])

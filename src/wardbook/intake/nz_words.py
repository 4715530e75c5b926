"""The words of the New Zealand disclosures: period of a title, headings, marks of notes, amounts, repayments.

Every function takes text as it stands in a cell. A mark is what ties a figure to a note under the table: one
capital letter in brackets, ``(B)``, also with a blank, ``(C )``; stars; or the number that a note begins
with. A number is a mark only where a note of that number stands on the sheet: Excel turned ``(1)`` into
``-1`` in the file of 2009.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from wardbook.intake.cells import BadCellError, read_number, shown

_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 13
_MONTHS = tuple(name.casefold() for name in calendar.month_name)
_SHORTEST_MONTH = 3
_PERIOD = re.compile(
    r"\b([0-9]{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s*([0-9]{4})?\s*(?:-|–|—|\bto\b|\buntil\b)\s*"
    r"([0-9]{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s*([0-9]{4})\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:minister(?:s|ial)?|executive)\b.*\bexpenses?\b", re.IGNORECASE)
_LETTER = re.compile(r"\(\s*([A-Z])\s*\)")
_STARS = re.compile(r"\*+")
_NUMBERED = re.compile(r"([0-9]{1,2})\s+(?=[A-Z])")
_DASHES = frozenset("-–—−")
_NO_AMOUNT = frozenset({"", "n/a", "na", "nil", "not applicable"})
_PROPERTY = re.compile(r"\b(?:propert(?:y|ies)|owned|allocated|residence)\b", re.IGNORECASE)
_MONEY = re.compile(r"\$\s?([0-9][0-9,]*(?:\.[0-9]{2})?)(?![0-9.]*[kKmM]\b)")
_REPAID = re.compile(r"\brepaid\b|\bpaid\s+(?:back\s+)?personally\b", re.IGNORECASE)
_RELATING = re.compile(r"\s*(?:excl(?:uding|\.)?\s+GST\s+)?relating\s+to\b", re.IGNORECASE)


# ---------------------------------------------------------------- titles


def is_title(text: str) -> bool:
    """Whether a line is a title of the disclosure: of ministers or the executive, and of expenses."""
    return _TITLE.search(text) is not None


def period_of(title: str) -> tuple[date, date] | None:
    """First and last day that a title states (``1 JULY TO 30 SEPTEMBER 2024``); None if it states none.

    Names of quarters decide nothing: the fiscal year begins in July, and files are named either way. A year
    that stands only once belongs to the last day.
    """
    match = _PERIOD.search(" ".join(title.split()))
    if match is None:
        return None
    first_month, last_month = _month(match[2]), _month(match[5])
    if first_month is None or last_month is None:
        return None
    last_year = int(match[6])
    first_year = int(match[3]) if match[3] else last_year - (first_month > last_month)
    try:
        first, last = date(first_year, first_month, int(match[1])), date(last_year, last_month, int(match[4]))
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _month(word: str) -> int | None:
    found = [
        number
        for number, name in enumerate(_MONTHS)
        if number and len(word) >= _SHORTEST_MONTH and name.startswith(word.casefold())
    ]
    return found[0] if len(found) == 1 else None


# ---------------------------------------------------------------- headings


@dataclass(frozen=True)
class Heading:
    """What a heading says its column holds.

    ``kind`` is party, person, amount or subtotal; ``name`` the column's own plain name and ``cost_class``
    its class where it holds amounts.
    """

    kind: str
    name: str = ""
    cost_class: str = ""


def heading_of(text: str) -> Heading | None:
    """What a heading of the disclosure means; None for any other text."""
    words = plain(text)
    if "accommodation" in words or "out of wellington" in words:
        return _accommodation(words)
    if "international" in words and "travel" in words:
        return Heading("amount", "international travel", "travel")
    if "surface" in words and "travel" in words:
        return Heading("amount", "surface travel", "vehicle")
    if "air" in words.split() and "travel" in words:
        return Heading("amount", "domestic air travel", "airfare")
    if words.startswith(("sub total", "subtotal")):
        return Heading("subtotal", "sub total")
    if words.startswith(("minister", "member of the executive", "members of the executive")):
        return Heading("person")
    return Heading("party") if words == "party" else None


def _accommodation(words: str) -> Heading | None:
    if "wellington" not in words:
        return None
    if re.search(r"\b(?:out of|outside|non) wellington\b", words) is None:
        return Heading("amount", "wellington accommodation", "housing")
    kind = "lodging" if "accommodation" in words else "travel"
    return Heading("amount", "out of wellington accommodation", kind)


def plain(text: str) -> str:
    """Words for comparison: without case, accents, marks and punctuation, with single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", _LETTER.sub(" ", bare)).replace("_", " ").split()).casefold()


# ---------------------------------------------------------------- marks and notes


def opening_marks(text: str) -> tuple[str, ...]:
    """The marks a note begins with: of ``(C), (D) & (E) Reversal of …`` they are C, D and E."""
    text = text.strip()
    if stars := _STARS.match(text):
        return (stars[0],)
    if number := _NUMBERED.match(text):
        return (number[1],)
    opening = re.match(r"(?:\(\s*[A-Z]\s*\)[\s,&]*(?:and\s+)?)+", text)
    return tuple(_LETTER.findall(opening[0])) if opening else ()


def split_marks(text: str, known: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A text without its marks, and the marks; numbers only if they are in ``known``, the notes' own."""
    marks = (*_LETTER.findall(text), *_STARS.findall(text))
    rest = " ".join(_STARS.sub(" ", _LETTER.sub(" ", text)).split())
    numbered = re.fullmatch(r"(?:(.*\D)\s+|-|\(\s*)?([0-9]{1,2})\)?", rest)
    if numbered and numbered[2] in known and (numbered[1] or rest != numbered[2]):
        return (numbered[1] or "").strip(), (*marks, numbered[2])
    return rest, marks


def is_mark(text: str) -> bool:
    """Whether a cell holds a mark of a note, and nothing else."""
    rest, marks = split_marks(text)
    return bool(marks) and not rest


# ---------------------------------------------------------------- amounts


@dataclass(frozen=True)
class Amount:
    """A cell of a column of amounts: the amount in dollars to the cent, or None; and its marks.

    ``places`` are the decimals that the cell holds, at most three (more are rounded half to even); ``words``
    are those on an owned property that stand in the place of an amount.
    """

    value: Decimal | None
    marks: tuple[str, ...] = ()
    places: int = 0
    words: str = ""


def read_amount(text: str, known: Collection[str] = ()) -> Amount:
    """The amount of a cell. A blank, a dash, ``N/A`` and words on an owned property are no amount.

    ``0`` is the amount zero. Raises `BadCellError` for anything else that is no number.
    """
    rest, marks = split_marks(text, known)
    if rest.casefold() in _NO_AMOUNT or rest in _DASHES:
        return Amount(None, marks)
    if _PROPERTY.search(rest):
        return Amount(None, marks, words=rest)
    try:
        number = read_number(_without_dollar(rest))
    except BadCellError:
        raise BadCellError(
            "an amount, a dash, N/A, or words on an owned property",
            shown(text),
            "Look at the published sheet; correct the cell at the source.",
        ) from None
    if abs(number) > _MOST:
        raise BadCellError("an amount below ten trillion", shown(text), "Correct the cell at the source.")
    exponent = number.normalize().as_tuple().exponent
    places = min(max(-exponent, 0), 3) if isinstance(exponent, int) else 0
    return Amount(number.quantize(_CENT, ROUND_HALF_EVEN), marks, places)


def _without_dollar(text: str) -> str:
    return re.sub(r"^([-−(]?)\s*(?:NZ)?\$\s*", r"\1", text)


def repaid_in(note: str) -> tuple[Decimal, ...] | None:
    """The amounts that a note says were repaid; None for a note on anything else.

    One amount is it; several are if each stands before ``relating to`` (outside the period, and within it).
    Raises `BadCellError` where the note tells of a repayment and its amounts cannot be told apart.
    """
    if _REPAID.search(note) is None:
        return None
    found = list(_MONEY.finditer(note))
    clear = len(found) == 1 or (
        len(found) > 1 and all(_RELATING.match(note, match.end()) is not None for match in found)
    )
    if not clear:
        raise BadCellError(
            "a note on a repayment with one amount, or several with what each relates to",
            shown(note),
            "Enter the repayment from the note by hand (a file repayments.csv).",
        )
    return tuple(Decimal(match[1].replace(",", "")).quantize(_CENT) for match in found)

"""The schedule between two totals: lines that add up to their difference, each with the reason for it.

Two totals of the same thing are held row against row by a key. What is in both and equal adds nothing; the
rest is rounding, a differing amount, a row that only one side has, a row that the other side's stated scope
leaves out, another counting rule, or unexplained. Nothing is left over: the lines add up to the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wardbook.accounts.balance import UnbalancedError
from wardbook.accounts.working import figure
from wardbook.errors import WrongUseError
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, Column, Table

EQUAL = "equal"
ROUNDING = "rounding"
DIFFERS = "differs"
ONLY_LEFT = "only left"
ONLY_RIGHT = "only right"
SCOPE = "scope differs"
RULE = "counting rule differs"
UNEXPLAINED = "unexplained"

CLASSES: tuple[str, ...] = (EQUAL, ROUNDING, DIFFERS, ONLY_LEFT, ONLY_RIGHT, SCOPE, RULE, UNEXPLAINED)
"""Every class of a line, in the order of a schedule."""

ROWS = Table(
    "reconciled_rows",
    "one row of one side of a schedule",
    (
        Column("pair", TEXT, "the schedule it belongs to"),
        Column("side", TEXT, "left or right"),
        Column("key", TEXT, "what is matched with the other side; NULL: no key on record"),
        Column("shown", TEXT, "the key as written"),
        Column("amount", "DECIMAL(18,2)", "amount, or 1 where rows are counted"),
        Column("tolerance", "DECIMAL(18,2)", "rounding of the amount; those of both sides are added"),
        Column("outside", TEXT, "how it lies outside the scope of the other side; NULL: it does not"),
        Column("source", TEXT, "record_id, or the place in a file"),
    ),
)
"""What `compared` reads."""


class UnscopedError(WrongUseError):
    """A total without its scope, or a count without its counting rule: no one could say what it is of."""


def is_currency(unit: str) -> bool:
    """Whether a unit is a currency code: three capitals."""
    return len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()


@dataclass(frozen=True)
class Total:
    """One of the two totals: its name, amount and unit, with its scope, or its rule where it counts.

    ``counted`` says that it is a count. Raises `UnscopedError` for a count without a counting rule, and for
    any other total without a scope.
    """

    name: str
    amount: Decimal
    unit: str
    scope: str = ""
    counting_rule: str = ""
    counted: bool = False

    def __post_init__(self) -> None:
        if self.counted and not self.counting_rule.strip():
            raise UnscopedError(f"{self.name}: a count needs its counting rule: what makes one")
        if not self.counted and not self.scope.strip():
            raise UnscopedError(f"{self.name}: a total needs its scope: period, people and kinds of cost")

    @property
    def words(self) -> str:
        """Scope and counting rule, as they are printed beside the total."""
        rule = f"counting rule: {self.counting_rule}" if self.counting_rule else ""
        return "; ".join(part for part in (self.scope, rule) if part)


@dataclass(frozen=True)
class Line:
    """One line: ``amount`` is what it adds to left total less right total.

    ``kind`` is one of `CLASSES`; ``key`` what was matched ('' for a line about the totals); ``left`` and
    ``right`` the figures of the sides, None where a side has none.
    """

    kind: str
    key: str
    left: Decimal | None
    right: Decimal | None
    amount: Decimal
    words: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """Two totals, and the lines between them.

    Raises `UnbalancedError` (a fault of the program) unless the lines add up to the difference exactly, and
    `WrongUseError` for totals in different units, or of which only one is a count.
    """

    left_total: Total
    right_total: Total
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        left, right = self.left_total, self.right_total
        if (left.unit, left.counted) != (right.unit, right.counted):
            units = f"{left.unit or 'no unit'} and {right.unit or 'no unit'}"
            raise WrongUseError(f"{left.name} and {right.name} are in different units ({units})")
        off = sum((line.amount for line in self.lines), Decimal(0)) - self.difference
        if off != 0:
            raise UnbalancedError(f"the lines between {left.name} and {right.name} are off by {off}")

    @property
    def difference(self) -> Decimal:
        """Left total less right total."""
        return self.left_total.amount - self.right_total.amount

    def of(self, kind: str) -> tuple[Line, ...]:
        """The lines of one class."""
        return tuple(line for line in self.lines if line.kind == kind)

    def sums(self) -> tuple[tuple[str, int, Decimal], ...]:
        """Each class that has lines, their number and what they add up to, in the order of `CLASSES`."""
        found = ((kind, self.of(kind)) for kind in CLASSES)
        return tuple(
            (kind, len(own), sum((line.amount for line in own), Decimal(0))) for kind, own in found if own
        )


def schedule(left: Total, right: Total, lines: Iterable[Line]) -> Schedule:
    """The schedule of ``lines`` in their fixed order: by class, then by key."""
    places = {kind: place for place, kind in enumerate(CLASSES)}
    ordered = sorted(
        lines, key=lambda line: (places[line.kind], line.key == "", line.key, line.amount, line.words)
    )
    return Schedule(left, right, tuple(ordered))


def compared(engine: Engine) -> None:
    """Create ``reconciliation_lines``: ``reconciled_rows`` of each pair, side against side by key."""
    engine.run_file("wardbook.accounts", "reconciliation_lines")


def lines_of(engine: Engine, pair: str, names: tuple[str, str]) -> tuple[Line, ...]:
    """The lines of one pair in ``reconciliation_lines``, with words; ``names`` are those of the two sides."""
    rows = engine.dicts("SELECT * FROM reconciliation_lines WHERE pair = ?", [pair])
    return tuple(_line(row, names) for row in rows)


def _line(row: Mapping[str, Any], names: tuple[str, str]) -> Line:
    kind = row["line_class"]
    counts = [f"{rows:,}" for rows in (row["left_rows"], row["right_rows"]) if rows]
    number = "" if set(counts) <= {"1"} else f"; {' and '.join(counts)} rows"
    words = {
        EQUAL: "in both",
        ROUNDING: f"in both, within the rounding of {figure(row['tolerance'])}",
        DIFFERS: "in both, with other amounts",
        ONLY_LEFT: f"not in {names[1]}",
        ONLY_RIGHT: f"not in {names[0]}",
        SCOPE: row["outside"] or "",
    }[kind]
    return Line(
        kind,
        row["shown"] or "(no key)",
        row["left_amount"],
        row["right_amount"],
        row["amount"],
        f"{words}{number}",
        tuple(row["sources"]),
    )


def rest_line(
    side: int, total: Total, listed: Decimal, tolerance: Decimal, what: str, missing: str
) -> Line | None:
    """The line for what a total holds beyond the rows or parts that are listed; None where nothing is.

    ``side`` is 1 for the left total and -1 for the right one; ``what`` names the listed rows.
    """
    rest = total.amount - listed
    if rest == 0:
        return None
    kind = ROUNDING if abs(rest) <= tolerance else UNEXPLAINED
    whole = total.counted
    words = (
        f"{what} of {total.name} give {figure(listed, whole)}, its total is {figure(total.amount, whole)}: "
        f"{figure(rest, whole)} in none of them"
    )
    words = f"{words}, within its rounding" if kind == ROUNDING else f"{words}; missing: {missing}"
    left, right = (rest, None) if side > 0 else (None, rest)
    return Line(kind, "", left, right, side * rest, words)

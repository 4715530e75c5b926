"""A calendar's text, cut into components before anything is parsed: one bad event costs one event.

The cut goes by BEGIN lines alone (RFC 5545, 3.4 and 3.6): a component runs from its BEGIN line to its END
line, or, if that is missing, to the next BEGIN. So every BEGIN line is one piece, whatever else is damaged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY")
_KIND = "|".join(KINDS)
_BEGIN = re.compile(rf"BEGIN\s*:\s*({_KIND})\s*", re.IGNORECASE | re.ASCII)
_END = re.compile(rf"END\s*:\s*({_KIND})\s*", re.IGNORECASE | re.ASCII)
_CALENDAR = re.compile(r"(BEGIN|END)\s*:\s*VCALENDAR\s*", re.IGNORECASE | re.ASCII)
_RECURS = re.compile(r"(?:RRULE|RDATE)\s*[:;]", re.IGNORECASE | re.ASCII)
_FOLD = re.compile(r"(?:\r\n|\r|\n)+[ \t]")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class LogicalLine:
    """A content line, unfolded, with the physical line it starts on (from 1)."""

    line: int
    text: str


@dataclass(frozen=True)
class Component:
    """One component as it stands: its kind, its lines, and whether its END line is there."""

    kind: str
    lines: tuple[LogicalLine, ...]
    closed: bool

    @property
    def line(self) -> int:
        """The physical line of its BEGIN."""
        return self.lines[0].line

    @property
    def text(self) -> str:
        """The component's content lines, unfolded, each ended by CRLF."""
        return "".join(line.text + "\r\n" for line in self.lines)

    @property
    def recurrences(self) -> tuple[LogicalLine, ...]:
        """The RRULE and RDATE lines of an event; of other components none."""
        if self.kind != "VEVENT":
            return ()
        return tuple(line for line in self.lines if _RECURS.match(line.text))


@dataclass(frozen=True)
class Cut:
    """A calendar in pieces: components, END lines without a BEGIN, and calendars that are not closed."""

    components: tuple[Component, ...]
    stray_ends: tuple[LogicalLine, ...]
    unclosed_calendars: int
    lines: int


def logical_lines(text: str) -> tuple[LogicalLine, ...]:
    """The content lines of a calendar, unfolded (RFC 5545, 3.1); blank lines before a fold belong to it."""
    found: list[LogicalLine] = []
    pending: list[str] = []
    start = 0
    for number, line in enumerate(_BREAK.split(text), 1):
        if line[:1] in (" ", "\t") and pending:
            pending.append(line[1:])
        elif line:
            if pending:
                found.append(LogicalLine(start, "".join(pending)))
            start, pending = number, [line]
    if pending:
        found.append(LogicalLine(start, "".join(pending)))
    return tuple(found)


def cut(text: str) -> Cut:
    """Cut a calendar's text into its components."""
    components: list[Component] = []
    stray: list[LogicalLine] = []
    kind = ""
    lines: list[LogicalLine] = []
    calendars = 0
    all_lines = logical_lines(text)
    for line in all_lines:
        begin, end = _BEGIN.fullmatch(line.text), _END.fullmatch(line.text)
        calendar = _calendar(line.text)
        calendars = max(0, calendars + calendar)
        if kind and (begin or calendar):
            components.append(Component(kind, tuple(lines), closed=False))
            kind = ""
        if begin:
            kind, lines = begin[1].upper(), [line]
        elif kind:
            lines.append(line)
            if end and end[1].upper() == kind:
                components.append(Component(kind, tuple(lines), closed=True))
                kind = ""
        elif end:
            stray.append(line)
    if kind:
        components.append(Component(kind, tuple(lines), closed=False))
    return Cut(tuple(components), tuple(stray), calendars, len(_BREAK.split(text)))


def _calendar(text: str) -> int:
    match = _CALENDAR.fullmatch(text)
    return 0 if match is None else 1 if match[1].upper() == "BEGIN" else -1


def count_rows(text: str) -> int:
    """How many rows a calendar holds, counted in its text by patterns alone.

    Components that begin; END lines that end nothing; RRULE and RDATE lines of events; and one for a
    calendar that is not closed. Made apart from `cut`, to hold it to account.
    """
    flat = _BREAK.sub("\n", _FOLD.sub("", text.lstrip("\r\n")))
    blank = r"[^\S\n]*"
    marks = re.findall(
        rf"^(BEGIN|END){blank}:{blank}({_KIND}|VCALENDAR){blank}$|^(RRULE|RDATE){blank}[:;]",
        flat,
        re.IGNORECASE | re.MULTILINE | re.ASCII,
    )
    held, inside, calendars = 0, "", 0
    for edge, kind, recurrence in ((a.upper(), b.upper(), c) for a, b, c in marks):
        if recurrence:
            held += inside == "VEVENT"
        elif kind == "VCALENDAR":
            calendars = max(0, calendars + (1 if edge == "BEGIN" else -1))
            inside = ""
        elif edge == "BEGIN":
            held, inside = held + 1, kind
        elif inside == kind:
            inside = ""
        elif not inside:
            held += 1
    return held + (1 if calendars else 0)

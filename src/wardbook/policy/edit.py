"""Edits of a rulebook given in words: drop a rule, or write another text into one cell.

An edit changes the Markdown itself and the result is read as any rulebook is: whatever the reader refuses is
refused here too, and what comes out can be saved as a file. What hangs on a dropped thing goes with it and is
said: the name of a dropped rule in ``overrides``, the cost rules of an arrangement that no rule names any
more, and the examples that expect it.

=====================================  ==============================================================
edit                                   what it changes
=====================================  ==============================================================
drop ``RULE``                          the row of the rule is taken out
set ``RULE.COLUMN=CELL``               the rule's cell under that heading: ``R11.in force=2019-06-01..``,
                                       ``R11.=> permitted=no``; a heading that the table lacks is added
set ``ARRANGEMENT/CLASS.COLUMN=CELL``  the cell of a cost rule: ``campaign pays/lodging.method=full``;
                                       with several payers ``ARRANGEMENT/CLASS/PAYER.COLUMN=CELL``
=====================================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wardbook.errors import WrongUseError
from wardbook.policy.markdown import PipeTable, read_document
from wardbook.policy.model import OUTCOMES, Rulebook
from wardbook.policy.read import load_text
from wardbook.policy.read_costs import MORE_COST_COLUMNS, arrangements_named
from wardbook.policy.read_rules import MORE_COLUMNS, UNDETERMINED, outcome_heading
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import plain


@dataclass(frozen=True)
class Edited:
    """An edited rulebook: read, its text to save, and each change in words."""

    rulebook: Rulebook
    text: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """One row that an edit may name: its words, its table and its line (from 1)."""

    name: str
    kind: str  # "rule" or "cost rule"
    table: PipeTable
    line: int


def edit(rulebook: Rulebook, drop: Sequence[str] = (), put: Sequence[str] = ()) -> Edited:
    """The rulebook without the rules of ``drop`` and with the cells of ``put`` (``RULE.COLUMN=CELL``).

    Cells are set before rules are dropped. Raises `WrongUseError` for an edit that names no rule or column,
    with the nearest right word, and `RulebookError` where the edited text is no rulebook without mistakes.
    """
    text = rulebook.text.replace("\r\n", "\n")
    said: list[str] = []
    for instruction in put:
        text = _put(text, instruction, rulebook, said)
    for name in drop:
        text = _drop(text, name, said)
    text = _without_orphans(text, rulebook, said)
    return Edited(load_text(text, rulebook.path), text, tuple(said))


# ---------------------------------------------------------------- finding a row


def _places(text: str) -> Iterator[_Place]:
    """Every row that an edit may name, rules first."""
    above = ""
    costs: list[_Place] = []
    for section in read_document(text, "").sections:
        above = section.title if section.level <= 2 else above
        for table in section.tables:
            headings = [plain(cell.text) for cell in table.headings]
            if plain(above).startswith("question") and "rule" in headings:
                at = headings.index("rule")
                yield from (_Place(row[at].text, "rule", table, row[at].line) for row in table.rows)
            elif plain(above) == "costs":
                costs.extend(_cost_places(table, headings))
    yield from costs


def _cost_places(table: PipeTable, headings: Sequence[str]) -> Iterator[_Place]:
    """Each cost row under ``arrangement/class`` and under ``arrangement/class/payer``."""
    if not {"arrangement", "cost class", "payer"} <= set(headings):
        return
    keys = [headings.index(name) for name in ("arrangement", "cost class", "payer")]
    for row in table.rows:
        words = [row[at].text for at in keys]
        for count in (2, 3):
            yield _Place("/".join(words[:count]), "cost rule", table, row[0].line)


def _find(text: str, name: str, kinds: Sequence[str]) -> _Place:
    known = [place for place in _places(text) if place.kind in kinds]
    found = [place for place in known if plain(place.name) == plain(name)]
    if len(found) == 1:
        return found[0]
    what = " or ".join(kinds)
    if found:
        raise WrongUseError(f'"{name}" names {len(found)} rows: write ARRANGEMENT/COST CLASS/PAYER')
    names = list(dict.fromkeys(place.name for place in known))
    near = did_you_mean(name, names)
    raise WrongUseError(f'"{name}" is no {what} of this rulebook: expected {one_of(names)}. {near}'.strip())


# ---------------------------------------------------------------- setting a cell


def _put(text: str, instruction: str, rulebook: Rulebook, said: list[str]) -> str:
    place, heading, cell = _parsed(text, instruction, rulebook)
    lines = text.split("\n")
    if plain(heading) not in {plain(h.text) for h in place.table.headings}:
        _add_column(lines, place.table, heading)
        at = len(place.table.headings)
        before = ""
    else:
        at = next(i for i, h in enumerate(place.table.headings) if plain(h.text) == plain(heading))
        before = next(row[at].text for row in place.table.rows if row[at].line == place.line)
    lines[place.line - 1] = _with_cell(lines[place.line - 1], at, cell)
    said.append(f'{place.name}, {heading}: "{before}" becomes "{cell}"')
    return "\n".join(lines)


def _parsed(text: str, instruction: str, rulebook: Rulebook) -> tuple[_Place, str, str]:
    """The row, the heading and the new cell of ``NAME.COLUMN=CELL``."""
    if "\n" in instruction or "\r" in instruction:
        raise WrongUseError(f"an edit is one line; found {instruction!r}")
    places = sorted(_places(text), key=lambda place: -len(place.name))
    for place in places:
        name, dot, rest = _after(instruction, place.name)
        if not dot:
            continue
        known = _headings(place, rulebook)
        for at in _equals(rest):
            heading = next((h for h in known if _heading(h) == _heading(rest[:at])), None)
            if heading is not None:
                found = _find(text, name, (place.kind,))
                return found, heading, " ".join(rest[at + 1 :].split())
        begun = 2 if rest.startswith("=>") else 0
        word = rest[: next((at for at in _equals(rest) if at >= begun), len(rest))].strip()
        near = did_you_mean(word, known)
        wanted = f"{name}.COLUMN=CELL, the column {one_of(known)}"
        raise WrongUseError(f'"{instruction}": expected {wanted}; found "{word}". {near}'.strip())
    word = instruction.partition(".")[0]
    names = list(dict.fromkeys(place.name for place in places))
    near = did_you_mean(word, names)
    raise WrongUseError(
        f'"{instruction}": expected RULE.COLUMN=CELL or ARRANGEMENT/COST CLASS.COLUMN=CELL, and no rule '
        f"or cost rule begins it. {near}".strip()
    )


def _after(instruction: str, name: str) -> tuple[str, str, str]:
    """What stands after ``name.`` at the start of an edit, compared without regard to case."""
    head, rest = instruction[: len(name)], instruction[len(name) :].lstrip()
    begins = plain(head) == plain(name) and rest.startswith(".")
    return (name, ".", rest[1:].strip()) if begins else ("", "", "")


def _equals(text: str) -> Iterator[int]:
    """The places of each ``=``; one that begins an arrow may also part a column from ``> 4``."""
    for at, sign in enumerate(text):
        if sign == "=":
            yield at


def _heading(text: str) -> str:
    """A heading as it is compared; an arrow may stand close to its outcome."""
    return plain(text.replace("=>", "=> "))


def _headings(place: _Place, rulebook: Rulebook) -> list[str]:
    """The headings an edit of this row may name: those of its table, and those that it may have."""
    own = [cell.text for cell in place.table.headings]
    if place.kind == "cost rule":
        more: list[str] = list(MORE_COST_COLUMNS)
    else:
        outcomes = (*OUTCOMES, *(outcome.name for outcome in rulebook.outcomes))
        more = [*MORE_COLUMNS, *(fact.name for fact in rulebook.facts), *map(outcome_heading, outcomes)]
    have = {plain(heading) for heading in own}
    return own + [heading for heading in more if plain(heading) not in have]


def _bars(line: str) -> list[int]:
    """The places of the bars that part the cells of a table's line; the end of the line counts as one."""
    bars = [at for at, sign in enumerate(line) if sign == "|" and (at == 0 or line[at - 1] != "\\")]
    return bars if line.rstrip().endswith("|") and bars[-1] == len(line.rstrip()) - 1 else [*bars, len(line)]


def _with_cell(line: str, at: int, text: str) -> str:
    bars = _bars(line)
    escaped = text.replace("|", "\\|")
    return f"{line[: bars[at] + 1]} {escaped} {line[bars[at + 1] :]}"


def _add_column(lines: list[str], table: PipeTable, heading: str) -> None:
    """A further column at the right of a table, its cells blank."""
    cells = {table.line: heading, table.line + 1: "---", **{row[0].line: "" for row in table.rows}}
    for line, cell in cells.items():
        bare = lines[line - 1].rstrip()
        closed = bare if _bars(bare)[-1] < len(bare) else f"{bare} |"
        lines[line - 1] = f"{closed} {cell} |"


# ---------------------------------------------------------------- taking out


def _drop(text: str, name: str, said: list[str]) -> str:
    place = _find(text, name, ("rule",))
    lines = text.split("\n")
    groups = _groups_of(place)
    del lines[place.line - 1]
    said.append(f"{place.name} is dropped")
    return _without_name("\n".join(lines), place.name, groups, said)


def _groups_of(place: _Place) -> tuple[str, ...]:
    headings = [plain(cell.text) for cell in place.table.headings]
    row = next(row for row in place.table.rows if row[0].line == place.line)
    return tuple(f"group {row[at].text}" for at, h in enumerate(headings) if h == "group" and row[at].text)


def _without_name(text: str, name: str, groups: Sequence[str], said: list[str]) -> str:
    """Take a dropped rule, and a group that went with it, out of the ``overrides`` of the others."""
    left = {f"group {g}" for table in _tables(text) for g in _column(table, "group") if g}
    gone = {plain(name), *(plain(g) for g in groups if plain(g) not in {plain(one) for one in left})}
    lines = text.split("\n")
    for table in _tables(text):
        headings = [plain(cell.text) for cell in table.headings]
        if "overrides" not in headings:
            continue
        at = headings.index("overrides")
        for row in table.rows:
            items = [item.strip() for item in row[at].text.split(",") if item.strip()]
            kept = [item for item in items if plain(item) not in gone]
            if kept != items:
                lines[row[at].line - 1] = _with_cell(lines[row[at].line - 1], at, ", ".join(kept))
                rule = row[headings.index("rule")].text
                said.append(f"{rule} no longer overrides {', '.join(i for i in items if i not in kept)}")
    return "\n".join(lines)


def _tables(text: str) -> list[PipeTable]:
    tables = {place.table.line: place.table for place in _places(text) if place.kind == "rule"}
    return list(tables.values())


def _column(table: PipeTable, heading: str) -> list[str]:
    headings = [plain(cell.text) for cell in table.headings]
    return [row[headings.index(heading)].text for row in table.rows] if heading in headings else []


def _without_orphans(text: str, before: Rulebook, said: list[str]) -> str:
    """Take out the cost rules and examples of arrangements that the edit left without a rule."""
    heading = plain(outcome_heading("costs"))
    named = {cell for table in _tables(text) for cell in _column(table, heading)}
    gone = {name for name in arrangements_named(before.rules) if name not in named}
    gone -= {UNDETERMINED}
    lines = text.split("\n")
    dropped: set[int] = set()
    for section in read_document(text, "").sections:
        for table in section.tables:
            headings = [plain(cell.text) for cell in table.headings]
            if "rule" in headings:
                continue
            keys = [at for at, h in enumerate(headings) if h in {"arrangement", heading}]
            dropped |= {row[0].line for row in table.rows for at in keys if row[at].text in gone}
    if dropped:
        names = ", ".join(sorted(gone))
        said.append(f"no rule names {names} any more: {len(dropped)} rows of costs and examples go with it")
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in dropped)

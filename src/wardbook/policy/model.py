"""The typed rulebook: what a Markdown rulebook says, as frozen values.

A rulebook asks one or more *questions*; each is a decision table. Each rule gives a value to some outcomes
(purpose, security_reason, permitted, costs). `CostRule` rows say, for a cost arrangement named by a rule's
``costs`` outcome, who pays each cost class and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

FactValue = str | bool | int | Decimal | date | None

OUTCOMES: tuple[str, ...] = ("purpose", "security_reason", "permitted", "costs")
"""The outcome columns a decision table may have, written ``=> purpose`` in the heading."""


class FactType(StrEnum):
    """Types a fact may have in this version of the language."""

    ENUM = "enum"
    YES_NO = "yes/no"
    WHOLE = "whole number"
    DECIMAL = "decimal"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True)
class Fact:
    """One declared fact: the name rules use, the book's fact it ``reads``, its type and enum ``values``.

    ``settled_by`` names the record that would settle it when it is not known. ``reads`` is empty for a fact
    that no column of the book holds. ``aliases`` maps another word for an enum value to the value
    (``campaign`` to ``political``).
    """

    name: str
    reads: str
    type: FactType
    values: tuple[str, ...]
    question: str
    settled_by: str
    line: int
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """One cell of one rule: ``fact`` must satisfy ``cell`` (parsed by `policy.cells`)."""

    fact: str
    cell: object
    text: str


@dataclass(frozen=True)
class Rule:
    """One row of a decision table.

    ``cites`` is the citation in words (titles of the quoted law); ``anchors`` are the anchors it names.
    ``in_force_from`` and ``in_force_to`` are the first and last day in force, None where open.
    ``overrides`` names rules of the same question. ``settled_by`` is the record that would settle what this
    rule itself says cannot be determined.
    """

    name: str
    question: str
    cites: str
    in_force_from: date | None
    in_force_to: date | None
    conditions: tuple[Condition, ...]
    outcomes: Mapping[str, str]
    overrides: tuple[str, ...]
    note: str
    line: int
    anchors: tuple[str, ...] = ()
    settled_by: str = ""


@dataclass(frozen=True)
class CostRule:
    """Who pays one cost class (or ``any other``) under one arrangement.

    ``method`` is ``full`` (the payer bears all of it), ``none`` (the payer bears nothing of it: it stays
    with the public body), or ``added only`` (the payer bears what the use added; needs a record of it).
    ``payer`` is a payer word, or ``{agency}`` for the using agency.
    """

    arrangement: str
    cost_class: str
    payer: str
    method: str
    cites: str
    write_down: str
    line: int
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """One row of an Examples table: facts in, expected outcomes (or ``undetermined: fact``) out."""

    facts: Mapping[str, FactValue]
    day: date | None
    expected: Mapping[str, str]
    line: int
    name: str = ""


@dataclass(frozen=True)
class Rulebook:
    """One written policy: the same file a lawyer reads.

    ``law`` maps an anchor to the quoted text, ``law_titles`` to the heading it stands under. ``sha256`` is of
    the file's bytes.
    ``settings`` are the front matter's defaults for a book: jurisdiction, home_region, time_zone, currency.
    """

    path: str
    sha256: str
    title: str
    jurisdiction: str
    authority: str
    version: str
    settings: Mapping[str, str]
    facts: tuple[Fact, ...]
    law: Mapping[str, str]
    questions: tuple[str, ...]
    rules: tuple[Rule, ...]
    cost_rules: tuple[CostRule, ...]
    examples: tuple[Example, ...]
    text: str
    law_titles: Mapping[str, str] = field(default_factory=dict)

"""The typed rulebook: what a Markdown rulebook says, as frozen values.

A rulebook asks one or more *questions*; each is a decision table. Each rule gives a value to some outcomes
(purpose, security_reason, permitted, costs). `CostRule` rows say, for a cost arrangement named by a rule's
``costs`` outcome, who pays each cost class and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

OUTCOMES: tuple[str, ...] = ("purpose", "security_reason", "permitted", "costs")
"""The outcomes every audit knows, written ``=> purpose`` in the heading; a rulebook may declare others."""

COST_CLASSES: tuple[str, ...] = (
    "airfare",
    "lodging",
    "meals",
    "car rental",
    "incidentals",
    "salary",
    "overtime",
    "vehicle",
    "travel",
    "flight hours",
    "mileage",
)
"""The cost classes that a book's expenses and costs may have; a rulebook may name others."""

DAY = "date"
"""The name of the day of the use, which a ``when`` column may compare like a fact."""


@dataclass(frozen=True)
class Strange:
    """A value on record that the fact does not admit (a misspelt word, a number out of bounds).

    It is not known what was meant: a cell on it is neither true nor false, also where the cell says ``?``.
    """

    word: str


FactValue: TypeAlias = str | bool | int | Decimal | date | Strange | None


class FactType(StrEnum):
    """Types a fact may have.

    Money is a Decimal in the fact's ``unit`` (a currency code), a duration one in the fact's ``unit`` (``h``,
    ``min`` or ``d``); a share is a Decimal from 0 to 1.
    """

    ENUM = "enum"
    YES_NO = "yes/no"
    WHOLE = "whole number"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DURATION = "duration"
    SHARE = "share"
    TEXT = "text"


@dataclass(frozen=True)
class Fact:
    """One declared fact: the name rules use, the book's fact it ``reads``, its type and enum ``values``.

    ``settled_by`` names the record that would settle it when it is not known. ``reads`` is empty for a fact
    that no column of the book holds. ``aliases`` maps another word for an enum value to the value
    (``campaign`` to ``political``). ``low`` and ``high`` bound the values of an ordered fact (both belong;
    None is open). ``may_be_unknown`` is False for a fact that every record must give. ``changeable`` says
    that a person could lawfully change it before the use; only such facts are offered by ``why-not``.
    """

    name: str
    reads: str
    type: FactType
    values: tuple[str, ...]
    question: str
    settled_by: str
    line: int
    aliases: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    low: int | Decimal | date | None = None
    high: int | Decimal | date | None = None
    may_be_unknown: bool = True
    changeable: bool = False


@dataclass(frozen=True)
class Condition:
    """One test of one fact: ``fact`` must satisfy ``cell`` (parsed by `policy.cells`).

    ``fact`` may be `DAY` in a ``when`` column. ``text`` is the cell as written.
    """

    fact: str
    cell: object
    text: str


@dataclass(frozen=True)
class Compare:
    """``left sign right + plus``: two facts of one type (or `DAY`), compared.

    ``sign`` is one of ``<``, ``<=``, ``=``, ``<>``, ``>=``, ``>``. ``plus`` is in the facts' unit; for dates
    it is a whole number of days.
    """

    left: str
    sign: str
    right: str
    plus: int | Decimal = 0


@dataclass(frozen=True)
class AllOf:
    """Every part holds (Kleene's AND)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    """Some part holds (Kleene's OR)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold; not known stays not known."""

    part: Expression


Expression: TypeAlias = Condition | Compare | AllOf | AnyOf | Not


@dataclass(frozen=True)
class Invariant:
    """What cannot be otherwise: where ``given`` holds (None: always), ``then`` holds.

    A use whose known facts break it has a mistake in its record; the prover takes it as an assumption.
    ``source`` is the law, record or owner it rests on.
    """

    name: str
    given: Expression | None
    then: Expression
    source: str
    line: int
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """An outcome that a rulebook declares beside `OUTCOMES`: its name and its values (none: any text)."""

    name: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Edition:
    """One row of ``## Versions``: the version, the day from which it was known, and what it changed."""

    version: str
    known_from: date
    changed: str
    line: int


@dataclass(frozen=True)
class Rule:
    """One row of a decision table.

    ``cites`` is the citation in words (titles of the quoted law); ``anchors`` are the anchors it names.
    ``in_force_from`` and ``in_force_to`` are the first and last day in force, None where open.
    ``known_from`` and ``known_to`` bound the days on which the rule was known to stand in the rulebook.
    ``conditions`` are its cells and ``when`` its free condition: all must hold. ``overrides`` names rules of
    the same question, spelt out from rules, sections and groups. ``section`` is the heading of its table,
    ``group`` and ``provision`` are free names; rules of one provision are its versions in time.
    ``settled_by`` is the record that would settle what this rule itself says cannot be determined.
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
    when: Expression | None = None
    when_text: str = ""
    section: str = ""
    group: str = ""
    provision: str = ""
    known_from: date | None = None
    known_to: date | None = None


@dataclass(frozen=True)
class Part:
    """The part of a cost that a payer bears: ``top / bottom``, each the name of a fact or a number.

    A share fact stands alone over 1.
    """

    top: str | Decimal
    bottom: str | Decimal = Decimal(1)


THE_COST = "the cost"
"""The recorded cost, as the amount of a `Base`."""


@dataclass(frozen=True)
class Base:
    """What is shared instead of the recorded cost: ``amount x times``, less what is free, but not below 0.

    Each is the name of a fact or a number. ``amount`` is money (a comparable fare, or a rate for one unit of
    ``times``), or `THE_COST`. ``less`` is what is taken off first.
    """

    amount: str | Decimal
    times: str | Decimal = Decimal(1)
    less: Base | None = None


@dataclass(frozen=True)
class Choice:
    """The lesser of several amounts, or the greater."""

    greater: bool
    among: tuple[Base | Choice, ...]


def products_of(base: Base | Choice) -> tuple[Base, ...]:
    """The single products of a base, in order: those chosen among, and those taken off."""
    if isinstance(base, Choice):
        return tuple(product for one in base.among for product in products_of(one))
    return (Base(base.amount, base.times), *(() if base.less is None else (base.less,)))


@dataclass(frozen=True)
class CostRule:
    """What one payer bears of one cost class (or ``any other``) under one arrangement.

    ``payer`` is a payer word, or ``{agency}`` for the using agency. ``method`` is one of:

    ``full``             the payer bears all of it
    ``none``             the payer bears nothing of it: it stays with the public body
    ``added only``       the payer bears what the use added, as recorded
    ``share by time``, ``share by distance``, ``share by heads``   the payer bears ``part`` of it
    ``comparable fare``, ``comparable rate``   the payer bears ``base`` (a fare, or a rate times a quantity)
    ``charge``           the payer bears ``base`` (a fixed amount, the cost up to a limit, ...)
    ``full plus``        the payer bears all of it and ``loading`` (0.25 for 25 %) on top
    ``the rest``         the payer bears what the other payers of the class leave, with the odd cents

    A share method and ``full plus`` may also name a ``base``; then the part, or the loading, is of that. Each
    amount is rounded to cents by ``rounding``: ``half up`` (away from zero), ``half even``, ``down`` or
    ``up``. What no payer bears stays with the public body, so that the shares always sum to the cost.
    """

    arrangement: str
    cost_class: str
    payer: str
    method: str
    cites: str
    write_down: str
    line: int
    anchors: tuple[str, ...] = ()
    part: Part | None = None
    base: Base | Choice | None = None
    loading: Decimal = Decimal(0)
    rounding: str = "half up"


@dataclass(frozen=True)
class Example:
    """One row of an Examples table: facts in, expected outcomes (or ``undetermined: fact``) out.

    ``costs`` gives the amount of each cost class; ``payments`` the amounts expected of a payer for a class,
    by (cost class, payer); the payer ``public body`` is what stays with it.
    """

    facts: Mapping[str, FactValue]
    day: date | None
    expected: Mapping[str, str]
    line: int
    name: str = ""
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    payments: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rulebook:
    """One written policy: the same file a lawyer reads.

    ``law`` maps an anchor to the quoted text, ``law_titles`` to the heading it stands under. ``sha256`` is of
    the file's bytes.
    ``settings`` are the front matter's defaults for a book: jurisdiction, home_region, time_zone, currency.
    ``rules`` are all rules, whenever known; `known_on` gives those known on a day.
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
    invariants: tuple[Invariant, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    editions: tuple[Edition, ...] = ()


def known_on(rulebook: Rulebook, day: date) -> Rulebook:
    """The rulebook as known on ``day``: the rules that stood in it, now without days of being known."""
    rules = tuple(
        rule
        for rule in rulebook.rules
        if (rule.known_from is None or rule.known_from <= day)
        and (rule.known_to is None or day <= rule.known_to)
    )
    kept = {rule.name for rule in rules}
    rules = tuple(
        replace(
            rule,
            overrides=tuple(name for name in rule.overrides if name in kept),
            known_from=None,
            known_to=None,
        )
        for rule in rules
    )
    return replace(rulebook, rules=rules)

"""What a procedure is: a question put to the book, and what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

NOT_DETERMINED = "not determined"
"""The cause of a finding where no record gives one."""

ROOM = "wardbook.findings"
"""The package that holds the queries of the procedures."""


@dataclass(frozen=True)
class Observation:
    """What a procedure saw once: a finding before it has its number.

    ``evidence`` are record_ids, ``uses`` use_ids; ``amount`` is the money at stake in ``currency``.
    """

    title: str
    condition: str
    effect: str
    evidence: tuple[str, ...]
    uses: tuple[str, ...] = ()
    cause: str = NOT_DETERMINED
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Procedure:
    """One procedure: its code and name, the criterion it holds the book to, and how it looks.

    ``doc`` says in words what is compared with what, and every threshold. ``run`` yields what it saw in an
    order that depends on the records alone. ``innocent_explanations`` are printed with each finding.
    """

    code: str
    name: str
    criterion: str
    doc: str
    run: Callable[[Engine, Rulebook], Iterable[Observation]]
    innocent_explanations: tuple[str, ...]

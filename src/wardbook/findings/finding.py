"""What a finding is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Finding:
    """One finding of one procedure, in the field's order: criterion, condition, cause, effect, evidence.

    ``finding_id`` is the procedure's code and a number (``AUT-01-0003``). ``evidence`` are record_ids.
    ``innocent_explanations`` are listed with every finding; a finding is a question until answered.
    ``amount`` is the money at stake, where there is some.
    """

    finding_id: str
    procedure: str
    title: str
    criterion: str
    condition: str
    cause: str
    effect: str
    evidence: tuple[str, ...]
    uses: tuple[str, ...]
    innocent_explanations: tuple[str, ...]
    amount: Decimal | None = None
    currency: str | None = None

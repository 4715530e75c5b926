"""The settings of a book: what ``book.toml`` says, as one frozen value handed down from the rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

PAY_LIMIT_MINUTES = 995
"""16 hours 35 minutes: the most pay in 24 hours that the New Orleans Police Department allows."""


RULES, SPLINK = "rules", "splink"
"""How pairs of names to compare are found: by the program's own blocks, or by Splink (extra ``link``)."""


@dataclass(frozen=True)
class Settings:
    """What a book says of itself.

    ``home_region`` is the region code (``WV``) of the jurisdiction: a place without a state is read as
    lying there. ``principal_names`` are names under which the office-holder stands in rider lists without
    a title. ``payers`` maps payer words of a rulebook (``campaign``) to the names to bill.
    ``pay_limit_minutes`` is the most that an officer may be paid for in any 24 hours. ``names`` is `RULES` or
    `SPLINK`. ``rulebook`` is the path written in ``book.toml``, relative to it. Times without an offset are
    read in ``time_zone``.
    """

    title: str = "Untitled book"
    purpose: str = ""
    jurisdiction: str = ""
    home_region: str = ""
    time_zone: str = "UTC"
    currency: str = "USD"
    rulebook: str | None = None
    principal_names: tuple[str, ...] = ()
    payers: Mapping[str, str] = field(default_factory=dict)
    pay_limit_minutes: int = PAY_LIMIT_MINUTES
    names: str = RULES

    @property
    def zone(self) -> ZoneInfo:
        """The book's time zone."""
        return ZoneInfo(self.time_zone)

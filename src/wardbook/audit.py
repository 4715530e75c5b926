"""The audit, top to bottom, on one screen: book + rulebook -> Audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from wardbook.accounts.account import account
from wardbook.findings.finding import Finding
from wardbook.findings.procedures import run_procedures
from wardbook.link.link import link
from wardbook.policy.decide import decide
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.trace.trace import trace

TRACED = ("track_paths", "track_vehicles", "traced_legs", "dropped_fixes", "watched_spans")
"""The relations that tracing leaves. It is kept whole: most of its steps are run in an engine of its own."""


@dataclass(frozen=True)
class Audit:
    """A function of book (at a checkpoint), rulebook and program: relations in ``engine``, and findings."""

    engine: Engine
    settings: Settings
    rulebook: Rulebook
    checkpoint: str
    findings: tuple[Finding, ...]


def audit(
    engine: Engine,
    settings: Settings,
    rulebook: Rulebook,
    checkpoint: str = "",
    progress: Callable[[str], None] = lambda _step: None,
) -> Audit:
    """Audit the records in ``engine`` (`schema.BOOK_TABLES` and ``judgements``) under ``rulebook``.

    ``progress`` is called with the name of each step before it runs.
    """
    accounted(engine, settings, rulebook, progress)
    progress("findings")
    findings = run_procedures(engine, rulebook, settings)
    return Audit(engine, settings, rulebook, checkpoint, findings)


def accounted(
    engine: Engine,
    settings: Settings,
    rulebook: Rulebook,
    progress: Callable[[str], None] = lambda _step: None,
    as_of: date | None = None,
) -> None:
    """The part of an audit up to the account: what was driven, decided, what it cost and what is owed.

    ``as_of`` is the day of the account; an audit leaves it to the records (`ledger.keep_ledger`).
    """
    movements(engine, settings, progress)
    progress("decide")
    decide(engine, rulebook)
    progress("account")
    account(engine, rulebook, settings, as_of)


def movements(
    engine: Engine, settings: Settings, progress: Callable[[str], None] = lambda _step: None
) -> None:
    """The part of an audit that needs no rulebook: what was driven and written, and what belongs together."""
    progress("trace")
    engine.whole("trace", TRACED, "wardbook.trace", repr(settings), lambda: trace(engine, settings))
    progress("link")
    link(engine, settings)


def filled(settings: Settings, rulebook: Rulebook) -> Settings:
    """Settings with what the book leaves unsaid taken from the rulebook's front matter."""
    unset = Settings()
    given = {
        key: value
        for key, value in {"jurisdiction": rulebook.jurisdiction, **rulebook.settings}.items()
        if key in ("jurisdiction", "home_region", "time_zone", "currency")
        and getattr(settings, key) == getattr(unset, key)
    }
    return replace(settings, **given)  # type: ignore[arg-type]

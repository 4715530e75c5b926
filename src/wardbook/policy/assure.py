"""Before a rulebook decides anything: no two of its rules may stand together and say different things.

A certificate beside the rulebook is believed if it is of these very bytes. Without one the solver is asked,
if it is installed. A rulebook that contradicts itself is refused with a case; one of which nothing was proved
is used, and said to be so: then a contradiction leaves the use undetermined.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from wardbook.errors import InputRefusedError, VerificationError, WrongUseError
from wardbook.policy.certificate import check_certificate, kept_certificate
from wardbook.policy.model import Rulebook, known_on
from wardbook.policy.prove import conflicts


def assure(rulebook: Rulebook, known: date | None = None) -> str:
    """A note on what was not proved, or an empty text. Raises `InputRefusedError` for a contradiction.

    The rules are those known on the day ``known``, or known last: a certificate speaks of the latter.
    """
    last = known_on(rulebook, date.max)
    applied = last if known is None else known_on(rulebook, known)
    found, note = _certified(rulebook) if applied.rules == last.rules else _solved(applied)
    if found:
        raise InputRefusedError(
            rulebook.path,
            "rules that do not contradict each other",
            found,
            'Say in "overrides" which prevails, or that the case cannot be (## Invariants).',
        )
    return note


def _certified(rulebook: Rulebook) -> tuple[str, str]:
    try:
        kept = kept_certificate(Path(rulebook.path))
        body = None if kept is None else check_certificate(rulebook, kept)
    except VerificationError:
        body = None
    if body is None or body["not_proved"]:
        return _solved(rulebook)
    return "; ".join(f"{one['first']} and {one['second']}" for one in body["conflicts"]), ""


def _solved(rulebook: Rulebook) -> tuple[str, str]:
    try:
        found, not_proved = conflicts(rulebook)
    except WrongUseError as error:
        return "", f"not proved that the rules of {rulebook.path} never contradict each other: {error}"
    note = f"not proved of {rulebook.path}: {'; '.join(not_proved)}" if not_proved else ""
    return "; ".join(str(one) for one in found), note

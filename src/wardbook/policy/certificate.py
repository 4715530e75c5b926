"""A certificate: the result of a proof in a file beside its rulebook, checked before it is believed.

It names the bytes it speaks of, the solver that made it, and what was proved; it carries a digest of itself.
It holds no date and no duration, so that proving again with the same solver gives the same bytes. A
certificate says what was proved once; only proving again proves it: ``wardbook rulebook prove`` does both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wardbook.errors import VerificationError
from wardbook.policy.formulas import solver
from wardbook.policy.model import Rulebook
from wardbook.policy.prove import Proof

LANGUAGE = 3
"""The version of the rulebook language whose meaning was proved, and of what a certificate says of it."""

ENDING = ".proof.json"


def certificate_path(rulebook: Path) -> Path:
    """Where the certificate of a rulebook stands: ``detail.md`` has ``detail.proof.json``."""
    return rulebook.with_name(rulebook.name.removesuffix(".md") + ENDING)


def certify(proof: Proof) -> str:
    """The certificate of a proof: canonical JSON, with a digest of all the rest under ``digest``."""
    body: dict[str, Any] = {
        "language": LANGUAGE,
        "solver": f"z3 {solver().get_version_string()}",
        "sound": proof.sound,
        **asdict(proof),
    }
    return _text({**body, "digest": _digest(body)})


def kept_certificate(rulebook: Path) -> str | None:
    """The text of the certificate beside a rulebook; None where there is none.

    Raises `VerificationError` where it is no text.
    """
    path = certificate_path(rulebook)
    if not path.is_file():
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise VerificationError(f"{path} is no certificate: it is not text in UTF-8") from error


def read_certificate(text: str) -> dict[str, Any]:
    """A certificate as data. Raises `VerificationError` if it was changed or is none."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise VerificationError(f"the certificate is not JSON: {error}") from error
    if not isinstance(body, dict) or "digest" not in body:
        raise VerificationError("the certificate has no digest of itself; prove the rulebook again")
    digest = body.pop("digest")
    if digest != _digest(body):
        raise VerificationError("the certificate was changed after it was made; prove the rulebook again")
    return body


def check_certificate(rulebook: Rulebook, text: str) -> dict[str, Any]:
    """What a certificate says of ``rulebook``. Raises `VerificationError` if it speaks of something else."""
    body = read_certificate(text)
    if body.get("sha256") != rulebook.sha256:
        raise VerificationError(
            f"the certificate is of a rulebook with SHA-256 {body.get('sha256')}; "
            f"{rulebook.path} has {rulebook.sha256}. Prove the rulebook again."
        )
    if body.get("language") != LANGUAGE:
        raise VerificationError(
            f"the certificate is of language version {body.get('language')}, not {LANGUAGE}; prove again"
        )
    return body


def says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two certificates say the same.

    Solvers of different versions find different cases of the same fault; then what counts is that they agree
    on the rulebook, the pairs of rules in conflict, the dead rules, whether there are gaps, and the rest.
    """
    if one.get("solver") == other.get("solver"):
        return one == other
    return _summary(one) == _summary(other)


def _summary(body: dict[str, Any]) -> tuple[object, ...]:
    conflicts = [(found["first"], found["second"]) for found in body["conflicts"]]
    dead = [found["rule"] for found in body["dead"]]
    kept = ("language", "sha256", "sound", "not_exercised", "not_proved", "gaps_complete")
    return (conflicts, dead, bool(body["gaps"]), *(body[key] for key in kept))


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(_text(body).encode()).hexdigest()


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"

"""Asking a witness over HTTP (C2SP tlog-witness): only where the command is told an address."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from wardbook.custody.log import Log
from wardbook.custody.note import Signature, parse_signature
from wardbook.custody.refused import Refused
from wardbook.custody.witness import Request
from wardbook.errors import InputRefusedError, VerificationError, WrongUseError

_TIMEOUT_S = 30
_LONGEST = 100_000


def request_of(log: Log, old: int) -> bytes:
    """The request for a signature on the latest checkpoint by a witness that signed ``old`` entries last."""
    return Request(old, log.growth(old), log.signed_checkpoint()).text


def ask(log: Log, url: str, old: int = 0) -> list[Signature]:
    """Ask the witness at ``url`` to sign the latest checkpoint; its signature lines.

    Where it says that it signed another size last, it is asked once more from there. Raises
    `VerificationError` where the log is shorter than what it signed, and `InputRefusedError` for any other
    answer.
    """
    status, body = _post(url, request_of(log, old))
    if status == 409:
        signed = _size(url, body)
        if signed > len(log):
            raise VerificationError(
                f"{url} signed {signed} entries of this log, which has {len(log)}: an older copy was put "
                "in its place. Restore the newer one."
            )
        status, body = _post(url, request_of(log, signed))
    if status != 200:
        raise InputRefusedError(url, "signature lines", f"{status}: {body[:200].strip()}", "Ask its holder.")
    try:
        return [parse_signature(line) for line in body.splitlines() if line]
    except Refused as error:
        raise InputRefusedError(url, "signature lines", str(error), "Ask its holder.") from error


def _size(url: str, body: str) -> int:
    if not body.strip().isascii() or not body.strip().isdigit():
        raise InputRefusedError(url, "the size it signed last", repr(body[:80]), "Ask its holder.")
    return int(body)


def _post(url: str, content: bytes) -> tuple[int, str]:
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise WrongUseError(f"--url: expected http://... or https://..., found {url!r}")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=_TIMEOUT_S)
    try:
        connection.request("POST", f"{parts.path}/add-checkpoint", content)
        answer = connection.getresponse()
        return answer.status, answer.read(_LONGEST).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        raise InputRefusedError(
            url, "a witness that answers", str(error), "Try again, or carry it."
        ) from error
    finally:
        connection.close()

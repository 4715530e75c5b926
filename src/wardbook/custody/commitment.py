"""Salted commitments: an entry binds its log to words that need not be shown, and can be forgotten.

An entry of the log is public and says no name and no digest of a value that could be guessed. What it stands
for, the body, is an object of named fields, kept apart with 32 random bytes of salt. Each field has a
commitment of its own, so that a field can be withheld and the rest still be checked; the number of fields
stays visible::

    salt of a field        SHA-256(0x02 || salt || name)
    commitment of a field  SHA-256(0x00 || salt of the field || canonical JSON of [name, value])
    commitment of a body   SHA-256(0x01 || number of fields, 4 bytes || commitments of the fields, sorted)

Without its salt a commitment says nothing of its value, however few values there could be (hiding), and no
second value fits it (binding); both rest on SHA-256 alone. The canonical form is RFC 8785 for what bodies may
hold: null, true, false, whole numbers, text, lists, objects. A body whose salt is destroyed can never be
shown again, and every proof about its entry stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SALT_BYTES = 32
_LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly (RFC 8785, section 3.2.2.3)."""


def canonical(value: object) -> bytes:
    """The one JSON text of a value (RFC 8785), UTF-8.

    Raises `TypeError` for a number that is not whole or another type, and `ValueError` for a number beyond
    2^53 - 1 or text that is not Unicode.
    """
    return _written(value).encode("utf-8")


def _written(value: object) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError(f"{value} is larger than 2^53 - 1; write it as text")
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("the names of an object are text")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_written(name)}:{_written(value[name])}" for name in names) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join(map(_written, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no canonical form: use text or whole numbers")


def field_salt(salt: bytes, name: str) -> bytes:
    """The salt of one field; it can be shown without the salts of the others."""
    return hashlib.sha256(b"\x02" + salt + name.encode("utf-8")).digest()


def field_commitment(salt: bytes, name: str, value: object) -> bytes:
    """The commitment of one field under its own salt."""
    return hashlib.sha256(b"\x00" + salt + canonical([name, value])).digest()


def join(commitments: Iterable[bytes]) -> bytes:
    """The commitment of a body, from those of its fields in any order."""
    parts = sorted(commitments)
    return hashlib.sha256(b"\x01" + len(parts).to_bytes(4, "big") + b"".join(parts)).digest()


def commit(salt: bytes, body: Mapping[str, Any]) -> bytes:
    """The commitment of a body under its salt."""
    return join(field_commitment(field_salt(salt, name), name, value) for name, value in body.items())


@dataclass(frozen=True)
class Shown:
    """What of a body is shown: fields with their salts, and of the others a commitment and a reason code."""

    fields: Mapping[str, tuple[bytes, Any]]
    withheld: tuple[tuple[bytes, str], ...] = ()

    @property
    def commitment(self) -> bytes:
        """What the body's commitment must be, if every field shown is as it was entered."""
        shown = [field_commitment(salt, name, value) for name, (salt, value) in self.fields.items()]
        return join([*shown, *(commitment for commitment, _ in self.withheld)])

    def words(self) -> dict[str, Any]:
        """As JSON: salts and commitments in hexadecimal digits."""
        return {
            "fields": {name: [salt.hex(), value] for name, (salt, value) in sorted(self.fields.items())},
            "withheld": [[commitment.hex(), reason] for commitment, reason in self.withheld],
        }


def show(salt: bytes, body: Mapping[str, Any], withhold: Mapping[str, str] | None = None) -> Shown:
    """A body with the fields named in ``withhold`` (each with its reason code) left out.

    Raises `KeyError` for a field that the body does not have.
    """
    reasons = dict(withhold or {})
    if missing := sorted(set(reasons) - set(body)):
        raise KeyError(f"the body has no field {', '.join(missing)}")
    salts = {name: field_salt(salt, name) for name in body}
    return Shown(
        {name: (salts[name], value) for name, value in body.items() if name not in reasons},
        tuple(
            sorted(
                (field_commitment(salts[name], name, body[name]), reason) for name, reason in reasons.items()
            )
        ),
    )


def read_shown(words: Mapping[str, Any]) -> Shown:
    """`Shown` from its JSON; raises `ValueError` where it is not of that form."""
    try:
        given, left = words["fields"], words["withheld"]
        if not isinstance(given, dict) or not isinstance(left, list):
            raise TypeError("fields are an object, and what is withheld is a list")
        fields = {name: (_bytes(pair[0]), pair[1]) for name, pair in given.items() if _is_pair(pair)}
        withheld = tuple((_bytes(pair[0]), pair[1]) for pair in left if _is_pair(pair, str))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"expected fields with salts and commitments of what is withheld ({error})"
        ) from error
    return Shown(fields, withheld)


def _is_pair(found: object, second: type = object) -> bool:
    """True for a list of a text and a value of a type; raises `TypeError` for anything else."""
    if (
        isinstance(found, list)
        and len(found) == 2
        and isinstance(found[0], str)
        and isinstance(found[1], second)
    ):
        return True
    raise TypeError(f"expected a pair, found {found!r:.60}")


def _bytes(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != SALT_BYTES or found.hex() != text:
        raise ValueError("expected 64 hexadecimal digits")
    return found

"""Keys of logs and witnesses, and their signatures (C2SP signed-note and tlog-cosignature, v1).

====  ==========================================================  ==============
kind  what is signed                                              signature
====  ==========================================================  ==============
1     the text of a note                                          Ed25519
4     a time, and the text of a checkpoint                        Ed25519
6     signer, time, origin, size and root of a checkpoint         ML-DSA-44
====  ==========================================================  ==============

Kinds 4 and 6 carry the time of signing, seconds since 1970 UTC, before the signature. A log signs with 1 and
6, a witness with 4 or 6. Signing and checking are those of ``cryptography``; Ed25519 is checked by the rule
that `wardbook.custody.ed25519` spells out.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from wardbook.custody.checkpoint import parse_checkpoint
from wardbook.custody.note import KEY_ID_BYTES, Signature, check_name, read_base64
from wardbook.custody.refused import Refused
from wardbook.custody.tree import LARGEST_SIZE

ED25519: Final = 0x01
ED25519_COSIGNATURE: Final = 0x04
MLDSA44_COSIGNATURE: Final = 0x06

_PUBLIC_BYTES = {ED25519: 32, ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1312}
_SIGNATURE_BYTES = {ED25519: 64, ED25519_COSIGNATURE: 64, MLDSA44_COSIGNATURE: 2420}
_SEED_BYTES = 32
_TIME_BYTES = 8
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - how the text of a secret key begins


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures: its name, kind and bytes."""

    name: str
    kind: int
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """SHA-256(name || newline || kind || public key), the first 4 bytes (signed-note, Signatures)."""
        whole = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(whole).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The verifier key, ``name+id+base64`` (signed-note, Verifier keys)."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @property
    def is_timed(self) -> bool:
        """Whether its signatures say when they were made."""
        return self.kind != ED25519

    def check(self, text: str, signature: bytes) -> None:
        """Raise `Refused` unless it is this key's signature of the text."""
        time, bare = self._parts(signature)
        message = _message(self.name, self.kind, time, text)
        try:
            if self.kind == MLDSA44_COSIGNATURE:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(bare, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(bare, message)
        except (InvalidSignature, ValueError) as error:
            raise Refused(f"the signature of {self.name}+{self.key_id.hex()} does not verify") from error

    def time_of(self, signature: bytes) -> int:
        """When a cosignature says it was made, seconds since 1970 UTC; 0 if it does not say."""
        return self._parts(signature)[0]

    def _parts(self, signature: bytes) -> tuple[int, bytes]:
        expected = _SIGNATURE_BYTES[self.kind] + (_TIME_BYTES if self.is_timed else 0)
        if len(signature) != expected:
            raise Refused(f"expected a signature of {expected} bytes of {self.name}, found {len(signature)}")
        if not self.is_timed:
            return 0, signature
        time = int.from_bytes(signature[:_TIME_BYTES], "big")
        if time > LARGEST_SIZE:
            raise Refused(f"the time of the signature of {self.name} is beyond 2^63 - 1")
        return time, signature[_TIME_BYTES:]


@dataclass(frozen=True)
class SecretKey:
    """A key that signs: its name, kind and 32 secret bytes (the seed of FIPS 204 or RFC 8032)."""

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @cached_property
    def public_key(self) -> PublicKey:
        """The key that checks its signatures."""
        if self.kind == MLDSA44_COSIGNATURE:
            public = MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key().public_bytes_raw()
        else:
            public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return PublicKey(self.name, self.kind, public)

    @property
    def text(self) -> str:
        """The secret key as a text, to be kept from everyone: ``PRIVATE+KEY+name+id+base64``."""
        seed = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_SECRET}{self.name}+{self.public_key.key_id.hex()}+{seed}"

    def sign(self, text: str, time: int = 0) -> Signature:
        """Its signature of a note's text; for kinds 4 and 6 of a checkpoint, at ``time``."""
        message = _message(self.name, self.kind, time, text)
        if self.kind == MLDSA44_COSIGNATURE:
            bare = MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(message)
        else:
            bare = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        key = self.public_key
        return Signature(
            self.name, key.key_id, time.to_bytes(_TIME_BYTES, "big") + bare if key.is_timed else bare
        )


def new_key(name: str, kind: int) -> SecretKey:
    """A fresh key, from the system's source of random bytes."""
    check_name(name)
    return SecretKey(name, kind, secrets.token_bytes(_SEED_BYTES))


def parse_public_key(text: str) -> PublicKey:
    """Read a verifier key; raises `Refused` unless it is in its one form, and its ID that of its bytes."""
    name, key_id, kind, public = _key_parts(text)
    if len(public) != _PUBLIC_BYTES[kind]:
        raise Refused(f"expected a public key of {_PUBLIC_BYTES[kind]} bytes, found {len(public)}")
    key = PublicKey(name, kind, public)
    if key.key_id.hex() != key_id:
        raise Refused(f"the key ID of {name} is {key.key_id.hex()}, not {key_id[:40]}")
    return key


def parse_secret_key(text: str) -> SecretKey:
    """Read a secret key's text; its words never stand in the message of a refusal."""
    if not text.startswith(_SECRET):
        raise Refused("a secret key begins with PRIVATE+KEY+")
    try:
        name, key_id, kind, seed = _key_parts(text.removeprefix(_SECRET))
    except Refused:
        raise Refused("expected PRIVATE+KEY+name+id+base64") from None
    if len(seed) != _SEED_BYTES:
        raise Refused(f"expected {_SEED_BYTES} secret bytes, found {len(seed)}")
    key = SecretKey(name, kind, seed)
    if key.public_key.key_id.hex() != key_id:
        raise Refused(f"the key ID of {name} is not that of its secret bytes")
    return key


def _key_parts(text: str) -> tuple[str, str, int, bytes]:
    name, plus, rest = text.partition("+")
    key_id, second, encoded = rest.partition("+")
    if not plus or not second:
        raise Refused(f"expected a key name+id+base64, found {text[:80]!r}")
    check_name(name)
    found = read_base64(encoded)
    if not found or found[0] not in _PUBLIC_BYTES:
        raise Refused(f"expected a key of kind 1, 4 or 6, found {found[0] if found else 'none'}")
    return name, key_id, found[0], found[1:]


def _message(name: str, kind: int, time: int, text: str) -> bytes:
    """The bytes that a signature of a kind is made over."""
    if kind == ED25519:
        return text.encode()
    point = parse_checkpoint(text)
    if kind == ED25519_COSIGNATURE:  # tlog-cosignature, Ed25519 signed message
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    if point.extensions:
        raise Refused("an ML-DSA-44 signature says nothing of extension lines: there must be none")
    parts = (  # tlog-cosignature, ML-DSA-44 signed message
        b"subtree/v1\n\0",
        _short(name),
        time.to_bytes(8, "big"),
        _short(point.origin),
        (0).to_bytes(8, "big"),
        point.size.to_bytes(8, "big"),
        point.root,
    )
    return b"".join(parts)


def _short(text: str) -> bytes:
    """Text with its length before it, in one byte (RFC 8446, 3.4)."""
    found = text.encode()
    if not 1 <= len(found) <= 255:
        raise Refused(f"expected a name of 1 to 255 bytes, found {len(found)}")
    return bytes([len(found)]) + found

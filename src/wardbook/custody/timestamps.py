"""Time stamps of authorities on checkpoints (RFC 3161; extra ``timestamps``).

A stamp says that an authority saw a digest at its own time. It is checked against the authority's
certificates that the reader gives, its own among them: those in the reply may be anybody's. Limits: the time
is the authority's word; whether its certificate was revoked is not asked; a thief of its key sets the time at
will. So take two authorities, and witnesses beside them. The checker insists on DER: replies whose sets are
not in order are refused, though some tools make them. A stamp is never named by its own hash, since bytes of
the certificates in it can be changed without harm to what is signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from wardbook.custody.refused import Refused
from wardbook.errors import WrongUseError

if TYPE_CHECKING:
    from rfc3161_client import Verifier

_MISSING = "time stamps need an extra; install it with: pip install 'wardbook[timestamps]'"


@dataclass(frozen=True)
class Stamp:
    """What a reply proves: when (UTC), by the authority of which name, under which policy (an OID)."""

    time: datetime
    authority: str
    policy: str


def make_request(content: bytes) -> bytes:
    """A request (DER) for a stamp on the SHA-256 of ``content``, with a nonce; to be sent or carried."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise WrongUseError(_MISSING) from error
    return TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()


def check_reply(reply: bytes, content: bytes, certificates: bytes) -> Stamp:
    """Check a reply (DER) on ``content`` against the authority's certificates (PEM, the root among them).

    Raises `Refused` for a reply that is none, is of something else, or is not the authority's.
    """
    return check_digest(reply, hashlib.sha256(content).digest(), certificates)


def check_digest(reply: bytes, digest: bytes, certificates: bytes) -> Stamp:
    """`check_reply` for a digest that is known already."""
    try:
        from rfc3161_client import VerificationError, decode_timestamp_response
    except ImportError as error:
        raise WrongUseError(_MISSING) from error
    try:
        decoded = decode_timestamp_response(reply)
    except ValueError as error:
        raise Refused(f"the reply is not one of RFC 3161 in DER ({error})") from error
    chain = _chain(certificates)
    own = [one for one in chain if _stamps(one)]
    if len(own) != 1:
        raise Refused(f"expected one certificate of the authority itself beside its root, found {len(own)}")
    try:
        info = decoded.tst_info
        if not _verifier(chain, own[0]).verify(decoded, digest):
            raise Refused("the stamp does not verify")
    except (VerificationError, ValueError) as error:
        raise Refused(f"the stamp does not verify ({error})") from error
    return Stamp(info.gen_time.astimezone(UTC), own[0].subject.rfc4514_string(), info.policy.dotted_string)


def _chain(certificates: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(certificates)
    except ValueError as error:
        raise Refused(f"the authority's certificates are not PEM ({error})") from error


def _verifier(chain: list[x509.Certificate], own: x509.Certificate) -> Verifier:
    from rfc3161_client import VerifierBuilder

    builder = VerifierBuilder().tsa_certificate(own)
    for one in chain:
        if one.issuer == one.subject:
            builder = builder.add_root_certificate(one)
        elif one != own:
            builder = builder.add_intermediate_certificate(one)
    return builder.build()


def _stamps(certificate: x509.Certificate) -> bool:
    """Whether a certificate is that of an authority itself (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage and not _is_ca(certificate)


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False

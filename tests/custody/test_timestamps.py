"""Time stamps: published replies, and a local authority made with OpenSSL."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.custody.vectors import folder
from wardbook.cli import main
from wardbook.custody.refused import Refused
from wardbook.custody.timestamps import check_digest, check_reply, make_request

rfc3161_client = pytest.importorskip("rfc3161_client", reason="the extra timestamps is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {place}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamp]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
"""


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def authority(place: Path, name: str) -> Path:
    """A root and a time-stamp certificate in a folder; gives its PEM file of certificates."""
    place.mkdir()
    config = place / "config"
    config.write_text(CONFIG.format(place=place), "utf-8")
    (place / "serial").write_text("01\n", "utf-8")
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", config, "-days", "30")
    _openssl(
        *new,
        "-extensions",
        "ca",
        "-subj",
        f"/CN={name} root",
        "-keyout",
        place / "ca.key",
        "-out",
        place / "ca.pem",
    )
    csr = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", config)
    _openssl(*csr, "-subj", f"/CN={name}", "-keyout", place / "tsa.key", "-out", place / "tsa.csr")
    signed = ("x509", "-req", "-in", place / "tsa.csr", "-CA", place / "ca.pem", "-CAkey", place / "ca.key")
    _openssl(
        *signed,
        "-CAcreateserial",
        "-days",
        "30",
        "-extfile",
        config,
        "-extensions",
        "stamp",
        "-out",
        place / "tsa.pem",
    )
    chain = place / "chain.pem"
    chain.write_bytes((place / "tsa.pem").read_bytes() + (place / "ca.pem").read_bytes())
    return chain


def stamp(place: Path, request: bytes) -> bytes:
    """The reply of an authority to a request."""
    (place / "request.tsq").write_bytes(request)
    keys = ("-signer", place / "tsa.pem", "-inkey", place / "tsa.key")
    _openssl(
        "ts",
        "-reply",
        "-config",
        place / "config",
        "-queryfile",
        place / "request.tsq",
        *keys,
        "-out",
        place / "reply.tsr",
    )
    return (place / "reply.tsr").read_bytes()


@needs_openssl
def test_a_stamp_of_a_local_authority_and_of_a_second_one(tmp_path: Path) -> None:
    content = b"a checkpoint"
    for name in ("one", "two"):
        chain = authority(tmp_path / name, name).read_bytes()
        found = check_reply(stamp(tmp_path / name, make_request(content)), content, chain)
        assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=5)
        assert (found.authority, found.policy) == (f"CN={name}", "1.2.3.4.1")


@needs_openssl
def test_another_content_authority_or_bytes_are_refused(tmp_path: Path) -> None:
    chain = authority(tmp_path / "one", "one").read_bytes()
    other = authority(tmp_path / "two", "two").read_bytes()
    reply = stamp(tmp_path / "one", make_request(b"a checkpoint"))
    for content, certificates in ((b"another", chain), (b"a checkpoint", other)):
        with pytest.raises(Refused, match="does not verify"):
            check_reply(reply, content, certificates)
    for bad, certificates, told in (
        (b"junk", chain, "not one of RFC 3161"),
        (reply[:-1], chain, "not one of RFC 3161"),
        (reply, b"junk", "not PEM"),
    ):
        with pytest.raises(Refused, match=told):
            check_reply(bad, b"a checkpoint", certificates)


@needs_openssl
def test_a_stamp_is_kept_on_the_log_of_a_book(tmp_path: Path) -> None:
    def run(*words: object, code: int = 0) -> str:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    book = tmp_path / "case.book"
    run("init", book, "--title", "A case")
    run("log", "stamp-request", book, "--out", tmp_path / "request.tsq")
    chain = authority(tmp_path / "one", "one")
    (tmp_path / "reply.tsr").write_bytes(stamp(tmp_path / "one", (tmp_path / "request.tsq").read_bytes()))
    told = run("log", "stamp", book, tmp_path / "reply.tsr", "--authority", chain, "--size", 1)
    assert "CN=one saw the checkpoint of 1 entries" in told
    assert "stamp" in run("log", "show", book)
    assert "CN=one" in run("log", "explain", book, 1)
    run("log", "stamp", book, tmp_path / "reply.tsr", "--authority", chain, "--size", 2, code=4)


# ---------------------------------------------------------------- published replies


def reply_of(place: Path, name: str) -> tuple[bytes, bytes]:
    reply = (place / name).read_bytes()
    digest = rfc3161_client.decode_timestamp_response(reply).tst_info.message_imprint.message
    return reply, digest


@pytest.mark.parametrize("name", ["response-sha256.tsr", "response-sha384.tsr", "response-sha512.tsr"])
def test_replies_of_a_public_authority(shared: Path, name: str) -> None:
    place = folder(shared) / "rfc3161" / "sigstage"
    reply, digest = reply_of(place, name)
    found = check_digest(reply, digest, (place / "ts_chain.pem").read_bytes())
    assert found.time.year >= 2024
    with pytest.raises(Refused):
        check_digest(reply, bytes(len(digest)), (place / "ts_chain.pem").read_bytes())


def test_a_certificate_put_into_a_reply_is_not_taken_for_the_authority(shared: Path) -> None:
    """The reply carries "Spoofed TSA": whose stamp it is, the certificates that the reader gave say."""
    place = folder(shared) / "rfc3161" / "test_tsa"
    reply, digest = reply_of(place, "response-injected-certs.tsr")
    assert (
        check_digest(reply, digest, (place / "ts_chain.pem").read_bytes()).authority
        == "CN=Test TSA Timestamping,O=local"
    )


def test_a_certificate_that_has_expired_since_does_not_undo_a_stamp(shared: Path) -> None:
    """Validity is judged at the stamp's own time; the limit stands in the words of the module."""
    place = folder(shared) / "rfc3161" / "sigstore.mock"
    reply, digest = reply_of(place, "response-expired.tsr")
    assert check_digest(reply, digest, (place / "ts_chain.pem").read_bytes()).time.year == 2023


@pytest.mark.parametrize(
    ("where", "name"), [("sigstage", "response-invalid-signature.tsr"), ("test_tsa", "other_response.tsr")]
)
def test_replies_that_are_to_be_refused(shared: Path, where: str, name: str) -> None:
    place = folder(shared) / "rfc3161" / where
    reply, digest = reply_of(place, name)
    with pytest.raises(Refused):
        check_digest(reply, digest, (place / "ts_chain.pem").read_bytes())


@pytest.mark.parametrize(
    ("where", "name"), [("test_tsa", "response.tsr"), ("sigstage", "response-no-embedded-cert.tsr")]
)
def test_replies_that_are_good(shared: Path, where: str, name: str) -> None:
    place = folder(shared) / "rfc3161" / where
    reply, digest = reply_of(place, name)
    check_digest(reply, digest, (place / "ts_chain.pem").read_bytes())

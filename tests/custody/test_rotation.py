"""Keys that follow each other, are revoked, or end; the cases of TUF's suite that have a meaning here."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.custody.keys import ED25519, ED25519_COSIGNATURE, SecretKey
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import (
    FREEZE,
    REVOKED,
    ROTATION,
    Statement,
    binding,
    check_freeze,
    check_revocation,
    check_rotation,
    keys_for,
    parse_statement,
)

ORIGIN = "wardbook/0011223344556677"
OLD, NEW, THIRD = (SecretKey(ORIGIN, ED25519, bytes([n]) * 32) for n in (1, 2, 3))
CUSTODIANS = [SecretKey(f"custodian.example/{n}", ED25519, bytes([10 + n]) * 32) for n in range(3)]
GUARDS = [key.public_key for key in CUSTODIANS]


def rotation(old: SecretKey, new: SecretKey, size: int) -> Statement:
    return Statement(ROTATION, ORIGIN, size, (old.public_key, new.public_key))


def test_a_rotation_is_signed_by_both_keys() -> None:
    whole = rotation(OLD, NEW, 50).signed(OLD, NEW)
    assert check_rotation(whole, OLD.public_key) == rotation(OLD, NEW, 50)
    for signers in ((OLD,), (NEW,), (NEW, THIRD)):
        with pytest.raises(Refused, match=r"both keys|no known key"):
            check_rotation(rotation(OLD, NEW, 50).signed(*signers), OLD.public_key)


def test_a_rotation_leads_away_from_the_trusted_key_to_another() -> None:
    with pytest.raises(Refused, match="away from the trusted"):
        check_rotation(rotation(NEW, THIRD, 50).signed(NEW, THIRD), OLD.public_key)
    with pytest.raises(Refused, match="the new key is the old"):
        check_rotation(rotation(OLD, OLD, 50).signed(OLD), OLD.public_key)
    with pytest.raises(Refused, match="away from the trusted"):
        check_rotation(Statement(FREEZE, ORIGIN, 5).signed(OLD), OLD.public_key)


def test_a_revocation_needs_so_many_custodians() -> None:
    revoked = Statement(REVOKED, ORIGIN, 40, (OLD.public_key,))
    assert check_revocation(revoked.signed(*CUSTODIANS[:2]), GUARDS, 2) == revoked
    with pytest.raises(Refused, match="2 custodians are to sign, and 1 did"):
        check_revocation(revoked.signed(CUSTODIANS[0]), GUARDS, 2)
    with pytest.raises(Refused, match="2 custodians are to sign, and 1 did"):
        check_revocation(revoked.signed(CUSTODIANS[0], CUSTODIANS[0]), GUARDS, 2)
    with pytest.raises(Refused, match="no known key"):
        check_revocation(revoked.signed(OLD), GUARDS, 1)
    for least in (0, 4):
        with pytest.raises(Refused, match="cannot be asked for"):
            check_revocation(revoked.signed(*CUSTODIANS), GUARDS, least)


def test_custodians_do_not_hold_the_log_s_key_and_twice_one_key_is_one_custodian() -> None:
    revoked = Statement(REVOKED, ORIGIN, 40, (OLD.public_key,))
    with pytest.raises(Refused, match="revokes no key"):
        check_revocation(revoked.signed(OLD, CUSTODIANS[0]), [OLD.public_key, GUARDS[0]], 2)
    twin = SecretKey("custodian.example/other", ED25519, CUSTODIANS[0].seed)
    with pytest.raises(Refused, match="2 custodians are to sign, and 1 did"):
        check_revocation(revoked.signed(CUSTODIANS[0], twin), [GUARDS[0], GUARDS[1], twin.public_key], 2)


def test_a_freeze_is_signed_by_the_log() -> None:
    assert check_freeze(Statement(FREEZE, ORIGIN, 9).signed(OLD), OLD.public_key).size == 9
    with pytest.raises(Refused, match="no known key"):
        check_freeze(Statement(FREEZE, ORIGIN, 9).signed(NEW), OLD.public_key)
    with pytest.raises(Refused, match="does not freeze"):
        check_freeze(Statement(FREEZE, "wardbook/other", 9).signed(OLD), OLD.public_key)


def names(size: int, *statements: Statement) -> list[SecretKey]:
    found = keys_for(size, OLD.public_key, statements)
    return [key for key in (OLD, NEW, THIRD) if key.public_key in found]


def test_which_key_holds_at_which_size() -> None:
    chain = (rotation(OLD, NEW, 50), rotation(NEW, THIRD, 80))
    assert [names(size, *chain) for size in (49, 50, 51, 80, 81)] == [
        [OLD],
        [OLD, NEW],
        [NEW],
        [NEW, THIRD],
        [THIRD],
    ]
    revoked = Statement(REVOKED, ORIGIN, 40, (OLD.public_key,))
    assert [names(size, revoked, *chain) for size in (40, 41, 50, 80)] == [[OLD], [], [], []]
    later = Statement(REVOKED, ORIGIN, 60, (OLD.public_key,))
    assert [names(size, *chain, later) for size in (50, 51, 81)] == [[OLD, NEW], [NEW], [THIRD]]
    frozen = Statement(FREEZE, ORIGIN, 90)
    assert [names(size, *chain, frozen) for size in (90, 91)] == [[THIRD], []]


def test_keys_do_not_turn_back() -> None:
    for chain in (
        (rotation(OLD, NEW, 50), rotation(NEW, THIRD, 40)),
        (rotation(OLD, NEW, 50), rotation(OLD, THIRD, 60)),
    ):
        with pytest.raises(Refused, match="does not follow"):
            keys_for(60, OLD.public_key, chain)
    with pytest.raises(Refused, match="at its end"):
        keys_for(60, OLD.public_key, (Statement(FREEZE, ORIGIN, 50), rotation(OLD, NEW, 50)))


def test_what_binds_whoever_knows_the_first_key() -> None:
    said = [
        rotation(OLD, NEW, 50).signed(OLD, NEW),
        rotation(NEW, THIRD, 80).signed(NEW, THIRD),
        Statement(FREEZE, ORIGIN, 90).signed(THIRD),
    ]
    assert [one.size for one in binding(OLD.public_key, said)] == [50, 80, 90]
    assert [one.size for one in binding(NEW.public_key, said)] == [80, 90], "trusted later, in person"
    assert [one.size for one in binding(OLD.public_key, [said[1], said[2]])] == [], "a link is missing"
    again = rotation(OLD, THIRD, 60).signed(OLD, THIRD)
    assert [one.size for one in binding(OLD.public_key, [said[0], again])] == [50], "the second of one key"
    after = rotation(THIRD, OLD, 95).signed(THIRD, OLD)
    assert [one.size for one in binding(OLD.public_key, [*said, after])] == [50, 80, 90], "after the end"


def test_what_a_thief_says_beyond_the_last_honest_size_binds_nobody() -> None:
    revoked = Statement(REVOKED, ORIGIN, 40, (OLD.public_key,)).signed(*CUSTODIANS[:2])
    stolen = [rotation(OLD, THIRD, 41).signed(OLD, THIRD), Statement(FREEZE, ORIGIN, 41).signed(OLD)]
    for one in stolen:
        for said in ([one, revoked], [revoked, one]):
            assert [found.kind for found in binding(OLD.public_key, said)] == [REVOKED]
    honest = rotation(OLD, NEW, 40).signed(OLD, NEW)
    assert [found.size for found in binding(OLD.public_key, [honest, revoked])] == [40, 40]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v1", "v2"),
        ("rotation", "rotate"),
        ("\n50\n", "\n050\n"),
        (ORIGIN + "\n50", "other\n50"),
        ("\n50\n", "\n50\n\n"),
    ],
)
def test_a_statement_is_read_strictly(old: str, new: str) -> None:
    with pytest.raises(Refused):
        parse_statement(rotation(OLD, NEW, 50).text.replace(old, new))


def test_only_ed25519_keys_of_the_origin_stand_in_a_statement() -> None:
    other = SecretKey(ORIGIN, ED25519_COSIGNATURE, bytes(32)).public_key
    with pytest.raises(Refused, match="Ed25519 keys of its origin"):
        parse_statement(Statement(REVOKED, ORIGIN, 1, (other,)).text)


@given(st.text(max_size=120))
def test_any_text_is_a_statement_or_refused(text: str) -> None:
    with suppress(Refused):
        parse_statement(text)

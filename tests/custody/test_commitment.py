"""Commitments: bound to every field, silent without salt, checkable in part."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.custody.commitment import (
    Shown,
    canonical,
    commit,
    field_commitment,
    field_salt,
    read_shown,
    show,
)

SALT = bytes(range(32))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
BODIES = st.dictionaries(st.text(max_size=6), VALUES, min_size=1, max_size=6)


def test_the_construction_word_by_word() -> None:
    body = {"who": "A. Reader", "n": 3}
    parts = []
    for name, text in (("who", b'["who","A. Reader"]'), ("n", b'["n",3]')):
        salt = hashlib.sha256(b"\x02" + SALT + name.encode()).digest()
        parts.append(hashlib.sha256(b"\x00" + salt + text).digest())
    whole = hashlib.sha256(b"\x01" + struct.pack(">I", 2) + b"".join(sorted(parts))).digest()
    assert commit(SALT, body) == whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'),
        ('€$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
    ],
)
def test_canonical_json_sorts_by_utf_16_and_escapes_little(value: Any, text: str) -> None:
    assert canonical(value).decode() == text


@pytest.mark.parametrize("value", [1.5, b"x", {1: 2}, object()])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_numbers_that_readers_of_json_round_and_broken_text_are_refused() -> None:
    for value in (2**53, "\ud800"):
        with pytest.raises(ValueError, match=r"larger|surrogate"):
            canonical(value)


@given(VALUES)
def test_canonical_json_is_json_and_says_the_same(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(BODIES, st.data())
def test_any_part_of_a_body_can_be_withheld_and_the_rest_checked(
    body: dict[str, Any], data: st.DataObject
) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(body))))
    shown = show(SALT, body, dict.fromkeys(names, "6(e)"))
    again = read_shown(json.loads(json.dumps(shown.words())))
    assert again.commitment == commit(SALT, body)
    assert set(again.fields) == set(body) - names
    assert len(again.fields) + len(again.withheld) == len(body)


@given(BODIES, VALUES, st.data())
def test_no_other_value_name_or_number_of_fields_fits(
    body: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(body)))
    whole = commit(SALT, body)
    shown = show(SALT, body)
    fields = dict(shown.fields)
    salt, old = fields[name]
    if canonical(old) != canonical(value):
        assert Shown({**fields, name: (salt, value)}).commitment != whole
    del fields[name]
    assert Shown(fields).commitment != whole
    assert Shown({**fields, name + "x": (salt, old)}).commitment != whole
    assert Shown(shown.fields, ((bytes(32), "added"),)).commitment != whole


def test_the_salt_of_one_field_does_not_open_another() -> None:
    """The commitment of a small value cannot be found by trying values without its salt."""
    salts = {field_salt(SALT, name) for name in ("plate", "phone")}
    assert len(salts) == 2
    assert field_commitment(field_salt(SALT, "plate"), "plate", "KJW 4411") != field_commitment(
        field_salt(SALT, "phone"), "plate", "KJW 4411"
    )


def test_a_field_that_is_not_there_cannot_be_withheld() -> None:
    with pytest.raises(KeyError, match="phone"):
        show(SALT, {"plate": "x"}, {"phone": "6(e)"})


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"fields": {}, "withheld": [["00", "x"]]},
        {"fields": {"a": ["AB" * 32, 1]}, "withheld": []},
        {"fields": 3},
    ],
)
def test_what_is_shown_is_read_strictly(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_shown(words)

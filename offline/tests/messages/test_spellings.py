"""base64url, base45 and JSON: one spelling each, and everything else refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.messages import Malformed, base45, base64url, strict_json


@given(raw=st.binary(max_size=80))
def test_base64url_reads_back(raw: bytes) -> None:
    text = base64url.encode(raw)

    assert base64url.decode(text) == raw
    assert base64.urlsafe_b64decode(text + "==") == raw


def test_each_byte_string_has_one_spelling() -> None:
    """256 bytes leave four bits of the last character unused: 15 other ones mean the same."""
    text = base64url.encode(bytes(range(256)))
    accepted = []
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        try:
            base64url.decode(text[:-1] + last)
        except Malformed:
            continue
        accepted.append(last)

    assert len(accepted) == 4
    assert text[-1] in accepted


@pytest.mark.parametrize(
    "text", ["A", "AA==", "AA=", "A A", "AA\n", "+/", "é", "AAAAA", "AB", "AAB"]
)
def test_other_base64_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        base64url.decode(text)


# The examples of RFC 9285.
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_base45_is_that_of_the_rfc(raw: bytes, text: str) -> None:
    assert base45.encode(raw) == text
    assert base45.decode(text) == raw


@given(raw=st.binary(max_size=80))
def test_base45_reads_back(raw: bytes) -> None:
    assert base45.decode(base45.encode(raw)) == raw


@pytest.mark.parametrize(
    "text", ["A", "GGW", "::", ":::", "bb8", "BB8A", "BB8\n12", "ÄB8", "BB8BB"]
)
def test_other_base45_is_refused(text: str) -> None:
    if text == "BB8BB":  # two characters for one byte: 11 + 45 * 11 is above 255
        assert 11 + 45 * 11 > 255
    with pytest.raises(Malformed):
        base45.decode(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)


@given(members=st.dictionaries(st.text(), _JSON, max_size=5))
def test_plain_objects_read_back(members: dict[str, Any]) -> None:
    assert strict_json.read(json.dumps(members).encode()) == members


@pytest.mark.parametrize(
    "raw",
    [
        b'{"amt":1,"amt":50000}',
        b'{"lim":{"vch":1,"vch":2}}',
        b'{"amt":1.0}',
        b'{"amt":1e3}',
        b'{"amt":-0.0}',
        b'{"amt":NaN}',
        b'{"amt":Infinity}',
        b'{"amt":' + b"9" * 5_000 + b"}",
        b'{"amt":01}',
        b"\xef\xbb\xbf{}",
        b'{"nam":"\xff"}',
        b'{"nam":"\xed\xa0\x80"}',
        '{"nam":"x"}'.encode("utf-16"),
        b'{"nam":"a\nb"}',
        b"{'nam':1}",
        b'{"nam":1,}',
        b'{"nam":1} {}',
        b"[]",
        b'"text"',
        b"null",
        b"",
        b"[" * 5_000,
        b'{"a":' * 5_000,
    ],
)
def test_other_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        strict_json.read(raw)

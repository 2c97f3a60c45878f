import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from config.api.parsers import DEEPEST, parse_object

numbers = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves, lambda below: st.lists(below) | st.dictionaries(texts, below), max_leaves=20
)


@given(body=st.dictionaries(texts, values), escaped=st.booleans())
def test_reads_what_json_writes(*, body: dict[str, Any], escaped: bool) -> None:
    assert parse_object(json.dumps(body, ensure_ascii=escaped).encode()) == body


@given(st.binary(max_size=60))
def test_reads_or_refuses_anything(raw: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse_object(raw), dict)


def test_numbers_are_exact() -> None:
    body = parse_object(b'{"a": 0.10, "b": 5000.00, "c": 1e3, "d": 9223372036854775807}')

    assert body["a"] == Decimal("0.10")
    assert str(body["b"]) == "5000.00"
    assert str(body["c"]) == "1E+3"
    assert body["d"] == 2**63 - 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{} {}",
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": .5}',
        b'{"a": 1_000}',
        '{"a": \uff15}'.encode(),
        b'{"a": 9223372036854775808}',
        b'{"a": ' + b"9" * 100_000 + b"}",
        b'{"a": 0.' + b"1" * 100 + b"}",
        b'{"a": 1e31}',
        b'{"a": 1e-31}',
        b'{"a": 1e999999999999}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": ["\\ud800"]}',
        b'{"a": {"b": "\\udc00 \\ud800"}}',
        b'{"a": "\x00"}',
        b'{"a": "\n"}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-32"),
        b'{"a": ' * 100_000,
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}",
    ],
    ids=lambda raw: raw[:24],
)
def test_refuses(raw: bytes) -> None:
    with pytest.raises(ParseError):
        parse_object(raw)


def test_escaped_pairs_are_text() -> None:
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_wide_is_not_deep() -> None:
    assert len(parse_object(json.dumps({"a": [{}] * 500}).encode())["a"]) == 500

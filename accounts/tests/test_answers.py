from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.answers import pack, unpack


@given(body=st.binary(max_size=5000))
def test_every_byte_comes_back(body: bytes) -> None:
    assert unpack(pack(body)) == body


@given(digits=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=20, max_size=20))
def test_usual_answer_takes_half_the_room(digits: str) -> None:
    body = (
        f'{{"reference":"TRF_{digits}","status":"completed","amount":"25.50","fee":"0.00",'
        '"currency":"NGN","source":"4880188899240","destination":"0259614362400",'
        '"description":"","metadata":{},"created_at":"2026-11-24T16:09:24.999472Z"}'
    ).encode()

    assert len(pack(body)) < len(body) / 2


def test_answer_kept_by_this_version_is_read_by_later_ones() -> None:
    """The dictionary must never change: answers kept with it are out there."""
    kept = bytes.fromhex("01c3e6505f0b735363e720f3088fb0203f27473f3f77ec4eaf0500")

    assert unpack(kept) == b'{"reference":"TRF_01M8753CR7XHVRNBANNG","status":"completed"}'


def test_answer_that_is_not_there_yet_is_empty() -> None:
    assert unpack(b"") == b""


@pytest.mark.parametrize("kept", [b"\x09abc", b"\x01\xff\xff"])
def test_damaged_answer_is_no_answer(kept: bytes) -> None:
    with pytest.raises((KeyError, zlib.error)):
        unpack(kept)

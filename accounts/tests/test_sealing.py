"""What is sealed opens in its place and nowhere else, whole or not at all."""

import os
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import SealBroken
from accounts.sealing import Keyring, Place, blind_index, key_id, parse_key

OLD, NEW = ("k1", bytes(range(32))), ("k2", bytes(range(32, 64)))
HERE = Place("accounts_user", "phone_sealed", 7)


@given(st.binary(max_size=200))
def test_what_is_sealed_opens(plain: bytes) -> None:
    ring = Keyring([NEW, OLD])
    sealed = ring.seal(plain, place=HERE)

    assert ring.open(sealed, place=HERE) == plain
    assert key_id(sealed) == "k2"
    assert sealed.startswith(ring.prefix)
    if len(plain) > 3:
        assert plain not in sealed


def test_no_two_seals_are_alike() -> None:
    ring = Keyring([NEW])

    assert len({ring.seal(b"x", place=HERE) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "there",
    [
        Place("accounts_user", "phone_sealed", 8),
        Place("accounts_user", "other", 7),
        Place("other", "phone_sealed", 7),
    ],
)
def test_moved_elsewhere_it_does_not_open(there: Place) -> None:
    ring = Keyring([NEW])
    sealed = ring.seal(b"+2348000", place=HERE)

    with pytest.raises(SealBroken) as refused:
        ring.open(sealed, place=there)
    assert "+2348000" not in str(refused.value)


def test_one_bit_changed_anywhere_and_it_does_not_open() -> None:
    ring = Keyring([NEW, OLD])
    sealed = ring.seal(b"+2348000", place=HERE)

    for index in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[index] ^= 1 << bit
            with pytest.raises(SealBroken):
                ring.open(bytes(changed), place=HERE)


def test_cut_short_it_does_not_open() -> None:
    ring = Keyring([NEW])
    sealed = ring.seal(b"+2348000", place=HERE)

    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            ring.open(sealed[:length], place=HERE)


def test_an_older_key_opens_and_a_key_that_is_gone_does_not() -> None:
    sealed = Keyring([OLD]).seal(b"x", place=HERE)

    assert Keyring([NEW, OLD]).open(sealed, place=HERE) == b"x"
    with pytest.raises(SealBroken, match="no key named 'k1'"):
        Keyring([NEW]).open(sealed, place=HERE)


def test_what_one_key_sealed_does_not_open_under_the_name_of_another() -> None:
    sealed = Keyring([OLD]).seal(b"x", place=HERE)

    with pytest.raises(SealBroken):
        Keyring([("k2", OLD[1])]).open(b"v1:k2:" + sealed[6:], place=HERE)


def test_a_keyring_is_read_newest_first() -> None:
    spelled = [f"{name}:{b64encode(key).decode()}" for name, key in (NEW, OLD)]

    ring = Keyring.parse(" , ".join(spelled))

    assert ring.current == "k2"
    assert ring.open(Keyring([OLD]).seal(b"x", place=HERE), place=HERE) == b"x"


GOOD = b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    "text",
    ["", "k1", "k1:", f":{GOOD}", f"a b:{GOOD}", f"k1:{GOOD[:-4]}", f"k1:{GOOD},k1:{GOOD}",
     "k1:" + "x" * 32, f"{'k' * 17}:{GOOD}"],
)  # fmt: skip
def test_weak_or_doubled_keys_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|Keys"):
        Keyring.parse(text)


def test_a_blind_index_finds_equal_values_of_one_purpose() -> None:
    key = parse_key(GOOD)

    index = blind_index("+2348000", key=key, purpose="phone")

    assert index == blind_index("+2348000", key=key, purpose="phone")
    assert index != blind_index("+2348000", key=key, purpose="bank")
    assert index != blind_index("+2348001", key=key, purpose="phone")
    assert index != blind_index("+2348000", key=os.urandom(32), purpose="phone")

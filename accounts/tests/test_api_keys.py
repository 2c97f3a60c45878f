import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.api_keys import PREFIX, RANDOM_BYTES, digest, hint_of, is_well_formed, spell

KEY = spell(bytes(range(RANDOM_BYTES)))


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_every_key_has_one_form(entropy: bytes) -> None:
    key = spell(entropy)

    assert re.fullmatch(r"sk_live_[0-9A-Za-z]{49}", key)
    assert is_well_formed(key)


@given(
    st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES),
    st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES),
)
def test_no_two_keys_are_spelled_alike(one: bytes, other: bytes) -> None:
    assert (spell(one) == spell(other)) == (one == other)


@given(st.integers(len(PREFIX), len(KEY) - 1), st.characters(codec="ascii"))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    mistyped = KEY[:place] + character + KEY[place + 1 :]

    assert is_well_formed(mistyped) == (mistyped == KEY)


@pytest.mark.parametrize(
    "text", ["", "sk_live_", KEY[:-1], KEY + "0", KEY.upper(), KEY[1:], f" {KEY}", "é" * len(KEY)]
)
def test_what_is_no_key_is_noticed(text: str) -> None:
    assert not is_well_formed(text)


def test_the_hint_gives_nothing_away_to_speak_of() -> None:
    assert hint_of(KEY) == KEY[:14]


def test_what_is_kept_depends_on_the_pepper() -> None:
    key = spell(secrets.token_bytes(RANDOM_BYTES))

    assert digest(key, pepper="a") == digest(key, pepper="a")
    assert digest(key, pepper="a") != digest(key, pepper="b")
    assert len(digest(key, pepper="a")) == 32

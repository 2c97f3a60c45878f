from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.api.cursors import BadCursor, Cursor, decode

KINDS = (datetime, UUID, int, str)
cursors = st.builds(
    lambda *values, newer: Cursor(values, newer),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40),
    newer=st.booleans(),
)


@given(cursors)
def test_round_trip(cursor: Cursor) -> None:
    assert decode(cursor.encode(), KINDS) == cursor


@given(cursors)
def test_is_of_one_list(cursor: Cursor) -> None:
    with pytest.raises(BadCursor):
        decode(cursor.encode(), (int,))


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text, KINDS)


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ((True,), (int,)),
        ((2**63,), (int,)),
        (("1",), (int,)),
        ((1,), (str,)),
        (("a\0b",), (str,)),
        (("2026-01-01T00:00:00",), (datetime,)),
        (("0001-01-01T00:00:00+14:00",), (datetime,)),
        (("not a uuid",), (UUID,)),
        ((), (int,)),
    ],
)
def test_wrong_values_are_refused(values: tuple[object, ...], kinds: tuple[type, ...]) -> None:
    with pytest.raises(BadCursor):
        decode(Cursor(values).encode(), kinds)  # type: ignore[arg-type]


def test_long_text_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode(Cursor(("x" * 2000,)).encode(), (str,))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.device.amounts import to_minor, to_text
from offline.device.errors import InvalidAmount


@given(minor=st.integers(0, 10**15), exponent=st.integers(0, 4))
def test_amounts_read_back(minor: int, exponent: int) -> None:
    assert to_minor(to_text(minor, exponent=exponent), exponent=exponent) == minor


@pytest.mark.parametrize(
    ("text", "exponent", "minor"), [("500", 2, 50_000), ("0.5", 2, 50), ("7", 0, 7), ("0", 2, 0)]
)
def test_amounts_may_be_short(text: str, exponent: int, minor: int) -> None:
    assert to_minor(text, exponent=exponent) == minor


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.", ".5", "1.001", "1e3", "1,000", " 1", "1\n", "٣", "9" * 16, "NaN"]
)
def test_other_texts_are_no_amounts(text: str) -> None:
    with pytest.raises(InvalidAmount):
        to_minor(text, exponent=2)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallets import numbers

twelve = st.text("0123456789", min_size=12, max_size=12)


@given(digits=twelve, place=st.integers(0, 12), shift=st.integers(1, 9))
def test_no_single_slip_makes_another_number(digits: str, place: int, shift: int) -> None:
    number = digits + numbers.check_digit(digits)
    slipped = list(number)
    slipped[place] = str((int(slipped[place]) + shift) % 10)

    assert numbers.is_valid(number)
    assert not numbers.is_valid("".join(slipped))


@pytest.mark.parametrize("number", ["7992739871300", "4539578763621"])
def test_luhn_is_the_usual_one(number: str) -> None:
    assert numbers.check_digit(number[:-1]) == _luhn(number[:-1])


def _luhn(digits: str) -> str:
    """The other way round: try each digit until the weighted sum divides by ten."""
    for last in "0123456789":
        weighted = [int(d) for d in reversed(digits + last)]
        total = sum(sum(divmod(2 * d, 10)) if i % 2 else d for i, d in enumerate(weighted))
        if total % 10 == 0:
            return last
    raise AssertionError


def test_drawn_numbers_are_valid_and_differ() -> None:
    drawn = [numbers.draw() for _ in range(200)]

    assert all(numbers.is_valid(number) for number in drawn)
    assert len(set(drawn)) == 200


@pytest.mark.parametrize("text", ["", "1234", "12345678901234", "\u0661" * 13, "00000000000 0"])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not numbers.is_valid(text)

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import AmountTooLarge, CurrencyMismatch, InvalidAmount, UnknownCurrency
from ledger.iso4217 import CURRENCIES
from ledger.money import LARGEST_MINOR, Money, currency

codes = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(-LARGEST_MINOR, LARGEST_MINOR)


@given(minor=minors, code=codes)
def test_what_is_written_reads_back(minor: int, code: str) -> None:
    money = Money(minor, currency(code))

    assert Money.of(money.decimal_string(), code) == money
    assert Decimal(money.decimal_string()) == Decimal(minor).scaleb(-currency(code).exponent)


@given(minor=minors, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_shares_lose_nothing_and_are_fair(minor: int, weights: list[int]) -> None:
    if not any(weights):
        weights[0] = 1

    shares = Money(minor, currency("NGN")).split(weights)

    assert sum(share.amount_minor for share in shares) == minor
    for share, weight in zip(shares, weights, strict=True):
        exact = Decimal(minor) * weight / sum(weights)
        assert abs(share.amount_minor - exact) < 1
        assert weight or not share


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_senseless_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"Weights|empty"):
        Money.of("1", "NGN").split(weights)


@pytest.mark.parametrize(
    ("code", "text", "minor"),
    [("NGN", "5000.00", 500000), ("NGN", "0.5", 50), ("JPY", "7", 7), ("KWD", "-1.234", -1234)],
)
def test_major_units_become_minor_ones(code: str, text: str, minor: int) -> None:
    assert Money.of(text, code).amount_minor == minor


@pytest.mark.parametrize(
    ("code", "amount"),
    [
        ("NGN", "1.001"),
        ("NGN", "1.000"),
        ("JPY", "1.0"),
        ("NGN", "1e3"),
        ("NGN", "NaN"),
        ("NGN", ""),
        ("NGN", "--1"),
        ("NGN", "1_0"),
        ("NGN", "\uff11"),
        ("NGN", Decimal("NaN")),
        ("NGN", "1\n"),
    ],
)
def test_what_is_no_amount_is_refused(code: str, amount: str | Decimal) -> None:
    with pytest.raises(InvalidAmount):
        Money.of(amount, code)


def test_more_than_64_bits_is_refused() -> None:
    assert Money.of("92233720368547758.07", "NGN").amount_minor == LARGEST_MINOR
    with pytest.raises(AmountTooLarge):
        Money.of("92233720368547758.08", "NGN")


@pytest.mark.parametrize("code", ["XXX", "XAU", "ngn", "", "NGNN", None])
def test_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        currency(code)


def test_currencies_do_not_mix() -> None:
    naira, dollar = Money.of("1", "NGN"), Money.of("1", "USD")

    for mix in (lambda: naira + dollar, lambda: naira - dollar, lambda: naira < dollar):
        with pytest.raises(CurrencyMismatch):
            mix()


@given(left=minors, right=minors)
def test_arithmetic_is_of_integers(left: int, right: int) -> None:
    a, b = Money(left, currency("USD")), Money(right, currency("USD"))

    assert (a + b).amount_minor == left + right
    assert (a - b).amount_minor == left - right
    assert (-a).amount_minor == -left
    assert (a < b, a <= b) == (left < right, left <= right)


def test_exponents_are_those_of_the_standard() -> None:
    exponents = {code: exponent for code, (exponent, _name) in CURRENCIES.items()}

    assert {code for code, exponent in exponents.items() if exponent == 3} == {
        "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND",
    }  # fmt: skip
    assert {code for code, exponent in exponents.items() if exponent == 4} == {"CLF", "UYW"}
    assert exponents["JPY"] == exponents["XOF"] == exponents["UGX"] == 0
    assert exponents["NGN"] == exponents["USD"] == exponents["MGA"] == 2

"""Exchanges are exact, and what is rounded is rounded for the house, by less than a unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import AmountTooLarge
from ledger.money import Money, currency
from wallets.errors import AmountTooSmall
from wallets.exchange import DIGITS, LARGEST_SPREAD, Terms, getting, giving, terms

# One currency of each exponent: 0, 2, 3 and 4.
CODES = ("JPY", "NGN", "KWD", "CLF")

codes = st.sampled_from(CODES)
rates = st.decimals("0.000001", "1000000", places=9)
spreads = st.integers(0, LARGEST_SPREAD)
amounts = st.integers(1, 10**14)


def exact(terms_: Terms, source: str, target: str) -> Fraction:
    """Minor units of the target for one of the source, at the customer's rate."""
    shift = currency(target).exponent - currency(source).exponent
    return Fraction(terms_.rate) * Fraction(10) ** shift


@given(codes, codes, rates, rates, spreads, amounts)
def test_giving_rounds_what_is_got_down_by_less_than_a_unit(
    source: str, target: str, a: Decimal, b: Decimal, spread: int, minor: int
) -> None:
    agreed = terms(source_per_pivot=a, target_per_pivot=b, spread_bp=spread)
    due = minor * exact(agreed, source, target)
    try:
        made = giving(Money(minor, currency(source)), currency(target), agreed)
    except AmountTooSmall:
        assert due < 1
        return
    except AmountTooLarge:
        assert due * 2 > 2**63 - 1
        return

    assert made.source.amount_minor == minor
    assert 0 <= due - made.target.amount_minor < 1
    assert made.earned.amount_minor >= 0


@given(codes, codes, rates, rates, spreads, amounts)
def test_getting_rounds_what_is_given_up_by_less_than_a_unit(
    source: str, target: str, a: Decimal, b: Decimal, spread: int, minor: int
) -> None:
    agreed = terms(source_per_pivot=a, target_per_pivot=b, spread_bp=spread)
    due = minor / exact(agreed, source, target)
    try:
        made = getting(Money(minor, currency(target)), currency(source), agreed)
    except AmountTooLarge:
        assert due * 2 > 2**63 - 1
        return

    assert made.target.amount_minor == minor
    assert 0 <= made.source.amount_minor - due < 1
    assert made.earned.amount_minor >= 0


@given(codes, codes, rates, rates, amounts)
def test_there_and_back_never_gains_even_without_a_spread(
    source: str, target: str, a: Decimal, b: Decimal, minor: int
) -> None:
    there = terms(source_per_pivot=a, target_per_pivot=b, spread_bp=0)
    back = terms(source_per_pivot=b, target_per_pivot=a, spread_bp=0)
    try:
        got = giving(Money(minor, currency(source)), currency(target), there).target
        again = giving(got, currency(source), back).target
    except (AmountTooSmall, AmountTooLarge):
        return

    assert again.amount_minor <= minor


@given(rates, rates, spreads)
def test_rates_have_so_many_digits_and_are_rounded_down(
    a: Decimal, b: Decimal, spread: int
) -> None:
    agreed = terms(source_per_pivot=a, target_per_pivot=b, spread_bp=spread)

    assert len(agreed.mid.as_tuple().digits) <= DIGITS
    assert len(agreed.rate.as_tuple().digits) <= DIGITS
    assert Fraction(agreed.mid) <= Fraction(b) / Fraction(a)
    assert agreed.rate <= agreed.mid
    assert agreed.rate > 0


def test_an_example_by_hand() -> None:
    agreed = terms(source_per_pivot=Decimal(1), target_per_pivot=Decimal("1500.00"), spread_bp=100)

    made = giving(Money.of("100.00", "USD"), currency("NGN"), agreed)

    assert (agreed.mid, agreed.rate) == (Decimal(1500), Decimal(1485))
    assert (str(made.target), str(made.earned)) == ("148500.00 NGN", "1500.00 NGN")
    back = getting(Money.of("148500.00", "NGN"), currency("USD"), agreed)
    assert str(back.source) == "100.00 USD"


def test_less_than_a_unit_is_refused() -> None:
    agreed = terms(source_per_pivot=Decimal(1500), target_per_pivot=Decimal(1), spread_bp=0)

    with pytest.raises(AmountTooSmall):
        giving(Money.of("0.01", "NGN"), currency("USD"), agreed)


def test_more_than_a_balance_holds_is_refused() -> None:
    agreed = terms(source_per_pivot=Decimal(1), target_per_pivot=Decimal(1500), spread_bp=0)

    with pytest.raises(AmountTooLarge):
        giving(Money(2**62, currency("USD")), currency("NGN"), agreed)

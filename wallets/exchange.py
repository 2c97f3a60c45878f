"""What an exchange gives: exact, and rounded in the house's favour. Pure.

A rate is how many major units of the target one major unit of the source is worth. Rates have
15 significant digits and are rounded down, so that changing there and back never gains.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from ledger.errors import AmountTooLarge
from ledger.money import LARGEST_MINOR, Currency, Money
from wallets.errors import AmountTooSmall

DIGITS = 15
LARGEST_SPREAD = 2_000  # basis points

_DOWN = Context(prec=DIGITS, rounding=ROUND_FLOOR)
_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Terms:
    """What one unit costs: `mid` by the source of rates, `rate` for the customer."""

    mid: Decimal
    rate: Decimal
    spread_bp: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is given and got; `worth` is what is given at the middle rate, in the target.

    `worth` less `target` is what the house earns, never less than nothing.
    """

    source: Money
    target: Money
    worth: Money

    @property
    def earned(self) -> Money:
        return self.worth - self.target


def terms(*, source_per_pivot: Decimal, target_per_pivot: Decimal, spread_bp: int) -> Terms:
    """Return the rates between two currencies from what one unit of a third is in each."""
    mid = _rounded(Fraction(target_per_pivot) / Fraction(source_per_pivot))
    return Terms(mid, _rounded(Fraction(mid) * (_WHOLE - spread_bp) / _WHOLE), spread_bp)


def giving(source: Money, target: Currency, agreed: Terms) -> Exchange:
    """What a customer gets for `source`; the target is rounded down.

    Raises `AmountTooSmall` for less than one minor unit, and `AmountTooLarge`.
    """
    got = _floor(_ratio(source.currency, target, agreed.rate) * source.amount_minor)
    return _exchange(source, Money(got, target), agreed)


def getting(target: Money, source: Currency, agreed: Terms) -> Exchange:
    """What a customer gives for `target`; the source is rounded up. Raises as `giving` does."""
    asked = target.amount_minor / _ratio(source, target.currency, agreed.rate)
    return _exchange(Money(-_floor(-asked), source), target, agreed)


def rate_text(rate: Decimal) -> str:
    """Write a rate in plain decimals, without trailing zeros."""
    return format(rate.normalize(), "f")


def _exchange(source: Money, target: Money, agreed: Terms) -> Exchange:
    at_mid = _ratio(source.currency, target.currency, agreed.mid) * source.amount_minor
    worth = Money(_floor(at_mid), target.currency)
    if min(source.amount_minor, target.amount_minor) <= 0:
        raise AmountTooSmall
    if max(source.amount_minor, worth.amount_minor) > LARGEST_MINOR:
        raise AmountTooLarge
    return Exchange(source, target, worth)


def _ratio(source: Currency, target: Currency, rate: Decimal) -> Fraction:
    """Minor units of the target for one of the source."""
    return Fraction(rate) * Fraction(10) ** (target.exponent - source.exponent)


def _rounded(rate: Fraction) -> Decimal:
    return _DOWN.divide(Decimal(rate.numerator), Decimal(rate.denominator))


def _floor(number: Fraction) -> int:
    return number.numerator // number.denominator

"""Exact money: an integer of minor units and a currency, and nothing that rounds by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ledger.errors import AmountTooLarge, CurrencyMismatch, InvalidAmount, UnknownCurrency
from ledger.iso4217 import CURRENCIES

LARGEST_MINOR = 2**63 - 1

# Plain decimals in ASCII digits: no sign but minus, no exponent, no spaces, no separators.
_DECIMAL = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency; `exponent` is the number of decimals of its minor unit."""

    code: str
    exponent: int
    name: str

    def __str__(self) -> str:
        return self.code


@cache
def currency(code: str) -> Currency:
    """Return the currency of an ISO 4217 code in capitals; raises `UnknownCurrency`."""
    try:
        exponent, name = CURRENCIES[code]
    except (KeyError, TypeError):
        raise UnknownCurrency(f"{code!r} is not an ISO 4217 currency code.") from None
    return Currency(code, exponent, name)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount, positive, negative or zero. Arithmetic refuses to mix currencies."""

    amount_minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: str | Decimal | int, code: str) -> Money:
        """Read an amount in major units, such as `"5000.00"`.

        Raises `InvalidAmount` for anything but plain decimals, and for more decimals than the
        currency has (trailing zeros count: JPY has no `"1.0"`); `AmountTooLarge`;
        `UnknownCurrency`.
        """
        unit = currency(code)
        text = format(amount, "f") if isinstance(amount, Decimal) else str(amount)
        if not _DECIMAL.fullmatch(text):
            raise InvalidAmount(f"{text[:40]!r} is not a decimal amount.")
        whole, _, fraction = text.partition(".")
        if len(fraction) > unit.exponent:
            raise InvalidAmount(f"{unit.code} has {unit.exponent} decimals, not {len(fraction)}.")
        minor = int(whole + fraction.ljust(unit.exponent, "0"))
        if abs(minor) > LARGEST_MINOR:
            raise AmountTooLarge(f"{text} {unit.code} is more than a balance can hold.")
        return cls(minor, unit)

    def decimal_string(self) -> str:
        """Write the amount in major units with all the currency's decimals: `"5000.00"`."""
        exponent = self.currency.exponent
        sign = "-" if self.amount_minor < 0 else ""
        digits = str(abs(self.amount_minor)).rjust(exponent + 1, "0")
        if not exponent:
            return f"{sign}{digits}"
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share the amount by weights without losing a unit.

        The units that do not divide go one each to the first shares of weight above zero.
        Raises `ValueError` unless the weights are non-negative and one is positive.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("Weights must be non-negative and not all zero.")
        sign = -1 if self.amount_minor < 0 else 1
        units = abs(self.amount_minor)
        shares = [units * weight // total for weight in weights]
        left = units - sum(shares)
        for index, weight in enumerate(weights):
            if left and weight:
                shares[index] += 1
                left -= 1
        return [Money(sign * share, self.currency) for share in shares]

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount_minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    def __str__(self) -> str:
        return f"{self.decimal_string()} {self.currency.code}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")
        return other.amount_minor

"""Rates of one source at one time, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from ledger.iso4217 import CURRENCIES
from wallets.errors import RatesNotValid

LARGEST_FILE = 1_000_000  # bytes

_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,18})?")
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rates` are how much of each currency one unit of `pivot` is worth; the pivot's is 1."""

    source: str
    pivot: str
    as_of: datetime
    rates: dict[str, Decimal]

    @classmethod
    def of(
        cls, *, source: str, pivot: str, as_of: datetime, written: Iterable[tuple[str, str]]
    ) -> Sheet:
        """Check what a source has written; raises `RatesNotValid`.

        Currencies that the ledger does not keep are left out.
        """
        if pivot not in CURRENCIES:
            raise RatesNotValid(f"{pivot[:10]!r} is no currency to give rates in.")
        if as_of.utcoffset() is None:
            raise RatesNotValid("The time of the rates has no offset from UTC.")
        rates = {pivot: Decimal(1)}
        for number, (code, text) in enumerate(written):
            if number >= _MOST:
                raise RatesNotValid("Too many rates.")
            if code == pivot or code in rates:
                raise RatesNotValid(f"{code[:10]} has two rates.")
            if code in CURRENCIES:
                rates[code] = _rate(code, text)
        if len(rates) < 2:
            raise RatesNotValid("There are no rates.")
        return cls(source, pivot, as_of.astimezone(UTC), rates)


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant; raises `RatesNotValid`."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise RatesNotValid(f"{text[:40]!r} is not an instant.") from None


def _rate(code: str, text: str) -> Decimal:
    if not _PLAIN.fullmatch(text) or not (rate := Decimal(text)):
        raise RatesNotValid(f"{text[:40]!r} is not a rate of {code}: plain decimals above zero.")
    return rate

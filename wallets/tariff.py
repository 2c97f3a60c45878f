"""What holds at an instant: fees and limits, remembered by each process for half a minute.

That is safe since no rule holds before a minute after it was approved: whoever remembers the
rules of then knows what will hold, and from when.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from ledger.calls import call_all
from ledger.money import Money
from wallets.fees import Band, fee_minor, read_bands
from wallets.limits import ANY, BALANCE, TIERS, UNLIMITED, Limits

_REMEMBERED_SECONDS = 30

# For each thing what holds now or will, and nothing older.
_FEES = """
    SELECT operation, currency, role, effective_from, bands FROM wallets_feerule r
    WHERE status = 'approved' AND NOT EXISTS (
        SELECT FROM wallets_feerule n
        WHERE n.status = 'approved' AND n.effective_from <= now()
          AND (n.operation, n.currency, n.role) = (r.operation, r.currency, r.role)
          AND (n.effective_from, n.id) > (r.effective_from, r.id))
    ORDER BY effective_from DESC, id DESC
"""
_LIMITS = """
    SELECT operation, currency, tier, effective_from,
           each_minor, day_count, day_minor, month_count, month_minor
    FROM wallets_limitrule r
    WHERE status = 'approved' AND NOT EXISTS (
        SELECT FROM wallets_limitrule n
        WHERE n.status = 'approved' AND n.effective_from <= now()
          AND (n.operation, n.currency, n.tier) = (r.operation, r.currency, r.tier)
          AND (n.effective_from, n.id) > (r.effective_from, r.id))
    ORDER BY effective_from DESC, id DESC
"""

Rule = TypeVar("Rule")


@dataclass(slots=True)
class _Dated(Generic[Rule]):
    """Rules about many things, each with the instant from which it holds, latest first."""

    by_key: dict[tuple[str, str, str | int], list[tuple[datetime, Rule]]] = field(
        default_factory=dict
    )

    def add(self, key: tuple[str, str, str | int], since: datetime, rule: Rule) -> None:
        self.by_key.setdefault(key, []).append((since, rule))

    def at(self, keys: Sequence[tuple[str, str, str | int]], instant: datetime) -> Rule | None:
        """Return what holds for the first key that has a rule at this instant."""
        for key in keys:
            for since, rule in self.by_key.get(key, ()):
                if since <= instant:
                    return rule
        return None


@dataclass(frozen=True, slots=True)
class _Rules:
    fees: _Dated[tuple[Band, ...]]
    limits: _Dated[Limits]
    read_at: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What an operation costs its payer and must stay within, as of the instant of its order.

    `limits` are five numbers as `Limits.as_list` gives them, `ceilings` one a tier; None where
    there are none.
    """

    fee: Money
    limits: list[int | None] | None = None
    ceilings: list[int | None] | None = None


_remembered: _Rules | None = None


def forget() -> None:
    """Read the rules anew when they are next asked for."""
    global _remembered  # noqa: PLW0603 -- one set of rules for the process
    _remembered = None


def terms(*, operation: str, amount: Money, tier: int, role: str, at: datetime) -> Terms:
    """Return the fee, the payer's limits and everybody's ceilings for one operation."""
    code = amount.currency.code
    limits = limits_of(operation=operation, currency=code, tier=tier, at=at)
    return Terms(
        fee=quote_fee(operation=operation, amount=amount, role=role, at=at),
        limits=limits.as_list() if limits else None,
        ceilings=ceilings(code, at=at),
    )


def quote_fee(*, operation: str, amount: Money, role: str, at: datetime) -> Money:
    """Return what an operation costs somebody of a role, in the amount's currency.

    What is charged is this very number: there is no other way to a fee.
    """
    code = amount.currency.code
    keys = [
        (name, currency, who)
        for name in (operation, ANY)
        for currency in (code, ANY)
        for who in (role, ANY)
    ]
    bands = _rules().fees.at(keys, at) or ()
    return Money(fee_minor(bands, amount.amount_minor), amount.currency)


def limits_of(*, operation: str, currency: str, tier: int, at: datetime) -> Limits:
    """Return how much of an operation somebody of a tier may do; false when it is unlimited."""
    keys = [(name, code, tier) for name in (operation, ANY) for code in (currency, ANY)]
    return _rules().limits.at(keys, at) or UNLIMITED


def ceilings(currency: str, *, at: datetime) -> list[int | None] | None:
    """Return how much a wallet may hold, by tier, in minor units; None when nobody is limited."""
    limits = _rules().limits
    keys = [[(BALANCE, code, tier) for code in (currency, ANY)] for tier in range(TIERS)]
    most = [(limits.at(key, at) or UNLIMITED).each_minor for key in keys]
    return most if any(limit is not None for limit in most) else None


def _rules() -> _Rules:
    global _remembered  # noqa: PLW0603 -- one set of rules for the process
    now = time.monotonic()
    if _remembered is None or now - _remembered.read_at > _REMEMBERED_SECONDS:
        _remembered = _Rules(_read_fees(), _read_limits(), now)
    return _remembered


def _read_fees() -> _Dated[tuple[Band, ...]]:
    fees: _Dated[tuple[Band, ...]] = _Dated()
    for operation, currency, role, since, bands in call_all(_FEES, []):
        fees.add((operation, currency, role), since, read_bands(bands))
    return fees


def _read_limits() -> _Dated[Limits]:
    limits: _Dated[Limits] = _Dated()
    for operation, currency, tier, since, *numbers in call_all(_LIMITS, []):
        limits.add((operation, currency, tier), since, Limits(*numbers))
    return limits

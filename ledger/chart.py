"""The chart of accounts: which accounts there are, by name.

A name is injective: two different accounts never share a code, since no part of a code may
hold the separator. Customer money is what we owe (liabilities); what providers and banks keep
for us is what we own (assets).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ASSET = "asset"
LIABILITY = "liability"
EQUITY = "equity"
INCOME = "income"
EXPENSE = "expense"
KINDS = (ASSET, LIABILITY, EQUITY, INCOME, EXPENSE)

# Accounts that half the platform posts to are kept as this many rows, so that writers do not
# queue behind one another; the balance is the sum of the rows.
SHARDS = 16

_PART = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An account of the chart. `shards` rows stand for it in the database."""

    code: str
    kind: str
    currency: str
    shards: int = 1


def wallet(number: str, currency: str) -> ChartAccount:
    """What we owe the holder of a wallet."""
    return _account(LIABILITY, 1, currency, "wallet", number)


def clearing(provider: str, currency: str) -> ChartAccount:
    """What a provider has collected for us and not yet settled to our bank."""
    return _account(ASSET, SHARDS, currency, "clearing", provider)


def bank(name: str, currency: str) -> ChartAccount:
    """Money at a bank of ours."""
    return _account(ASSET, SHARDS, currency, "bank", name)


def fees(currency: str) -> ChartAccount:
    """What customers paid for our services."""
    return _account(INCOME, SHARDS, currency, "fees")


def provider_costs(provider: str, currency: str) -> ChartAccount:
    """What a provider kept of the money that went through it."""
    return _account(EXPENSE, SHARDS, currency, "provider-costs", provider)


def fx_position(currency: str) -> ChartAccount:
    """What the platform holds, or is short of, in a currency through conversions."""
    return _account(ASSET, SHARDS, currency, "fx-position")


def fx_spread(currency: str) -> ChartAccount:
    """What conversions earned."""
    return _account(INCOME, SHARDS, currency, "fx-spread")


def in_transit(currency: str) -> ChartAccount:
    """Money that left its sender and has not reached its receiver."""
    return _account(LIABILITY, SHARDS, currency, "in-transit")


def offline_hold(certificate: str, currency: str) -> ChartAccount:
    """Money set aside for one offline certificate."""
    return _account(LIABILITY, 1, currency, "offline-hold", certificate)


def offline_reserve(currency: str) -> ChartAccount:
    """The platform's own money that covers offline losses; it never falls below zero."""
    return _account(EQUITY, 1, currency, "offline-reserve")


def offline_receivable(wallet_number: str, currency: str) -> ChartAccount:
    """What the holder of a wallet owes us because the reserve paid for what they spent twice."""
    return _account(ASSET, 1, currency, "offline-receivable", wallet_number)


def offline_claims(currency: str) -> ChartAccount:
    """The other side of receivables: nobody counts on them until they are paid."""
    return _account(EQUITY, 1, currency, "offline-claims")


def adjustments(currency: str) -> ChartAccount:
    """The other side of every correction made by hand."""
    return _account(EQUITY, SHARDS, currency, "adjustments")


def opening(currency: str) -> ChartAccount:
    """The other side of money that was there before the books: demo and benchmark balances."""
    return _account(EQUITY, SHARDS, currency, "opening")


def _account(kind: str, shards: int, currency: str, *parts: str) -> ChartAccount:
    for part in (*parts, currency):
        if not _PART.fullmatch(part):
            raise ValueError(f"{part!r} cannot be part of an account's code.")
    return ChartAccount(":".join((*parts, currency)), kind, currency, shards)

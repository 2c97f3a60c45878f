"""Accounts and entries for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from ledger import chart
from ledger.entries import Entry, Line
from ledger.models import LedgerAccount
from ledger.operations import open_account, open_customer_account, post

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def customer(holding: int = 0, *, currency: str = "NGN") -> int:
    """Open a customer's account that holds `holding` minor units, and return its id.

    Not named for a wallet: whose such accounts are is proved by those who have wallets.
    """
    code = f"customer:{uuid4().hex}:{currency}"
    account_id = open_customer_account(chart.ChartAccount(code, chart.LIABILITY, currency))
    if holding:
        post(entry(opening(currency), account_id, holding))
    return account_id


def opening(currency: str = "NGN") -> int:
    """Return a row of the account that opening balances come from."""
    return open_account(chart.opening(currency))[0]


def entry(source: int, target: int, amount: int, reference: str = "") -> Entry:
    """Move `amount` minor units from one account to another."""
    return Entry(
        reference=reference or f"TST_{uuid4().hex}",
        kind="transfer",
        lines=(Line(source, -amount, "transfer_out"), Line(target, amount, "transfer_in")),
        occurred_at=NOON,
    )


def balance(account_id: int) -> int:
    return LedgerAccount.objects.values_list("balance_minor", flat=True).get(pk=account_id)

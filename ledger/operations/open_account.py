from __future__ import annotations

from django.db import connection

from ledger.chart import ChartAccount
from ledger.models import NO_FLOOR


def open_account(account: ChartAccount, *, floor_minor: int = NO_FLOOR) -> tuple[int, ...]:
    """Open an account of the platform unless it is open, and return the ids of its rows."""
    return _open(account, floor_minor=floor_minor, system=True)


def open_customer_account(account: ChartAccount) -> int:
    """Open the account of a customer, which never falls below zero, and return its id."""
    return _open(account, floor_minor=0, system=False)[0]


def _open(account: ChartAccount, *, floor_minor: int, system: bool) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_open_account(%s, %s, %s, %s, %s, %s)",
            [
                account.code,
                account.kind,
                account.currency,
                floor_minor,
                account.shards,
                system,
            ],
        )
        (ids,) = cursor.fetchone()
    return tuple(ids)

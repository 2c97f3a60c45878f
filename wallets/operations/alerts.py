from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from events.operations import append_event
from ledger.money import Money
from wallets.errors import CurrencyMismatch, WalletClosed
from wallets.models import BalanceAlert, Wallet, WalletStatus

# Writes how each alert stands now where that has changed, and says what has. Who comes second
# waits for the row, and finds that nothing has changed.
_JUDGE = """
    UPDATE wallets_balancealert b
       SET is_below = n.is_below, is_above = n.is_above
      FROM (SELECT t.wallet_id,
                   coalesce(a.balance_minor - a.held_minor < t.below_minor, false) AS is_below,
                   coalesce(a.balance_minor - a.held_minor > t.above_minor, false) AS is_above,
                   t.is_below AS was_below, t.is_above AS was_above, w.number, w.owner_id
              FROM wallets_balancealert t
              JOIN ledger_ledgeraccount a ON a.id = t.wallet_id
              JOIN wallets_wallet w ON w.account_id = t.wallet_id
             WHERE t.is_below <> coalesce(a.balance_minor - a.held_minor < t.below_minor, false)
                OR t.is_above <> coalesce(a.balance_minor - a.held_minor > t.above_minor, false)
             ORDER BY t.wallet_id LIMIT %(limit)s) n
     WHERE b.wallet_id = n.wallet_id AND b.is_below = n.was_below AND b.is_above = n.was_above
    RETURNING n.number, n.owner_id, n.is_below AND NOT n.was_below, n.is_above AND NOT n.was_above
"""


def set_alerts(
    *, wallet: Wallet, below: Money | None, above: Money | None, at: datetime
) -> BalanceAlert:
    """Say of what the owner of a wallet wants to be told; None for what they do not.

    How it stands now is told as soon as `judge_alerts` looks, and then each crossing. Raises
    `CurrencyMismatch`, `WalletClosed`.
    """
    if wallet.status == WalletStatus.CLOSED:
        raise WalletClosed
    if any(money and money.currency.code != wallet.currency for money in (below, above)):
        raise CurrencyMismatch
    alert, _ = BalanceAlert.objects.update_or_create(
        wallet=wallet,
        defaults={
            "below_minor": below.amount_minor if below else None,
            "above_minor": above.amount_minor if above else None,
            "is_below": False,
            "is_above": False,
            "set_at": at,
        },
    )
    return alert


def judge_alerts(*, limit: int = 1000) -> int:
    """Look at what wallets have available, and tell each crossing once; returns how many.

    Postings do not pay for it: an amount that was crossed both ways between two looks is not
    told.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_JUDGE, {"limit": limit})
            crossed = cursor.fetchall()
        for number, owner_id, fell, rose in crossed:
            for happened, kind in ((fell, "wallet.balance_below"), (rose, "wallet.balance_above")):
                if happened:
                    append_event(type=kind, subject=number, owner_id=owner_id, data={})
    return len(crossed)

from __future__ import annotations

from datetime import datetime

from django.db import connection

from events.operations import append_event
from ledger.operations import release
from wallets import locks
from wallets.errors import HoldNotOpen, OutsideTransaction
from wallets.models import Hold, HoldStatus


def release_hold(*, hold: Hold, at: datetime, reason: str) -> Hold:
    """Close a hold and make what is left of it available again, though the wallet be frozen.

    One whose time was over at `at` has expired, whoever closes it. Must run inside a
    transaction, until whose end nobody else can spend the money. Raises `HoldNotOpen`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    locked = locks.lock_hold(hold.pk)
    if locked.status != HoldStatus.OPEN:
        raise HoldNotOpen

    locked.closed_at = release(account_id=locked.wallet_id, amount_minor=locked.remaining_minor)
    locked.status = HoldStatus.EXPIRED if locked.is_over(at) else HoldStatus.RELEASED
    locked.closed_reason = reason
    locked.save(update_fields=["status", "closed_at", "closed_reason"])
    append_event(
        type=f"hold.{locked.status}",
        subject=locked.reference,
        owner_id=locked.wallet.owner_id,
        data={"wallet": locked.wallet.number, "reason": reason},
    )
    return locked

from __future__ import annotations

from datetime import datetime

from django.db import connection

from payments import locks
from payments.errors import PayoutNotPending
from payments.models import Payout
from payments.operations.conclude_payout import end_unpaid
from wallets.errors import OutsideTransaction


def cancel_payout(*, payout_id: int, now: datetime) -> Payout:
    """Take a payout back that was not sent; its money is available again at once.

    Must run inside a transaction. Raises `PayoutNotPending` once it was sent or has ended.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    payout = locks.payout(payout_id)
    if payout.status != Payout.Status.PENDING:
        raise PayoutNotPending(payout.reference, payout.status)

    end_unpaid(payout, Payout.Status.CANCELLED, "by_its_owner", now)

    return payout

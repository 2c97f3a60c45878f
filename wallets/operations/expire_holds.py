from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from wallets import hold_queries
from wallets.errors import HoldNotOpen
from wallets.models import Hold
from wallets.operations.release_hold import release_hold

MOST = 10_000


def expire_holds(
    *, now: datetime, limit: int = MOST, each: Callable[[Hold], None] | None = None
) -> int:
    """Release every hold whose time is over, each in a transaction of its own; returns how many.

    Safe twice and beside another one: whoever comes second finds the hold closed. `each` is
    told of every one released.
    """
    done = 0
    for hold in hold_queries.holds_to_expire(now=now, limit=limit):
        try:
            with transaction.atomic(durable=True):
                expired = release_hold(hold=hold, at=now, reason="expired")
        except HoldNotOpen:
            continue
        done += 1
        if each:
            each(expired)
    return done

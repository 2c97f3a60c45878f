from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from payments.models import Payout
from payments.operations.send_payout import send_payout
from payments.operations.settle_payout import settle_payout
from payments.providers.registry import provider


def recover_payouts(
    *, payouts: Iterable[Payout], now: datetime, each: Callable[[Payout, str], None]
) -> int:
    """Take up payouts now, whatever their next time: send the pending ones that are due, and ask
    what became of the others.

    `each` hears of every one and what came of it. Returns how many still have not ended, or
    contradict their provider.
    """
    left = 0
    for payout in payouts:
        came_of = _recover(payout, now)
        payout.refresh_from_db()
        left += bool(payout.is_open or payout.mismatch)
        each(payout, came_of)
    return left


def _recover(payout: Payout, now: datetime) -> str:
    asked = provider(payout.provider)
    if payout.sent_at is None:
        sent = send_payout(payout_id=payout.pk, provider=asked, now=now)
        return "not due" if sent is None else "sent"
    found = settle_payout(payout_id=payout.pk, provider=asked, now=now)
    return f"{found.finding} {found.reason}".strip()

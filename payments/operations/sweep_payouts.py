from __future__ import annotations

from datetime import datetime

from django.db import transaction

from payments import locks, queries
from payments.models import Payout
from payments.operations.send_payout import LEASE, send_payout
from payments.operations.settle_payout import settle_payout
from payments.providers import patience
from payments.providers.registry import provider


def sweep_payouts(*, now: datetime, limit: int = 200) -> dict[str, str]:
    """Take up every payout whose time has come: send it, or ask what became of it.

    Returns what came of each, by reference. Safe twice and in parallel: each is taken up by one
    worker at a time, and passed over while its provider is away.
    """
    came_of = {}
    for due in queries.payouts_to_take_up(now=now, limit=limit):
        if patience.is_away(due.provider):
            continue
        result = _take_up(due, now)
        if result is not None:
            came_of[due.reference] = result
    return came_of


def _take_up(due: Payout, now: datetime) -> str | None:
    asked = provider(due.provider)
    if due.status == Payout.Status.PENDING:
        sent = send_payout(payout_id=due.pk, provider=asked, now=now)
        return None if sent is None else str(sent.status)
    with transaction.atomic(durable=True):
        if locks.claim_payout(payout_id=due.pk, now=now, lease=LEASE) is None:
            return None
    return str(settle_payout(payout_id=due.pk, provider=asked, now=now).finding)

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from payments import locks, queries
from payments.models import Refund
from payments.operations.send_refund import LEASE, send_refund, settle_refund
from payments.providers import patience
from payments.providers.registry import provider


def sweep_refunds(*, now: datetime, limit: int = 200) -> dict[str, str]:
    """Take up every refund whose time has come: ask for it, or ask what became of it.

    Returns what came of each, by reference. Safe twice and in parallel.
    """
    came_of = {}
    for due in queries.refunds_to_take_up(now=now, limit=limit):
        if patience.is_away(due.provider):
            continue
        result = _take_up(due, now)
        if result is not None:
            came_of[due.reference] = result
    return came_of


def _take_up(due: Refund, now: datetime) -> str | None:
    asked = provider(due.provider)
    if due.status == Refund.Status.PENDING:
        sent = send_refund(refund_id=due.pk, provider=asked, now=now)
        return None if sent is None else str(sent.status)
    with transaction.atomic(durable=True):
        if locks.claim_refund(refund_id=due.pk, now=now, lease=LEASE) is None:
            return None
    return str(settle_refund(refund_id=due.pk, provider=asked, now=now).finding)

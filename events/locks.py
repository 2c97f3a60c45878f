"""Every row lock and claim of events. An endpoint first, then its deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from events.models import DeliveryStatus, EventDelivery, EventRelay, WebhookEndpoint

# A few of each endpoint, so that one with a long queue keeps nobody waiting.
_DUE = """
    SELECT d.id FROM events_webhookendpoint e
    CROSS JOIN LATERAL (
        SELECT id, next_try_at FROM events_eventdelivery
        WHERE endpoint_id = e.id AND status = 'pending' AND next_try_at <= %(now)s
        ORDER BY next_try_at LIMIT %(each)s) d
    WHERE e.disabled_at IS NULL AND e.removed_at IS NULL
    ORDER BY d.next_try_at LIMIT %(limit)s
"""


def relay(name: str) -> EventRelay | None:
    """Lock how far a reader has come; None while somebody else is at it."""
    rows = EventRelay.objects.select_for_update(skip_locked=True, no_key=True)
    return rows.filter(name=name).first()


def endpoint(*, endpoint_id: UUID) -> WebhookEndpoint | None:
    """Lock an endpoint until the transaction ends."""
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    return rows.filter(id=endpoint_id, removed_at=None).first()


def endpoints_of(owner_id: UUID) -> list[WebhookEndpoint]:
    """Lock all that somebody has, and that they have no others, until the transaction ends."""
    with connection.cursor() as cursor:
        # There may be none to lock yet.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"endpoints {owner_id}"]
        )
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    return list(rows.filter(owner_id=owner_id, removed_at=None).order_by("id"))


def claim_due(*, now: datetime, lease: timedelta, limit: int, each: int) -> list[EventDelivery]:
    """Take up to `limit` deliveries that are due, `each` of one endpoint; others pass over them.

    The attempt is counted at once, and due again after `lease`: one that is cut off is repeated.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_DUE, {"now": now, "each": each, "limit": limit})
            due = [row[0] for row in cursor]
        rows = EventDelivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        # Looked at again: somebody may have had one in hand a moment ago.
        claimed = list(
            rows.select_related("endpoint").filter(
                id__in=due, status=DeliveryStatus.PENDING, next_try_at__lte=now
            )
        )
        EventDelivery.objects.filter(id__in=[row.id for row in claimed]).update(
            attempts=F("attempts") + 1,
            step=F("step") + 1,
            next_try_at=now + lease,
            last_tried_at=now,
        )
    for row in claimed:
        row.attempts, row.step = row.attempts + 1, row.step + 1
    return claimed

"""Every row lock that the simulated provider takes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from payments.simulators.models import SimulatedPayment, SimulatedWebhook


def payment(access_code: str) -> SimulatedPayment:
    """Lock a payment until the transaction ends; raises `SimulatedPayment.DoesNotExist`."""
    return SimulatedPayment.objects.select_for_update().get(access_code=access_code)


def claim_due_webhooks(*, now: datetime, lease: timedelta, limit: int) -> list[SimulatedWebhook]:
    """Take up to `limit` due webhooks for `lease` and count the attempt; others pass over them."""
    with transaction.atomic(durable=True):
        due = SimulatedWebhook.objects.filter(due_at__lte=now).order_by("due_at", "id")
        webhooks = list(due.select_for_update(skip_locked=True)[:limit])
        for webhook in webhooks:
            webhook.attempts += 1
        SimulatedWebhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks]).update(
            due_at=now + lease, attempts=F("attempts") + 1
        )
    return webhooks

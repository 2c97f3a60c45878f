"""Every row lock that the simulated providers take."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from payments.simulators.models import (
    SimulatedPayment,
    SimulatedPayout,
    SimulatedRefund,
    SimulatedWebhook,
)


def payment(access_code: str) -> SimulatedPayment:
    """Lock a payment until the transaction ends; raises `SimulatedPayment.DoesNotExist`."""
    return SimulatedPayment.objects.select_for_update().get(access_code=access_code)


def payment_to_refund(payment_id: int) -> SimulatedPayment:
    """Lock a payment of which some is to go back."""
    return SimulatedPayment.objects.select_for_update().get(pk=payment_id)


def payout(payout_id: int) -> SimulatedPayout:
    """Lock a payout until the transaction ends."""
    rows = SimulatedPayout.objects.select_related("recipient").select_for_update(of=("self",))
    return rows.get(pk=payout_id)


def due_payments(*, now: datetime) -> list[SimulatedPayment]:
    """Lock the payments that succeed now; others pass over them."""
    rows = SimulatedPayment.objects.select_for_update(skip_locked=True)
    return list(rows.filter(due_at__lte=now).order_by("id")[:200])


def due_payouts(*, now: datetime) -> list[SimulatedPayout]:
    """Lock the payouts that take their next step now; others pass over them."""
    rows = SimulatedPayout.objects.select_related("recipient")
    rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(due_at__lte=now).order_by("id")[:200])


def due_refunds(*, now: datetime) -> list[SimulatedRefund]:
    """Lock the refunds that end now; others pass over them."""
    rows = SimulatedRefund.objects.select_related("payment")
    rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(due_at__lte=now).order_by("id")[:200])


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

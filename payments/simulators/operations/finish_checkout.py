from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from payments.simulators import locks, queries
from payments.simulators.faults import Faults
from payments.simulators.fees import fees_minor
from payments.simulators.models import BalanceMovement, SimulatedPayment, SimulatedWebhook
from payments.simulators.paystack import dialect


def finish_checkout(
    *, access_code: str, outcome: str, now: datetime, dice: Callable[[], float]
) -> SimulatedPayment:
    """Let the payer of a checkout succeed, fail or walk away; `outcome` is a payment status.

    A success is final: what is posted after it changes nothing. After a failure or an
    abandoned attempt the payer may try again, as on the provider's own page. A success is
    told by a webhook; the provider tells of nothing else.
    Raises `SimulatedPayment.DoesNotExist`.
    """
    faults = queries.faults()
    with transaction.atomic():
        payment = locks.payment(access_code)

        if payment.status == SimulatedPayment.Status.SUCCESS:
            return payment

        payment.status = outcome
        if outcome == SimulatedPayment.Status.SUCCESS:
            _take_money(payment, faults, now, dice)
        payment.save()
        if outcome == SimulatedPayment.Status.SUCCESS:
            _enter_in_books(payment, now)
            _queue_webhooks(payment, faults, now, dice)

    return payment


def _take_money(
    payment: SimulatedPayment, faults: Faults, now: datetime, dice: Callable[[], float]
) -> None:
    payment.paid_at = now
    payment.paid_minor = payment.requested_minor - (dice() < faults.wrong_amount)
    if dice() < faults.wrong_currency:
        payment.currency = "GHS" if payment.currency != "GHS" else "KES"
    payment.fees_minor = fees_minor(payment.paid_minor, payment.currency)


def _enter_in_books(payment: SimulatedPayment, now: datetime) -> None:
    BalanceMovement.objects.create(
        payment=payment,
        currency=payment.currency,
        difference_minor=(payment.paid_minor or 0) - (payment.fees_minor or 0),
        recorded_at=now,
    )


def _queue_webhooks(
    payment: SimulatedPayment, faults: Faults, now: datetime, dice: Callable[[], float]
) -> None:
    if dice() < faults.lost_webhook:
        return
    body = dialect.charge_success(payment)
    key = settings.PAYSTACK_SECRET_KEY
    signature = dialect.sign(body, f"not-{key}" if dice() < faults.bad_signature else key)
    for _ in range(2 if dice() < faults.duplicate else 1):
        late = faults.reorder_seconds * dice() if dice() < faults.reorder else 0.0
        SimulatedWebhook.objects.create(
            payment=payment,
            body=body,
            signature=signature,
            created_at=now,
            due_at=now + timedelta(seconds=faults.webhook_seconds + late),
        )

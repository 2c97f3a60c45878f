from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from payments.simulators import locks, queries
from payments.simulators.faults import Faults
from payments.simulators.fees import fees_minor
from payments.simulators.models import SimulatedPayment
from payments.simulators.operations.keep_books import Move, move_money
from payments.simulators.operations.queue_webhooks import queue_webhooks

Dice = Callable[[], float]

OUTCOMES = ("success", "failed", "abandoned")


def finish_checkout(
    *, access_code: str, outcome: str, now: datetime, dice: Dice
) -> SimulatedPayment:
    """Let the payer of a checkout succeed, fail or walk away; `outcome` is one of `OUTCOMES`.

    A success is final: what is posted after it changes nothing. After a failure or an
    abandoned attempt the payer may try again, as on the provider's own page. A success is
    told by a webhook; the provider tells of nothing else.
    Raises `SimulatedPayment.DoesNotExist`.
    """
    faults = queries.faults()
    with transaction.atomic():
        payment = locks.payment(access_code)

        if payment.is_paid or payment.status == SimulatedPayment.Status.ONGOING:
            return payment

        if outcome == SimulatedPayment.Status.SUCCESS and dice() < faults.late_payment:
            payment.status = SimulatedPayment.Status.ONGOING
            payment.due_at = now + timedelta(seconds=faults.late_seconds)
            payment.save()
        elif outcome == SimulatedPayment.Status.SUCCESS:
            succeed(payment, faults=faults, now=now, dice=dice)
        else:
            payment.status = outcome
            payment.save()

    return payment


def succeed(payment: SimulatedPayment, *, faults: Faults, now: datetime, dice: Dice) -> None:
    """Take the payer's money, enter it in the books, and tell of it."""
    payment.status = SimulatedPayment.Status.SUCCESS
    payment.due_at = None
    payment.paid_at = now
    payment.paid_minor = payment.requested_minor - (dice() < faults.wrong_amount)
    if dice() < faults.wrong_currency:
        payment.currency = "GHS" if payment.currency != "GHS" else "KES"
    payment.fees_minor = fees_minor(payment.paid_minor, payment.currency, payment.provider)
    payment.save()
    move_money(
        Move(
            provider=payment.provider,
            source=f"payment:{payment.pk}",
            kind="payment",
            reference=payment.reference,
            currency=payment.currency,
            gross_minor=payment.paid_minor,
            fee_minor=payment.fees_minor,
        ),
        now=now,
    )
    queue_webhooks(payment, faults=faults, now=now, dice=dice)

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from payments.simulators import locks, queries
from payments.simulators.errors import BooksRefusal
from payments.simulators.faults import Faults
from payments.simulators.models import SimulatedPayment, SimulatedRefund
from payments.simulators.operations.keep_books import Move, move_money
from payments.simulators.operations.queue_webhooks import queue_webhooks

Dice = Callable[[], float]


def refund_payment(
    *,
    payment: SimulatedPayment,
    amount_minor: int | None,
    reference: str,
    now: datetime,
    dice: Dice,
) -> SimulatedRefund:
    """Take money of a payment out of the balance, to give it back; all that is left by default.

    Raises `BooksRefusal`: `not_paid`, `too_much`.
    """
    faults = queries.faults()
    with transaction.atomic():
        locked = locks.payment_to_refund(payment.pk)
        if locked.status != SimulatedPayment.Status.SUCCESS:
            raise BooksRefusal("not_paid")
        left = (locked.paid_minor or 0) - locked.refunded_minor
        amount = left if amount_minor is None else amount_minor
        if not 0 < amount <= left:
            raise BooksRefusal("too_much")
        status = SimulatedRefund.Status
        ending = status.FAILED if dice() < faults.refund_failed else status.SUCCESS
        stuck = dice() < faults.refund_stuck
        refund = SimulatedRefund.objects.create(
            payment=locked,
            reference=reference,
            amount_minor=amount,
            ending=ending,
            created_at=now,
            changed_at=now,
            due_at=None if stuck else now + timedelta(seconds=faults.refund_seconds),
        )
        _move(refund, sign=-1, now=now)
        queue_webhooks(refund, faults=faults, now=now, dice=dice)
    return refund


def end_refund(refund: SimulatedRefund, *, faults: Faults, now: datetime, dice: Dice) -> None:
    """Bring a locked refund to its ending and tell of it; the money of one that failed is back."""
    refund.status, refund.changed_at, refund.due_at = refund.ending, now, None
    refund.save(update_fields=["status", "changed_at", "due_at"])
    if refund.status == SimulatedRefund.Status.FAILED:
        _move(refund, sign=1, now=now)
    queue_webhooks(refund, faults=faults, now=now, dice=dice)


def _move(refund: SimulatedRefund, *, sign: int, now: datetime) -> None:
    SimulatedPayment.objects.filter(pk=refund.payment_id).update(
        refunded_minor=F("refunded_minor") - sign * refund.amount_minor
    )
    back = ":back" if sign > 0 else ""
    move_money(
        Move(
            provider=refund.payment.provider,
            source=f"refund:{refund.pk}{back}",
            kind="refund",
            reference=refund.reference[:100],
            currency=refund.payment.currency,
            gross_minor=sign * refund.amount_minor,
            fee_minor=0,
        ),
        now=now,
    )

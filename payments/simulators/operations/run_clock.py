from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from payments.simulators import locks, queries
from payments.simulators.models import SimulatedPayout
from payments.simulators.operations.finish_checkout import succeed
from payments.simulators.operations.pay_out import end
from payments.simulators.operations.refund_payment import end_refund


def run_clock(*, now: datetime, dice: Callable[[], float]) -> int:
    """Let happen what was to happen by `now` at the providers; returns how much did."""
    faults = queries.faults()
    happened = 0
    with transaction.atomic():
        for payment in locks.due_payments(now=now):
            succeed(payment, faults=faults, now=now, dice=dice)
            happened += 1
        for payout in locks.due_payouts(now=now):
            end(payout, _next(payout), faults=faults, now=now, dice=dice)
            happened += 1
        for refund in locks.due_refunds(now=now):
            end_refund(refund, faults=faults, now=now, dice=dice)
            happened += 1
    return happened


def _next(payout: SimulatedPayout) -> SimulatedPayout.Status:
    """One that will be reversed succeeds first."""
    status = SimulatedPayout.Status
    if payout.ending == status.REVERSED and payout.status == status.PENDING:
        return status.SUCCESS
    return status(payout.ending)

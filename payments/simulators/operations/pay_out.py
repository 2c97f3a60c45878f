from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from payments.simulators import locks, queries
from payments.simulators.errors import BooksRefusal
from payments.simulators.faults import Faults
from payments.simulators.fees import payout_fee_minor
from payments.simulators.models import SimulatedPayout, SimulatedRecipient
from payments.simulators.operations.keep_books import Move, move_money
from payments.simulators.operations.queue_webhooks import queue_webhooks

Dice = Callable[[], float]

# Accounts whose number ends so behave so, besides those that the providers publish.
_ENDINGS = {
    "0001": SimulatedPayout.Status.FAILED,
    "0002": SimulatedPayout.Status.REVERSED,
    "0003": SimulatedPayout.Status.PENDING,
    # Stripe's: no account, closed, no funds, debit not authorised.
    "000111111116": SimulatedPayout.Status.FAILED,
    "000111111113": SimulatedPayout.Status.FAILED,
    "000222222227": SimulatedPayout.Status.FAILED,
    "000333333335": SimulatedPayout.Status.FAILED,
}


@dataclass(frozen=True, slots=True)
class PayoutAsked:
    """Money to be paid out, in minor units. `code` is the provider's name for the payout."""

    provider: str
    reference: str
    code: str
    recipient: SimulatedRecipient
    amount_minor: int
    currency: str
    reason: str = ""


def pay_out(*, asked: PayoutAsked, now: datetime, dice: Dice) -> SimulatedPayout:
    """Take a payout and its fee out of the balance; what becomes of it follows by the clock.

    Raises `BooksRefusal`: `duplicate_reference`, `balance_too_low`.
    """
    faults = queries.faults()
    fee = payout_fee_minor(asked.amount_minor, asked.currency, asked.provider)
    _check_balance(asked, fee, faults, dice)
    ending = _ending(asked, faults, dice)
    stuck = ending == SimulatedPayout.Status.PENDING
    due = None if stuck else now + timedelta(seconds=faults.payout_seconds)
    try:
        with transaction.atomic():
            payout = SimulatedPayout.objects.create(
                provider=asked.provider,
                reference=asked.reference,
                code=asked.code,
                recipient=asked.recipient,
                amount_minor=asked.amount_minor,
                fee_minor=fee,
                currency=asked.currency,
                reason=asked.reason[:200],
                ending=ending,
                created_at=now,
                changed_at=now,
                due_at=due,
            )
            _move(payout, sign=-1, now=now)
    except IntegrityError:
        raise BooksRefusal("duplicate_reference") from None
    return payout


def cancel_payout(*, payout_id: int, now: datetime, dice: Dice) -> SimulatedPayout:
    """Stop a payout that is pending; raises `BooksRefusal` `too_late`."""
    with transaction.atomic():
        payout = locks.payout(payout_id)
        if payout.status != SimulatedPayout.Status.PENDING:
            raise BooksRefusal("too_late")
        end(payout, SimulatedPayout.Status.CANCELLED, faults=queries.faults(), now=now, dice=dice)
    return payout


def end(
    payout: SimulatedPayout,
    status: SimulatedPayout.Status,
    *,
    faults: Faults,
    now: datetime,
    dice: Dice,
) -> None:
    """Bring a locked payout to a status and tell of it; the money of one that failed is back."""
    payout.status, payout.changed_at, payout.due_at = status, now, None
    if status == SimulatedPayout.Status.SUCCESS and payout.ending != status:
        payout.due_at = now + timedelta(seconds=faults.reversal_seconds)
    payout.save(update_fields=["status", "changed_at", "due_at"])
    if status != SimulatedPayout.Status.SUCCESS:
        _move(payout, sign=1, now=now)
    queue_webhooks(payout, faults=faults, now=now, dice=dice)


def _check_balance(asked: PayoutAsked, fee: int, faults: Faults, dice: Dice) -> None:
    """The account is overdrawn at will, so that demo money can be paid out, unless set not to."""
    if dice() < faults.low_balance:
        held = queries.balances(asked.provider).get(asked.currency, 0)
        if held < asked.amount_minor + fee:
            raise BooksRefusal("balance_too_low")


def _ending(asked: PayoutAsked, faults: Faults, dice: Dice) -> SimulatedPayout.Status:
    status = SimulatedPayout.Status
    for suffix, ending in _ENDINGS.items():
        if asked.recipient.number.endswith(suffix):
            return ending
    for rate, ending in (
        (faults.payout_stuck, status.PENDING),
        (faults.payout_failed, status.FAILED),
        (faults.payout_reversed, status.REVERSED),
    ):
        if dice() < rate:
            return ending
    return status.SUCCESS


def _move(payout: SimulatedPayout, *, sign: int, now: datetime) -> None:
    back = ":back" if sign > 0 else ""
    move_money(
        Move(
            provider=payout.provider,
            source=f"payout:{payout.pk}{back}",
            kind="reversal" if back else "payout",
            reference=payout.reference,
            currency=payout.currency,
            gross_minor=sign * payout.amount_minor,
            fee_minor=-sign * payout.fee_minor,
        ),
        now=now,
    )

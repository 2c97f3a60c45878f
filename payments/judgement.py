"""What a provider's answer means for money that we expected. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.money import Money
from payments.providers.base import NOT_FOUND, Done, Outcome, Payment, PaymentState, Refused


class Finding(StrEnum):
    """`CREDIT` is the only one that moves money."""

    CREDIT = "credit"
    MISMATCH = "mismatch"  # paid, and not what was asked for: a person must look
    FAILED = "failed"
    UNPAID = "unpaid"
    IN_PROGRESS = "in_progress"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A finding and its reason in one word.

    Of a payment to credit also what the provider kept, and when it was paid, where it says so.
    """

    finding: Finding
    reason: str = ""
    fee_minor: int | None = None
    paid_at: datetime | None = None


_UNFINISHED = {
    PaymentState.UNPAID: Judgement(Finding.UNPAID, "not_paid"),
    PaymentState.IN_PROGRESS: Judgement(Finding.IN_PROGRESS, "in_progress"),
    PaymentState.FAILED: Judgement(Finding.FAILED, "payment_failed"),
    PaymentState.REVERSED: Judgement(Finding.FAILED, "payment_reversed"),
}


def judge(outcome: Outcome[Payment], *, expected: Money) -> Judgement:
    """Judge the answer to "what became of it?" against what was asked for."""
    match outcome:
        case Done(value=payment) if payment.state == PaymentState.PAID:
            return _judge_paid(payment, expected)
        case Done(value=payment):
            return _UNFINISHED[payment.state]
        case Refused(code=code) if code == NOT_FOUND:
            return Judgement(Finding.UNPAID, code)
        case Refused(code=code):
            return Judgement(Finding.UNKNOWN, code)
        case _:
            return Judgement(Finding.UNKNOWN, outcome.reason)


def _judge_paid(payment: Payment, expected: Money) -> Judgement:
    if payment.currency != expected.currency.code:
        return Judgement(Finding.MISMATCH, "currency")
    if payment.requested_minor != expected.amount_minor:
        return Judgement(Finding.MISMATCH, "requested_amount")
    if payment.paid_minor < expected.amount_minor:
        return Judgement(Finding.MISMATCH, "short")
    fees = payment.fees_minor
    extra = payment.paid_minor - expected.amount_minor
    # More than was asked for is right only as fees that the payer bears.
    if extra and (fees is None or extra > fees):
        return Judgement(Finding.MISMATCH, "excess")
    kept = None if fees is None else fees - extra
    return Judgement(Finding.CREDIT, fee_minor=kept, paid_at=payment.paid_at)

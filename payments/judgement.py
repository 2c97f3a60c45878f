"""What a provider's answer means for money that we expected. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.money import Money
from payments.providers.base import (
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    Done,
    Outcome,
    Payment,
    PaymentState,
    PayoutReport,
    PayoutState,
    RefundReport,
    RefundState,
    Refused,
)


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


class PayoutFinding(StrEnum):
    """What became of a payout, as far as its provider says."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"
    PENDING = "pending"
    NOT_FOUND = "not_found"
    MISMATCH = "mismatch"  # it paid out, and not what was asked for: a person must look
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PayoutJudgement:
    """A finding, its reason in one word, what the provider calls the payout, and what it kept."""

    finding: PayoutFinding
    reason: str = ""
    provider_code: str = ""
    fee_minor: int | None = None


_PAYOUT_FINDINGS = {
    PayoutState.PENDING: PayoutFinding.PENDING,
    PayoutState.SUCCEEDED: PayoutFinding.SUCCEEDED,
    PayoutState.FAILED: PayoutFinding.FAILED,
    PayoutState.REVERSED: PayoutFinding.REVERSED,
    PayoutState.CANCELLED: PayoutFinding.CANCELLED,
}


def judge_payout(outcome: Outcome[PayoutReport], *, expected: Money) -> PayoutJudgement:
    """Judge the answer to "what became of this payout?" against what was to be paid out."""
    match outcome:
        case Done(value=report):
            return _judge_report(report, expected)
        case Refused(code=code) if code == NOT_FOUND:
            return PayoutJudgement(PayoutFinding.NOT_FOUND, code)
        case Refused(code=code):
            return PayoutJudgement(PayoutFinding.UNKNOWN, code)
        case _:
            return PayoutJudgement(PayoutFinding.UNKNOWN, outcome.reason)


def judge_sending(outcome: Outcome[PayoutReport], *, expected: Money) -> PayoutJudgement:
    """Judge the answer to the one call that sends a payout.

    A refusal means that nothing was paid, but for one: of a reference that the provider knows
    already it has to say itself what became of it.
    """
    match outcome:
        case Refused(code=code) if code == DUPLICATE_REFERENCE:
            return PayoutJudgement(PayoutFinding.UNKNOWN, code)
        case Refused(code=code):
            return PayoutJudgement(PayoutFinding.FAILED, code)
        case _:
            return judge_payout(outcome, expected=expected)


def judge_refund(outcome: Outcome[RefundReport]) -> PayoutJudgement:
    """Judge the answer to "what became of this refund?": money that goes out like a payout's."""
    match outcome:
        case Done(value=report):
            return PayoutJudgement(
                _REFUND_FINDINGS[report.state],
                report.code or str(report.state),
                report.provider_reference,
            )
        case Refused(code=code) if code == NOT_FOUND:
            return PayoutJudgement(PayoutFinding.NOT_FOUND, code)
        case Refused(code=code):
            return PayoutJudgement(PayoutFinding.UNKNOWN, code)
        case _:
            return PayoutJudgement(PayoutFinding.UNKNOWN, outcome.reason)


def judge_refunding(outcome: Outcome[RefundReport]) -> PayoutJudgement:
    """Judge the answer to the one call that asks for a refund: a refusal gave nothing back."""
    if isinstance(outcome, Refused) and outcome.code != DUPLICATE_REFERENCE:
        return PayoutJudgement(PayoutFinding.FAILED, outcome.code)
    return judge_refund(outcome)


_REFUND_FINDINGS = {
    RefundState.PENDING: PayoutFinding.PENDING,
    RefundState.SUCCEEDED: PayoutFinding.SUCCEEDED,
    RefundState.FAILED: PayoutFinding.FAILED,
}


def _judge_report(report: PayoutReport, expected: Money) -> PayoutJudgement:
    finding, reason = _PAYOUT_FINDINGS[report.state], report.code or str(report.state)
    same = (report.amount_minor, report.currency) == (
        expected.amount_minor,
        expected.currency.code,
    )
    if not same and finding not in {PayoutFinding.FAILED, PayoutFinding.CANCELLED}:
        finding, reason = PayoutFinding.MISMATCH, "amount_or_currency"
    return PayoutJudgement(finding, reason, report.provider_reference, report.fee_minor)

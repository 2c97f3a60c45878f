"""What follows from knowing what became of a refund: the one place where its money moves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from events.operations import append_event
from ledger import chart
from ledger.errors import LedgerRefusal
from payments import asking, locks, references
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Refund
from wallets.errors import WalletRefusal
from wallets.operations import Capture, capture_hold, release_hold, return_capture

log = logging.getLogger(__name__)


def conclude_refund(*, refund_id: int, found: PayoutJudgement, now: datetime) -> Refund:
    """Do what follows from a finding, once, whatever the order and number of findings.

    What was given back leaves the wallet for good; what was not is available again. One that
    failed after it had succeeded is credited again.
    """
    with transaction.atomic(durable=True):
        refund = locks.refund(refund_id)
        match Refund.Status(refund.status):
            case Refund.Status.PROCESSING:
                _act(refund, found, now)
            case Refund.Status.COMPLETED if found.finding == PayoutFinding.FAILED:
                _reverse(refund, found, now)
            case Refund.Status.FAILED if found.finding == PayoutFinding.SUCCEEDED:
                _mark(refund, "refunded_after_failed")
    return refund


def _act(refund: Refund, found: PayoutJudgement, now: datetime) -> None:
    match found.finding:
        case PayoutFinding.SUCCEEDED:
            _complete(refund, found, now)
        case PayoutFinding.FAILED:
            _fail(refund, found.reason, now)
        case PayoutFinding.NOT_FOUND if asking.never_arrived(
            sent_at=refund.sent_at, not_found_at=refund.not_found_at, now=now
        ):
            _fail(refund, "never_arrived", now)
        case _:
            _ask_later(refund, found, now)


def _complete(refund: Refund, found: PayoutJudgement, now: datetime) -> None:
    capture_hold(
        hold=refund.hold,
        capture=Capture(
            amount=refund.amount,
            reference=refund.reference,
            to=chart.clearing(refund.provider, refund.currency),
            at=now,
            kind="refund",
            debit_type="refund",
            credit_type="refund",
            description=f"Refund of {refund.deposit.reference}",
        ),
    )
    refund.provider_code = found.provider_code[:100]
    _end(refund, Refund.Status.COMPLETED, "", now)


def _fail(refund: Refund, reason: str, now: datetime) -> None:
    release_hold(hold=refund.hold, at=now, reason=f"{refund.reference} failed")
    _end(refund, Refund.Status.FAILED, reason, now)


def _reverse(refund: Refund, found: PayoutJudgement, now: datetime) -> None:
    try:
        with transaction.atomic():
            return_capture(
                entry=refund.reference,
                reference=references.reversal_of(refund.reference),
                at=now,
            )
    except (WalletRefusal, LedgerRefusal) as refusal:
        # The money is back with the provider, and the wallet takes nothing: a person must look,
        # and the sweep tries again meanwhile.
        _mark(refund, f"wallet:{refusal.code}")
        refund.next_step_at = now + timedelta(hours=1)
        refund.save(update_fields=["next_step_at"])
        return
    refund.mismatch = ""
    _end(refund, Refund.Status.REVERSED, found.reason, now)


def _end(refund: Refund, status: Refund.Status, reason: str, now: datetime) -> None:
    refund.status = status
    refund.reason = reason[:60]
    refund.ended_at = now
    refund.next_step_at = None
    refund.save()
    tell(refund)


def _ask_later(refund: Refund, found: PayoutJudgement, now: datetime) -> None:
    if found.finding == PayoutFinding.NOT_FOUND:
        refund.not_found_at = refund.not_found_at or now
    elif found.finding != PayoutFinding.UNKNOWN:
        refund.not_found_at = None
    period = timedelta(seconds=settings.PURSER_SWEEP_SECONDS)
    since = refund.sent_at or refund.created_at
    refund.next_step_at = asking.next_time(since=since, now=now, period=period)
    refund.reason = found.reason[:60]
    refund.save(update_fields=["not_found_at", "next_step_at", "reason"])


def _mark(refund: Refund, reason: str) -> None:
    """Put the refund on the queue of those that a person must look at, and say so once."""
    if refund.mismatch == reason[:60]:
        return
    refund.mismatch = reason[:60]
    refund.save(update_fields=["mismatch"])
    log.error("refund_mismatched", extra={"refund": refund.reference, "mismatch": reason})


def tell(refund: Refund) -> None:
    """Append the event that says what a refund has become."""
    words = {"reason": refund.reason} if refund.reason else {}
    append_event(
        type=f"refund.{refund.status}",
        subject=refund.reference,
        owner_id=refund.owner_id,
        data=refund.facts() | words,
    )

"""What follows from knowing what became of a payout: the one place where its money moves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.entries import Entry, Line
from ledger.errors import LedgerRefusal
from ledger.operations import Reversal, post, reverse
from payments import asking, locks, references
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Payout
from wallets.errors import WalletRefusal
from wallets.operations import Capture, capture_hold, release_hold, return_capture
from wallets.operations.receive import shard_of

log = logging.getLogger(__name__)

_ENDED_UNPAID = {PayoutFinding.FAILED, PayoutFinding.CANCELLED}


def conclude_payout(*, payout_id: int, found: PayoutJudgement, now: datetime) -> Payout:
    """Do what follows from a finding, once, whatever the order and number of findings.

    What was paid leaves the wallet for good; what was not is available again; what came back is
    given back. What contradicts how it ended is marked and left to a person.
    """
    with transaction.atomic(durable=True):
        payout = locks.payout(payout_id)
        act_on(payout, found, now)
    return payout


def act_on(payout: Payout, found: PayoutJudgement, now: datetime) -> None:
    """Do the same to a payout that the caller has locked."""
    match Payout.Status(payout.status):
        case Payout.Status.PROCESSING:
            _act_on_sent(payout, found, now)
        case Payout.Status.COMPLETED if found.finding in {
            PayoutFinding.REVERSED,
            *_ENDED_UNPAID,
        }:
            _reverse(payout, found, now)
        case Payout.Status.FAILED | Payout.Status.CANCELLED if (
            found.finding == PayoutFinding.SUCCEEDED
        ):
            _mark(payout, f"paid_after_{payout.status}")


def _act_on_sent(payout: Payout, found: PayoutJudgement, now: datetime) -> None:
    match found.finding:
        case PayoutFinding.SUCCEEDED:
            _complete(payout, found, now)
        case PayoutFinding.REVERSED:
            _complete(payout, found, now)
            _reverse(payout, found, now)
        case PayoutFinding.FAILED:
            end_unpaid(payout, Payout.Status.FAILED, found.reason, now)
        case PayoutFinding.CANCELLED:
            end_unpaid(payout, Payout.Status.CANCELLED, found.reason, now)
        case PayoutFinding.NOT_FOUND if _is_sure(payout, now):
            end_unpaid(payout, Payout.Status.FAILED, "never_arrived", now)
        case PayoutFinding.MISMATCH:
            _mark(payout, found.reason)
            _ask_later(payout, found, now)
        case _:
            _ask_later(payout, found, now)


def _complete(payout: Payout, found: PayoutJudgement, now: datetime) -> None:
    capture_hold(
        hold=payout.hold,
        capture=Capture(
            amount=payout.amount,
            reference=payout.reference,
            to=chart.clearing(payout.provider, payout.currency),
            at=now,
            kind="payout",
            fee=payout.fee if payout.fee_minor else None,
            debit_type="withdrawal",
            credit_type="withdrawal",
            description=payout.description or f"Payout through {payout.provider}",
        ),
    )
    if found.fee_minor:
        _post_fee(payout, found.fee_minor, now)
    payout.provider_fee_minor = found.fee_minor
    _end(payout, Payout.Status.COMPLETED, "", now, provider_code=found.provider_code)


def _post_fee(payout: Payout, fee_minor: int, now: datetime) -> None:
    """The provider took its fee: it holds that much less for us, and it cost us that much."""
    costs = chart.provider_costs(payout.provider, payout.currency)
    clearing = chart.clearing(payout.provider, payout.currency)
    post(
        Entry(
            reference=references.fee_of(payout.reference),
            kind="provider_fee",
            lines=(
                Line(shard_of(costs), -fee_minor, "fee"),
                Line(shard_of(clearing), fee_minor, "fee"),
            ),
            occurred_at=now,
            request_id=causes.current().request_id,
            metadata={"payout": payout.reference},
        )
    )


def _return_fee(payout: Payout, now: datetime) -> None:
    """Who takes a payout back gives its fee back too."""
    fee = references.fee_of(payout.reference)
    reversal = Reversal(
        reference=references.reversal_of(fee),
        occurred_at=now,
        request_id=causes.current().request_id,
        metadata={"payout": payout.reference},
    )
    reverse(reference=fee, reversal=reversal)


def _reverse(payout: Payout, found: PayoutJudgement, now: datetime) -> None:
    try:
        with transaction.atomic():
            return_capture(
                entry=payout.reference,
                reference=references.reversal_of(payout.reference),
                at=now,
            )
            if payout.provider_fee_minor:
                _return_fee(payout, now)
    except (WalletRefusal, LedgerRefusal) as refusal:
        # The money is back with the provider, and the wallet takes nothing: a person must look,
        # and the sweep tries again meanwhile.
        _mark(payout, f"wallet:{refusal.code}")
        payout.next_step_at = now + timedelta(hours=1)
        payout.save(update_fields=["next_step_at"])
        return
    payout.mismatch = ""
    _end(payout, Payout.Status.REVERSED, found.reason, now)


def end_unpaid(payout: Payout, status: Payout.Status, reason: str, now: datetime) -> None:
    """Make the money of a payout that was not paid available again, and say why."""
    release_hold(hold=payout.hold, at=now, reason=f"{payout.reference} {status}")
    _end(payout, status, reason, now)


def _end(
    payout: Payout, status: Payout.Status, reason: str, now: datetime, *, provider_code: str = ""
) -> None:
    payout.status = status
    payout.reason = reason[:60]
    payout.ended_at = now
    payout.next_step_at = None
    payout.provider_code = payout.provider_code or provider_code[:100]
    if payout.sent_at is not None and not payout.settled_by:
        payout.settled_by = Payout.SettledBy.PROVIDER
    payout.save()
    tell(payout, f"payout.{status}")


def _is_sure(payout: Payout, now: datetime) -> bool:
    """Whether "never heard of it" is the truth: it was long ago, and said an hour ago as well."""
    return asking.never_arrived(sent_at=payout.sent_at, not_found_at=payout.not_found_at, now=now)


def _ask_later(payout: Payout, found: PayoutJudgement, now: datetime) -> None:
    if found.finding == PayoutFinding.NOT_FOUND:
        payout.not_found_at = payout.not_found_at or now
    elif found.finding != PayoutFinding.UNKNOWN:
        payout.not_found_at = None
    period = timedelta(seconds=settings.PURSER_SWEEP_SECONDS)
    since = payout.sent_at or payout.created_at
    payout.next_step_at = asking.next_step(since=since, now=now, period=period)
    payout.reason = found.reason[:60]
    payout.provider_code = payout.provider_code or found.provider_code[:100]
    payout.save(update_fields=["not_found_at", "next_step_at", "reason", "provider_code"])


def _mark(payout: Payout, reason: str) -> None:
    """Put the payout on the queue of those that a person must look at, and say so once."""
    if payout.mismatch == reason[:60]:
        return
    payout.mismatch = reason[:60]
    payout.save(update_fields=["mismatch"])
    tell(payout, "payout.mismatched", mismatch=payout.mismatch)
    log.error("payout_mismatched", extra={"payout": payout.reference, "mismatch": reason})


def tell(payout: Payout, type_: str, **more: str) -> None:
    """Append an event about a payout."""
    words = {"reason": payout.reason} if payout.reason else {}
    append_event(
        type=type_,
        subject=payout.reference,
        owner_id=payout.owner_id,
        data=payout.facts() | words | more,
    )

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from payments import asking, locks, queries
from payments.judgement import Finding, PayoutFinding
from payments.models import Deposit, WebhookDelivery
from payments.operations.send_refund import settle_refund
from payments.operations.settle_deposit import settle_deposit
from payments.operations.settle_payout import settle_payout
from payments.providers.base import Provider

# While one worker asks the provider, others leave the event alone; after a crash it is tried again.
LEASE = timedelta(seconds=60)

_CONCLUSIVE = (Finding.CREDIT, Finding.MISMATCH)
_CONCLUSIVE_OF_PAYOUTS = (
    PayoutFinding.SUCCEEDED,
    PayoutFinding.FAILED,
    PayoutFinding.CANCELLED,
    PayoutFinding.REVERSED,
    PayoutFinding.MISMATCH,
)


def apply_webhook(*, delivery_id: int, provider: Provider, now: datetime) -> WebhookDelivery | None:
    """Do what a stored event gives reason for: ask the provider, and settle what it is about.

    What cannot be settled yet (nothing has the reference, or the provider does not agree or
    cannot be reached) is parked and tried for 72 hours. Returns the event as it is now, or None
    when it is settled already or somebody else is at it. Talks to the provider, so it refuses
    to run inside a transaction.
    """
    delivery = locks.claim_delivery(delivery_id=delivery_id, now=now, lease=LEASE)
    if delivery is None:
        return None
    apply = _APPLIED_BY.get(WebhookDelivery.Subject(delivery.subject))
    if apply is None or not delivery.payment_reference:
        return _settle(delivery, WebhookDelivery.State.IGNORED, "nothing_to_do", now)
    return apply(delivery, provider, now)


def _apply_to_deposit(
    delivery: WebhookDelivery, provider: Provider, now: datetime
) -> WebhookDelivery:
    deposit = queries.find_deposit_by_provider(
        provider=delivery.provider, provider_reference=delivery.payment_reference
    )
    if deposit is None:
        return _park(delivery, "unknown_reference", now)

    found = settle_deposit(
        deposit_id=deposit.pk,
        provider_reference=delivery.payment_reference,
        provider=provider,
        now=now,
    )
    delivery.deposit = deposit
    if found.finding in _CONCLUSIVE or deposit.status == Deposit.Status.COMPLETED:
        return _settle(delivery, WebhookDelivery.State.APPLIED, found.reason, now)
    return _park(delivery, found.reason, now)


def _apply_to_payout(
    delivery: WebhookDelivery, provider: Provider, now: datetime
) -> WebhookDelivery:
    payout = queries.find_payout_by_provider(
        provider=delivery.provider, provider_reference=delivery.payment_reference
    )
    if payout is None:
        return _park(delivery, "unknown_reference", now)

    found = settle_payout(payout_id=payout.pk, provider=provider, now=now)
    delivery.payout = payout
    if found.finding in _CONCLUSIVE_OF_PAYOUTS:
        return _settle(delivery, WebhookDelivery.State.APPLIED, found.reason, now)
    return _park(delivery, found.reason, now)


def _apply_to_refunds(
    delivery: WebhookDelivery, provider: Provider, now: datetime
) -> WebhookDelivery:
    """They name the payment only: every refund of it is asked about."""
    deposit = queries.find_deposit_by_provider(
        provider=delivery.provider, provider_reference=delivery.payment_reference
    )
    if deposit is None:
        return _park(delivery, "unknown_reference", now)

    delivery.deposit = deposit
    asked = queries.refunds_told_of(deposit)
    found = [
        settle_refund(refund_id=refund.pk, provider=provider, now=now).finding for refund in asked
    ]
    if all(finding in _CONCLUSIVE_OF_PAYOUTS for finding in found):
        # Also when none is open: all have ended, or it is none of ours.
        return _settle(delivery, WebhookDelivery.State.APPLIED, "", now)
    return _park(delivery, "refund_not_over", now)


_APPLIED_BY = {
    WebhookDelivery.Subject.PAYMENT: _apply_to_deposit,
    WebhookDelivery.Subject.REFUND: _apply_to_refunds,
    WebhookDelivery.Subject.PAYOUT: _apply_to_payout,
}


def _settle(
    delivery: WebhookDelivery, state: WebhookDelivery.State, note: str, now: datetime
) -> WebhookDelivery:
    delivery.state = state
    delivery.note = note[:60]
    delivery.settled_at = now
    delivery.next_try_at = None
    delivery.save(update_fields=["state", "note", "settled_at", "next_try_at", "deposit", "payout"])
    return delivery


def _park(delivery: WebhookDelivery, note: str, now: datetime) -> WebhookDelivery:
    if asking.is_over(since=delivery.received_at, now=now):
        return _settle(delivery, WebhookDelivery.State.GIVEN_UP, note, now)
    delivery.state = WebhookDelivery.State.PARKED
    delivery.note = note[:60]
    period = timedelta(seconds=settings.PURSER_SWEEP_SECONDS)
    delivery.next_try_at = asking.next_time(since=delivery.received_at, now=now, period=period)
    delivery.save(update_fields=["state", "note", "next_try_at", "deposit", "payout"])
    return delivery

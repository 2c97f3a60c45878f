from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from payments.simulators import dialects
from payments.simulators.faults import Faults
from payments.simulators.models import SimulatedWebhook


def queue_webhooks(
    subject: dialects.Subject, *, faults: Faults, now: datetime, dice: Callable[[], float]
) -> None:
    """Write down what is to be told of a payment, refund or payout as it is now."""
    provider = dialects.provider_of(subject)
    for body in dialects.of(provider).bodies(subject, now=now):
        if dice() < faults.lost_webhook:
            continue
        for _ in range(2 if dice() < faults.duplicate else 1):
            late = faults.reorder_seconds * dice() if dice() < faults.reorder else 0.0
            late += faults.late_seconds if dice() < faults.late_webhook else 0.0
            SimulatedWebhook.objects.create(
                provider=provider,
                subject=subject.reference[:100],
                body=body,
                flaw=_flaw(faults, dice),
                created_at=now,
                due_at=now + timedelta(seconds=faults.webhook_seconds + late),
            )


def _flaw(faults: Faults, dice: Callable[[], float]) -> str:
    if dice() < faults.bad_signature:
        return SimulatedWebhook.Flaw.SIGNATURE
    return SimulatedWebhook.Flaw.STALE if dice() < faults.stale_timestamp else ""

"""Reads of disputes. Who asks is always an argument."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from wallets.errors import DisputeNotFound
from wallets.models import (
    Dispute,
    DisputeDecision,
    DisputeEvidence,
    DisputeStep,
    Party,
    Transfer,
)

_WITH = ("transfer__entry", "transfer__source", "transfer__destination")


def disputes_of(person_id: UUID) -> QuerySet[Dispute]:
    """Return the disputes that somebody filed, or that were filed about money they received."""
    parties = Q(sender_id=person_id) | Q(recipient_id=person_id)
    return Dispute.objects.filter(parties).select_related(*_WITH)


def get_dispute(*, person_id: UUID, reference: str) -> Dispute:
    """Return a dispute that this person is a party to; raises `DisputeNotFound`."""
    return _only(disputes_of(person_id).filter(reference=reference))


def all_disputes() -> QuerySet[Dispute]:
    """Return every dispute, for staff."""
    return Dispute.objects.select_related(*_WITH)


def get_any_dispute(reference: str) -> Dispute:
    """Return a dispute, for staff; raises `DisputeNotFound`."""
    return _only(all_disputes().filter(reference=reference))


def steps_shown_to(dispute: Dispute, party: str) -> QuerySet[DisputeStep]:
    """Return the timeline of a dispute, as much of it as a party sees; staff see all."""
    steps = DisputeStep.objects.filter(dispute=dispute).order_by("id")
    return steps if party == Party.STAFF else steps.filter(shown_to__in=["both", party])


def evidence_shown_to(dispute: Dispute, person_id: UUID) -> QuerySet[DisputeEvidence]:
    """Return the files of a dispute, without what is in them: a party sees its own."""
    files = DisputeEvidence.objects.filter(dispute=dispute).defer("sealed").order_by("submitted_at")
    return (
        files if dispute.party_of(person_id) == Party.STAFF else files.filter(person_id=person_id)
    )


def decisions_of(dispute: Dispute) -> QuerySet[DisputeDecision]:
    """Return how it was proposed that a dispute should end, the newest first."""
    return DisputeDecision.objects.filter(dispute=dispute).order_by("-id")


def open_disputes_of(sender_id: UUID) -> int:
    """Return how many disputes of somebody's have not ended."""
    return Dispute.objects.filter(sender_id=sender_id, status__in=Dispute.OPEN).count()


def find_sent_transfer(*, sender_id: UUID, reference: str) -> Transfer | None:
    """Return a transfer that this person sent, None where there is none."""
    mine = Transfer.objects.filter(entry__reference=reference, source__owner_id=sender_id)
    return mine.select_related("entry", "source", "destination").first()


def disputes_due(*, now: datetime, limit: int) -> list[Dispute]:
    """Return the open disputes whose next step is overdue, the longest waiting first."""
    due = Dispute.objects.filter(status__in=Dispute.OPEN, due_at__lte=now)
    return list(due.order_by("due_at", "id")[:limit])


def _only(disputes: QuerySet[Dispute]) -> Dispute:
    dispute = disputes.first()
    if dispute is None:
        raise DisputeNotFound
    return dispute

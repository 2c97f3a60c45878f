"""What staff do with a dispute before it is decided: take it on, and ask. And its deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from wallets import dispute_queries
from wallets.errors import DisputeClosed
from wallets.models import Dispute, DisputeStatus, DisputeStep, Party
from wallets.operations.dispute_steps import lock_as_staff, lock_open, move, note, tell


def assign_dispute(*, dispute: Dispute, actor_id: UUID, at: datetime) -> Dispute:
    """Take a dispute on, also from whoever had it before.

    Must run inside a transaction. Raises `DisputeClosed`, `OwnDispute`.
    """
    locked = lock_as_staff(dispute, actor_id)
    if locked.assigned_to_id == actor_id:
        return locked
    move(locked, DisputeStatus(locked.status), assigned_to_id=actor_id)
    note(locked, DisputeStep.Kind.ASSIGNED, at=at, actor_id=actor_id, shown_to="staff")
    return locked


def ask_party(*, dispute: Dispute, actor_id: UUID, party: str, text: str, at: datetime) -> Dispute:
    """Ask the sender or the recipient something, to be answered within `DISPUTE_ANSWER_DAYS`.

    Must run inside a transaction. Raises `DisputeClosed`, `OwnDispute`.
    """
    locked = lock_as_staff(dispute, actor_id)
    due_at = at + timedelta(days=settings.DISPUTE_ANSWER_DAYS)
    move(locked, DisputeStatus.ASKED, asked_party=party, due_at=due_at)
    note(locked, DisputeStep.Kind.ASKED, at=at, actor_id=actor_id, shown_to=party, text=text)
    asked = locked.sender_id if party == Party.SENDER else locked.recipient_id
    tell(locked, "dispute.asked", asked)
    return locked


def escalate_disputes(
    *, now: datetime, limit: int = 1000, each: Callable[[Dispute], None] | None = None
) -> int:
    """Move on every dispute whose next step is overdue; returns how many.

    One that a party should have answered goes back to staff; one that staff should have decided
    is marked, and stays so until it ends. Each in a transaction of its own, safe twice.
    """
    done = 0
    for due in dispute_queries.disputes_due(now=now, limit=limit):
        try:
            with transaction.atomic(durable=True):
                escalated = _escalate(due, now=now)
        except DisputeClosed:
            continue
        done += 1
        if each:
            each(escalated)
    return done


def _escalate(dispute: Dispute, *, now: datetime) -> Dispute:
    locked = lock_open(dispute)
    if locked.due_at is None or locked.due_at > now:
        raise DisputeClosed
    text = "Not decided in time."
    if locked.status == DisputeStatus.ASKED:
        text = f"The {locked.asked_party} did not answer in time."
    move(
        locked,
        DisputeStatus.OPEN,
        asked_party="",
        escalated_at=locked.escalated_at or now,
        due_at=None if locked.status == DisputeStatus.OPEN else _decide_by(now),
    )
    note(locked, DisputeStep.Kind.ESCALATED, at=now, actor_id=None, shown_to="staff", text=text)
    return locked


def _decide_by(at: datetime) -> datetime:
    return at + timedelta(days=settings.DISPUTE_DECIDE_DAYS)

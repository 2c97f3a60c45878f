"""How a dispute moves on, and what is written down of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from events.operations import append_event
from wallets import locks
from wallets.errors import DisputeClosed, OutsideTransaction, OwnDispute
from wallets.models import Dispute, DisputeStatus, DisputeStep, Party


def lock_open(dispute: Dispute) -> Dispute:
    """Lock a dispute that has not ended. Raises `DisputeClosed`, `OutsideTransaction`."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    locked = locks.lock_dispute(dispute.pk)
    if not locked.is_open:
        raise DisputeClosed
    return locked


def lock_as_staff(dispute: Dispute, actor_id: UUID) -> Dispute:
    """The same, for somebody who is no party to it. Raises `OwnDispute` in addition."""
    locked = lock_open(dispute)
    if locked.party_of(actor_id) != Party.STAFF:
        raise OwnDispute
    return locked


def move(dispute: Dispute, status: DisputeStatus, **changes: object) -> None:
    """Give a locked dispute another status, and whatever changes with it."""
    if status != dispute.status:
        if status not in Dispute.MOVES.get(DisputeStatus(dispute.status), set()):
            raise DisputeClosed
        dispute.status = status
    for name, value in changes.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["status", *changes])


def note(
    dispute: Dispute,
    kind: DisputeStep.Kind,
    *,
    at: datetime,
    actor_id: UUID | None,
    shown_to: str,
    text: str = "",
) -> DisputeStep:
    """Write a step on the timeline."""
    party = Party.PLATFORM.value if actor_id is None else dispute.party_of(actor_id)
    return DisputeStep.objects.create(
        dispute=dispute,
        kind=kind,
        party=party,
        actor_id=actor_id,
        text=text,
        shown_to=shown_to,
        at=at,
    )


def tell(dispute: Dispute, type_: str, *people: UUID, **data: object) -> None:
    """Append an event for each of these people."""
    for owner_id in people:
        append_event(type=type_, subject=dispute.reference, owner_id=owner_id, data=data)

"""What the parties to a dispute do: answer, hand in files, withdraw."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import vault
from accounts.models import Purpose
from accounts.operations.submit_document import content_type_of
from accounts.sealing import Place
from events.operations import append_event
from wallets.errors import DisputeClosed, DisputeNotFound, TooManyDisputes
from wallets.models import Dispute, DisputeEvidence, DisputeStatus, DisputeStep, Party
from wallets.operations.dispute_steps import lock_open, move, note, tell
from wallets.operations.release_hold import release_hold

MOST_FILES = 5


def answer_dispute(*, dispute: Dispute, person_id: UUID, text: str, at: datetime) -> Dispute:
    """Say something as a party; an answer of who was asked hands the dispute back to staff.

    Must run inside a transaction. Raises `DisputeClosed`, `DisputeNotFound` for strangers.
    """
    locked = _lock_as_party(dispute, person_id)
    party = locked.party_of(person_id)
    note(locked, DisputeStep.Kind.ANSWERED, at=at, actor_id=person_id, shown_to=party, text=text)
    if locked.asked_party == party:
        due_at = at + timedelta(days=settings.DISPUTE_DECIDE_DAYS)
        move(locked, DisputeStatus.OPEN, asked_party="", due_at=due_at)
    return locked


def submit_evidence(
    *, dispute: Dispute, person_id: UUID, content: bytes, at: datetime
) -> DisputeEvidence:
    """Keep a file of a party's, sealed with that person's own key: staff see it beside them.

    Must run inside a transaction. Raises `DisputeClosed`, `DisputeNotFound` for strangers,
    `TooManyDisputes` after `MOST_FILES`, and what `accounts.operations.submit_document` raises
    of a file.
    """
    content_type = content_type_of(content)
    locked = _lock_as_party(dispute, person_id)
    if locked.evidence.filter(person_id=person_id).count() >= MOST_FILES:
        raise TooManyDisputes(f"At most {MOST_FILES} files of each party are taken.")

    evidence = DisputeEvidence(
        dispute=locked,
        person_id=person_id,
        content_type=content_type,
        size=len(content),
        submitted_at=at,
    )
    evidence.sealed = vault.seal_for(
        person_id=person_id, purpose=Purpose.PROFILE, plain=content, place=_place(evidence.id)
    )
    evidence.save(force_insert=True)
    note(
        locked,
        DisputeStep.Kind.EVIDENCE,
        at=at,
        actor_id=person_id,
        shown_to=locked.party_of(person_id),
        text=str(evidence.id),
    )
    return evidence


def read_evidence(
    *, dispute: Dispute, evidence_id: UUID, actor_id: UUID
) -> tuple[DisputeEvidence, bytes]:
    """Return a file with what is in it: a party's own, or any to staff, which is on record.

    Raises `DisputeNotFound`, and what opening it raises (`DataErased`, `SealBroken`).
    """
    with transaction.atomic():
        files = dispute.evidence.filter(pk=evidence_id)
        if dispute.party_of(actor_id) != Party.STAFF:
            files = files.filter(person_id=actor_id)
        evidence = files.first()
        if evidence is None:
            raise DisputeNotFound("There is no such file.")
        key = vault.key_of(person_id=evidence.person_id, purpose=Purpose.PROFILE)
        content = vault.open_for(key=key, sealed=bytes(evidence.sealed), place=_place(evidence.id))
        if evidence.person_id != actor_id:
            append_event(
                type="dispute.evidence_read",
                subject=str(evidence.id),
                owner_id=evidence.person_id,
                actor_id=actor_id,
                data={"dispute": dispute.reference},
            )
    return evidence, content


def withdraw_dispute(*, dispute: Dispute, person_id: UUID, at: datetime) -> Dispute:
    """Take a dispute back, as who filed it; what was held is available again.

    Must run inside a transaction. Raises `DisputeClosed`, also while a decision is proposed,
    and `DisputeNotFound` for everybody else.
    """
    locked = lock_open(dispute)
    if locked.sender_id != person_id:
        raise DisputeNotFound
    if locked.decisions.filter(status="proposed").exists():
        raise DisputeClosed("A decision about this dispute is on its way.")
    move(locked, DisputeStatus.WITHDRAWN, asked_party="", due_at=None, closed_at=at)
    if locked.hold is not None:
        release_hold(hold=locked.hold, at=at, reason="dispute withdrawn")
    note(locked, DisputeStep.Kind.WITHDRAWN, at=at, actor_id=person_id, shown_to="both")
    tell(locked, "dispute.withdrawn", locked.sender_id, locked.recipient_id)
    return locked


def _lock_as_party(dispute: Dispute, person_id: UUID) -> Dispute:
    locked = lock_open(dispute)
    if locked.party_of(person_id) == Party.STAFF:
        raise DisputeNotFound
    return locked


def _place(evidence_id: UUID) -> Place:
    return Place("wallets_disputeevidence", "sealed", evidence_id)

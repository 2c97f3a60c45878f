from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks, vault
from accounts.errors import DocumentDecided, DocumentNotFound, PersonNotFound
from accounts.models import DataKey, Document, DocumentStatus, Purpose
from accounts.operations.change_person import PersonChanges, change_person
from events.operations import append_event


def read_document(*, actor_id: UUID, document_id: UUID) -> tuple[Document, bytes]:
    """Return a document of somebody who weighs less than the actor, with its file.

    That it was looked at is on record. Raises `DocumentNotFound`, `DataErased`, `SealBroken`.
    """
    with transaction.atomic():
        document = _lock(document_id=document_id, actor_id=actor_id)
        key = DataKey.objects.filter(person_id=document.person_id, purpose=Purpose.IDENTITY).first()
        content = vault.open_for(
            key=key, sealed=bytes(document.sealed), place=vault.document_place(document.id)
        )

        append_event(
            type="document.read",
            subject=str(document.id),
            owner_id=document.person_id,
            actor_id=actor_id,
            data={},
        )

    return document, content


def decide_document(
    *,
    actor_id: UUID,
    document_id: UUID,
    status: DocumentStatus,
    kyc_tier: int | None,
    reason: str,
    at: datetime,
) -> Document:
    """Accept or reject a document, once; with a `kyc_tier`, that is its person's from now.

    Raises `DocumentNotFound` for one of somebody who does not weigh less than the actor, and
    `DocumentDecided`.
    """
    with transaction.atomic():
        document = _lock(document_id=document_id, actor_id=actor_id)
        if document.status != DocumentStatus.SUBMITTED:
            raise DocumentDecided

        document.status, document.decided_at = status, at
        document.decided_by_id, document.reason = actor_id, reason
        document.save(update_fields=["status", "decided_at", "decided_by", "reason"])
        append_event(
            type=f"document.{status}",
            subject=str(document.id),
            owner_id=document.person_id,
            actor_id=actor_id,
            data={"reason": reason},
        )
        if kyc_tier is not None:
            change_person(
                actor_id=actor_id,
                person_id=document.person_id,
                changes=PersonChanges(kyc_tier=kyc_tier),
                reason=reason,
                at=at,
            )

    return document


def _lock(*, document_id: UUID, actor_id: UUID) -> Document:
    person_id = Document.objects.filter(id=document_id).values_list("person", flat=True).first()
    if person_id is None:
        raise DocumentNotFound
    try:
        locks.lock_person_below(person_id=person_id, actor_id=actor_id)
    except PersonNotFound as error:
        raise DocumentNotFound from error
    return locks.lock_document(document_id=document_id)

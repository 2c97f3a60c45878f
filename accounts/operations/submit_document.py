from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks, vault
from accounts.errors import NotADocument, PersonNotFound, TooManyDocuments
from accounts.models import Document, DocumentStatus, Purpose
from events.operations import append_event

LARGEST_BYTES = 5 * 1024 * 1024
MOST_OPEN = 5

# How a file of each kind begins: its name and what the client says of it prove nothing.
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def submit_document(*, person_id: UUID, kind: str, content: bytes, at: datetime) -> Document:
    """Keep a file by which somebody shows who they are, sealed with their own key.

    Raises `NotADocument` for anything but a PDF, JPEG or PNG of at most `LARGEST_BYTES`,
    `TooManyDocuments` while `MOST_OPEN` wait for a decision, and `DataErased`.
    """
    content_type = content_type_of(content)
    with transaction.atomic():
        person = locks.lock_person(user_id=person_id)
        if person is None:
            raise PersonNotFound
        if person.documents.filter(status=DocumentStatus.SUBMITTED).count() >= MOST_OPEN:
            raise TooManyDocuments

        document = Document(
            person=person,
            kind=kind,
            content_type=content_type,
            size=len(content),
            submitted_at=at,
        )
        document.sealed = vault.seal_for(
            person_id=person.id,
            purpose=Purpose.IDENTITY,
            plain=content,
            place=vault.document_place(document.id),
        )
        document.save(force_insert=True)
        append_event(
            type="document.submitted",
            subject=str(document.id),
            owner_id=person.id,
            actor_id=person.id,
            data={"kind": kind, "content_type": content_type},
        )

    return document


def content_type_of(content: bytes) -> str:
    """Return what kind of file this is by how it begins; raises `NotADocument` for others."""
    if len(content) <= LARGEST_BYTES:
        for beginning, content_type in _BEGINNINGS.items():
            if content.startswith(beginning):
                return content_type
    raise NotADocument

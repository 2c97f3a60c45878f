from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from accounts import vault
from accounts.errors import PersonNotFound
from accounts.models import DataKey, Document, Purpose, User
from events.operations import append_event

File = tuple[str, Iterable[bytes]]


def export_data(*, person_id: UUID) -> Iterator[File]:
    """Return all that is held about somebody, as files: a name, and its content piece by piece.

    JSON arrays of rows, and their documents as they were sent in. What is sealed is opened
    first of all, so that `SealBroken` is raised here and not in the middle of an answer; rows
    are read as the pieces are. That it was exported is on record. Raises `PersonNotFound`.
    """
    with transaction.atomic():
        person = User.objects.prefetch_related("data_keys").filter(id=person_id).first()
        if person is None:
            raise PersonNotFound
        contact = orjson.dumps([{"phone": vault.phone_of(person)}])
        append_event(
            type="user.exported",
            subject=str(person_id),
            owner_id=person_id,
            actor_id=person_id,
            data={},
        )

    return chain([("contact.json", [contact])], _rows(person_id), _documents(person_id))


def _rows(person_id: UUID) -> Iterator[File]:
    for name in settings.PERSONAL_DATA:
        statements: dict[str, str] = import_string(name)
        for table, statement in statements.items():
            yield f"{table}.json", _array(statement, person_id)


def _array(statement: str, person_id: UUID) -> Iterator[bytes]:
    query = f"SELECT to_jsonb(told_row)::text FROM ({statement}) told_row"  # noqa: S608 -- our own text
    yield b"["
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, {"person": person_id})
        parted = b"\n"
        for (row,) in cursor:
            yield parted + row.encode()
            parted = b",\n"
    yield b"\n]\n"


def _documents(person_id: UUID) -> Iterator[File]:
    key = DataKey.objects.filter(person_id=person_id, purpose=Purpose.IDENTITY).first()
    for document_id in Document.objects.filter(person_id=person_id).values_list("id", flat=True):
        document = Document.objects.get(id=document_id)
        ending = document.content_type.partition("/")[2]
        content = vault.open_for(
            key=key, sealed=bytes(document.sealed), place=vault.document_place(document_id)
        )
        yield f"documents/{document_id}.{ending}", [content]

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import PersonNotFound
from accounts.models import User
from accounts.operations.end_families import end_families_of
from events.operations import append_event


def shut_out(*, person_id: UUID, at: datetime) -> User:
    """Let somebody in no more, whatever they weigh: for an operator, who has the machine anyway.

    Their logins and tokens end at once. Raises `PersonNotFound`.
    """
    with transaction.atomic():
        person = locks.lock_person(user_id=person_id)
        if person is None:
            raise PersonNotFound

        person.is_active = False
        person.token_version += 1
        person.save(update_fields=["is_active", "token_version"])
        append_event(type="user.deactivated", subject=str(person.id), owner_id=person.id, data={})
        end_families_of(user_id=person.id, at=at, reason="deactivated")

    return person

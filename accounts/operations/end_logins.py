from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.operations.log_out_everywhere import log_out_everywhere


def end_logins(*, actor_id: UUID, person_id: UUID, at: datetime) -> None:
    """End every login of somebody who weighs less than the actor. Raises `PersonNotFound`."""
    with transaction.atomic():
        locks.lock_person_below(person_id=person_id, actor_id=actor_id)

        log_out_everywhere(user_id=person_id, at=at, actor_id=actor_id)

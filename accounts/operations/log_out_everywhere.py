from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.operations.end_families import end_families_of
from accounts.operations.know_device import forget_devices
from events.operations import append_event


def log_out_everywhere(*, user_id: UUID, at: datetime, actor_id: UUID | None = None) -> None:
    """Raise somebody's token version: every token and session made before is dead at once.

    `actor_id` is who wants it, if it is not themselves.
    """
    with transaction.atomic():
        User.objects.filter(id=user_id).update(token_version=F("token_version") + 1)
        append_event(
            type="user.logged_out_everywhere",
            subject=str(user_id),
            owner_id=user_id,
            actor_id=actor_id or user_id,
            data={},
        )
        forget_devices(user_id=user_id)
        end_families_of(user_id=user_id, at=at, reason="logged_out_everywhere")

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.operations.end_families import end_families_of
from accounts.operations.know_device import forget_devices
from events.operations import append_event


def set_password(
    *, user: User, password: str, at: datetime, keep_family: UUID | None = None
) -> None:
    """Give somebody a new password, and end every login of theirs but `keep_family`."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        append_event(
            type="user.password_changed",
            subject=str(user.id),
            owner_id=user.id,
            actor_id=user.id,
            data={},
        )
        forget_devices(user_id=user.id)
        end_families_of(user_id=user.id, at=at, reason="password_changed", keep=keep_family)

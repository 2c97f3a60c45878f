from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import PersonNotFound
from accounts.models import User
from accounts.operations.know_device import forget_devices
from events.operations import append_event


def update_profile(
    *,
    user_id: UUID,
    name: str | None = None,
    phone: str | None = None,
    email_code: str | None = None,
) -> User:
    """Change what somebody says of themselves; None leaves a field as it is.

    A new rule about mailed codes starts with no device known: whoever logged in under the old
    one has not shown the mailbox.

    Raises `PersonNotFound`. Nothing is written, and no event, when nothing changes.
    """
    with transaction.atomic():
        user = locks.lock_person(user_id=user_id)
        if user is None:
            raise PersonNotFound
        wanted = {"name": name, "phone": phone, "email_code": email_code}
        changes = {
            field: {"from": getattr(user, field), "to": value}
            for field, value in wanted.items()
            if value is not None and value != getattr(user, field)
        }

        if changes:
            for field, change in changes.items():
                setattr(user, field, change["to"])
            user.save(update_fields=list(changes))
            if "email_code" in changes:
                forget_devices(user_id=user.id)
            append_event(
                type="user.profile_changed",
                subject=str(user.id),
                owner_id=user.id,
                actor_id=user.id,
                data={"fields": sorted(changes)},
            )

    return user

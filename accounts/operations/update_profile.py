from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import PersonNotFound
from accounts.models import User
from accounts.operations.know_device import forget_devices
from accounts.operations.write_profile import write_profile
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

    Raises `PersonNotFound`, `DataErased`. Without a change nothing is written, and no event.
    """
    with transaction.atomic():
        user = locks.lock_person(user_id=user_id)
        if user is None:
            raise PersonNotFound
        changed = write_profile(user, {"name": name, "phone": phone, "email_code": email_code})

        if changed:
            if "email_code" in changed:
                forget_devices(user_id=user.id)
            append_event(
                type="user.profile_changed",
                subject=str(user.id),
                owner_id=user.id,
                actor_id=user.id,
                data={"fields": sorted(changed)},
            )

    return user

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import NoPin
from events.operations import append_event


def remove_pin(*, owner_id: UUID) -> None:
    """Ask somebody for no PIN any more. Raises `NoPin`."""
    with transaction.atomic():
        kept = locks.lock_pin(owner_id=owner_id)
        if kept is None:
            raise NoPin

        kept.delete()
        append_event(
            type="pin.removed",
            subject=str(owner_id),
            owner_id=owner_id,
            actor_id=owner_id,
            data={},
        )

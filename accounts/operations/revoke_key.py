from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import KeyNotFound, KeyRevoked
from events.operations import append_event


def revoke_key(*, owner_id: UUID, key_id: UUID, at: datetime, actor_id: UUID | None = None) -> None:
    """End a key of a person for good, at their own request or that of `actor_id`.

    It works no more from the next request on. Raises `KeyNotFound`, `KeyRevoked`.
    """
    with transaction.atomic():
        held = locks.lock_keys(owner_id=owner_id) or []
        key = next((key for key in held if key.id == key_id), None)
        if key is None:
            raise KeyNotFound
        if key.revoked_at is not None:
            raise KeyRevoked

        key.place, key.revoked_at = None, at
        key.save(update_fields=["place", "revoked_at"])
        append_event(
            type="key.revoked",
            subject=str(key.id),
            owner_id=owner_id,
            actor_id=actor_id or owner_id,
            data={"name": key.name},
        )

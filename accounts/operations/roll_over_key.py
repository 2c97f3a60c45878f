from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import KeyNotExpired, KeyNotFound, KeyRenewed, KeyRevoked
from accounts.models import ApiKey
from accounts.operations.create_key import KeyTerms, settle_key


def roll_over_key(
    *, owner_id: UUID, key_id: UUID, life: timedelta, text: str, at: datetime
) -> ApiKey:
    """Make a key that may do what an expired one of the same owner could, once.

    Raises `KeyNotFound`, `KeyRevoked`, `KeyNotExpired`, `KeyRenewed`, `TooManyKeys`.
    """
    with transaction.atomic():
        held = locks.lock_keys(owner_id=owner_id) or []
        expired = next((key for key in held if key.id == key_id), None)
        if expired is None:
            raise KeyNotFound
        if expired.revoked_at is not None:
            raise KeyRevoked
        if not expired.has_expired(at):
            raise KeyNotExpired
        if any(key.renews_id == key_id for key in held):
            raise KeyRenewed

        return settle_key(
            ApiKey(owner_id=owner_id, renews=expired, created_at=at, expires_at=at + life),
            terms=KeyTerms(expired.name, expired.permissions, expired.allowed_ips),
            text=text,
            held=held,
        )

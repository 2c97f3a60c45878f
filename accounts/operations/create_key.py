from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import locks
from accounts.api_keys import digest, hint_of
from accounts.errors import PersonNotFound, TooManyKeys
from accounts.models import ApiKey
from accounts.models.api_key import KEYS_AT_MOST
from events.operations import append_event


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a new key is called, what it may do, and from which addresses; empty means any."""

    name: str
    permissions: Sequence[str]
    allowed_ips: Sequence[str] = ()


def create_key(
    *, owner_id: UUID, terms: KeyTerms, life: timedelta, text: str, at: datetime
) -> ApiKey:
    """Make an API key for a person; `text` is the key itself, which is not kept.

    Raises `TooManyKeys` while five of theirs work.
    """
    with transaction.atomic():
        held = locks.lock_keys(owner_id=owner_id)
        if held is None:
            raise PersonNotFound

        return settle_key(
            ApiKey(owner_id=owner_id, created_at=at, expires_at=at + life),
            terms=terms,
            text=text,
            held=held,
        )


def settle_key(key: ApiKey, *, terms: KeyTerms, text: str, held: Sequence[ApiKey]) -> ApiKey:
    """Give a new key a free place among those that its owner, who is locked, `held` till now."""
    at = key.created_at
    taken = {other.place for other in held if other.place and not other.has_expired(at)}
    free = [place for place in range(1, KEYS_AT_MOST + 1) if place not in taken]
    if not free:
        raise TooManyKeys

    key.place = free[0]
    ApiKey.objects.filter(owner_id=key.owner_id, place=key.place).update(place=None)
    key.name, key.permissions = terms.name, list(terms.permissions)
    key.allowed_ips = list(terms.allowed_ips)
    key.hint, key.digest = hint_of(text), digest(text, pepper=settings.API_KEY_PEPPER)
    key.save(force_insert=True)
    append_event(
        type="key.renewed" if key.renews_id else "key.created",
        subject=str(key.id),
        owner_id=key.owner_id,
        actor_id=key.owner_id,
        data={
            "name": key.name,
            "permissions": key.permissions,
            "expires_at": key.expires_at.isoformat(),
            **({"renews": str(key.renews_id)} if key.renews_id else {}),
        },
    )
    return key

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import locks
from accounts.models import TokenFamily
from events.operations import append_event


def end_family(*, family_id: UUID, at: datetime, reason: str) -> None:
    """End one login: its tokens and its session are dead from now. Ended before: nothing."""
    _end(Q(id=family_id), at=at, reason=reason)


def end_families_of(*, user_id: UUID, at: datetime, reason: str, keep: UUID | None = None) -> None:
    """End every login of somebody, except the family `keep`."""
    _end(Q(user_id=user_id) & ~Q(id=keep), at=at, reason=reason)


def end_families_of_sessions(*, session_keys: Collection[str], at: datetime, reason: str) -> None:
    """End the logins that these sessions belong to."""
    _end(Q(session_key__in=[key for key in session_keys if key]), at=at, reason=reason)


def _end(which: Q, *, at: datetime, reason: str) -> None:
    sessions = import_module(settings.SESSION_ENGINE).SessionStore()
    with transaction.atomic():
        families = locks.lock_live_families(which)

        TokenFamily.objects.filter(id__in=[family.id for family in families]).update(revoked_at=at)
        for family in families:
            if family.session_key:
                sessions.delete(family.session_key)
            append_event(
                type="token.family_revoked",
                subject=str(family.id),
                owner_id=family.user_id,
                data={"reason": reason},
            )

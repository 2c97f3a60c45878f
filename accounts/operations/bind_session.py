from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from events.operations import append_event


def bind_session(
    *,
    family_id: UUID,
    session_key: str,
    authenticated_at: datetime | None = None,
    second_factor_at: datetime | None = None,
) -> None:
    """Tell a login what became of its session: its key now, and the last proofs of its person.

    A proof that is older than what is known changes nothing.
    """
    with transaction.atomic():
        family = locks.lock_family(family_id=family_id)
        if family is None:
            return
        seen = {
            "authenticated_at": _newer(family.authenticated_at, authenticated_at),
            "second_factor_at": _newer(family.second_factor_at, second_factor_at),
        }
        moved = [name for name, at in seen.items() if at != getattr(family, name)]

        for name in moved:
            setattr(family, name, seen[name])
        if family.session_key != session_key:
            family.session_key = session_key
            moved.append("session_key")
        if moved:
            family.save(update_fields=moved)
        if "authenticated_at" in moved:
            append_event(
                type="user.reauthenticated",
                subject=str(family.user_id),
                owner_id=family.user_id,
                actor_id=family.user_id,
                data={
                    "family": str(family_id),
                    "second_factor": "second_factor_at" in moved,
                },
            )


def _newer(known: datetime | None, told: datetime | None) -> datetime | None:
    if known is None or told is None:
        return known or told
    return max(known, told)

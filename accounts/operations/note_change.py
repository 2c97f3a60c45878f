from __future__ import annotations

from uuid import UUID

from django.db import transaction

from events.operations import append_event


def note_change(*, user_id: UUID, type: str, what: str) -> None:  # noqa: A002 -- the event's own word
    """Put on record a change to how somebody logs in ; `what` is allauth's name for it."""
    with transaction.atomic():
        append_event(
            type=type,
            subject=str(user_id),
            owner_id=user_id,
            actor_id=user_id,
            data={"what": what},
        )

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from events import causes
from events.errors import OutsideTransaction
from events.models import Event


def append_event(
    *,
    type: str,  # noqa: A002 -- the field's own name in what clients receive
    subject: str,
    owner_id: UUID | None,
    data: dict[str, Any],
    actor_id: UUID | None = None,
) -> Event:
    """Write down what the surrounding transaction makes happen.

    The request id and, unless given, the actor come from the current cause.
    Raises `OutsideTransaction`: an event must stand or fall with what it tells of.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction

    cause = causes.current()
    return Event.objects.create(
        type=type,
        subject=subject,
        owner_id=owner_id,
        actor_id=actor_id or cause.actor_id,
        request_id=cause.request_id,
        data=data,
    )

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import locks
from accounts.models import TransactionPin
from events.operations import append_event


def set_pin(*, owner_id: UUID, pin: str, at: datetime) -> None:
    """Give somebody a transaction PIN in place of the one they have, if any; nothing is locked."""
    digest = make_password(pin)
    with transaction.atomic():
        locks.lock_person(user_id=owner_id)

        TransactionPin.objects.update_or_create(
            owner_id=owner_id, defaults={"hash": digest, "failures": 0, "set_at": at}
        )
        append_event(
            type="pin.set", subject=str(owner_id), owner_id=owner_id, actor_id=owner_id, data={}
        )

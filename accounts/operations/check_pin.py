from __future__ import annotations

from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import transaction

from accounts import locks
from accounts.errors import PinLocked, PinNotValid
from accounts.models.transaction_pin import WRONG_TRIES_AT_MOST
from events.operations import append_event


def check_pin(*, owner_id: UUID, pin: str) -> None:
    """Compare with the transaction PIN of somebody; who has none is not asked.

    Tries of one person wait for each other, so that none is left uncounted. A wrong one is
    counted before `PinNotValid` is raised; the fifth in a row locks the PIN. Raises `PinLocked`.
    """
    with transaction.atomic(durable=True):
        kept = locks.lock_pin(owner_id=owner_id)
        if kept is None:
            return
        if kept.is_locked:
            raise PinLocked
        is_right = check_password(pin, kept.hash)

        failures = 0 if is_right else kept.failures + 1
        if failures != kept.failures:
            kept.failures = failures
            kept.save(update_fields=["failures"])
        is_last = failures >= WRONG_TRIES_AT_MOST
        if is_last:
            append_event(type="pin.locked", subject=str(owner_id), owner_id=owner_id, data={})

    if is_last:
        raise PinLocked
    if not is_right:
        raise PinNotValid

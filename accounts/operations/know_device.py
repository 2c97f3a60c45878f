from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import KnownDevice, User


def know_device(*, user: User, token: str, at: datetime) -> KnownDevice:
    """Know a device from now on by `token`: somebody completed a login on it.

    Of more than twenty the longest unseen ones are forgotten.
    """
    with transaction.atomic():
        device = KnownDevice.objects.create(
            user=user, digest=KnownDevice.digest_of(token), known_at=at, last_seen_at=at
        )
        theirs = KnownDevice.objects.filter(user=user)
        surplus = theirs.order_by("-last_seen_at", "-id").values_list("id", flat=True)
        theirs.filter(id__in=list(surplus[KnownDevice.MOST :])).delete()

    return device


def see_device(*, device_id: UUID, at: datetime) -> None:
    """Note that somebody completed a login on a known device again."""
    KnownDevice.objects.filter(id=device_id, last_seen_at__lt=at).update(last_seen_at=at)


def forget_devices(*, user_id: UUID) -> None:
    """Know none of somebody's devices any more: the next login on each is as on a new one."""
    KnownDevice.objects.filter(user_id=user_id).delete()

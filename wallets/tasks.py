from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallets import operations


@shared_task
def release_expired_holds() -> None:
    operations.expire_holds(now=timezone.now())

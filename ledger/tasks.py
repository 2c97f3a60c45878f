from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from ledger import operations
from ledger.seals import SealKey


@shared_task
def seal_journal() -> None:
    if settings.SEAL_KEY:
        operations.seal_entries(key=SealKey(settings.SEAL_KEY), at=timezone.now())

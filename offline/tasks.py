from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from offline import operations


@shared_task
def reclaim_certificates() -> None:
    operations.reclaim_due(now=timezone.now())


@shared_task
def publish_revocations() -> None:
    with transaction.atomic():
        operations.publish_revocations(now=timezone.now())


@shared_task
def prune_offline() -> None:
    operations.destroy_due_exports(now=timezone.now())
    operations.prune_allowances(now=timezone.now())
    operations.prune_challenges(now=timezone.now())

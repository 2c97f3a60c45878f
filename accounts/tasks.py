from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts import operations


@shared_task
def prune_answers() -> None:
    operations.prune_answers(now=timezone.now())


@shared_task
def prune_logins() -> None:
    operations.prune_logins(now=timezone.now())


@shared_task
def destroy_due_keys() -> None:
    operations.destroy_due_keys(now=timezone.now())

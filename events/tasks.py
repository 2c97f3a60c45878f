from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from events import operations


@shared_task
def relay_events() -> None:
    operations.relay_events(now=timezone.now())


@shared_task
def send_deliveries() -> None:
    operations.send_deliveries(clock=timezone.now)


@shared_task
def prune_deliveries() -> None:
    operations.prune_deliveries(now=timezone.now())

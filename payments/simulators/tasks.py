from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from payments.simulators import operations


@shared_task
def deliver_webhooks() -> None:
    operations.deliver_webhooks(now=timezone.now())

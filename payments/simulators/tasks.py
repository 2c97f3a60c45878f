from __future__ import annotations

import secrets

from celery import shared_task

from payments.simulators import operations, queries

_dice = secrets.SystemRandom().random


@shared_task
def deliver_webhooks() -> None:
    operations.run_clock(now=queries.now(), dice=_dice)
    operations.deliver_webhooks(now=queries.now())

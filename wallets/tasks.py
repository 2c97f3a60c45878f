from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallets import operations


@shared_task
def release_expired_holds() -> None:
    operations.expire_holds(now=timezone.now())


@shared_task
def end_freezes() -> None:
    operations.expire_freezes(now=timezone.now())


@shared_task
def judge_alerts() -> None:
    operations.judge_alerts()


@shared_task
def refresh_rates() -> None:
    operations.refresh_rates(now=timezone.now())


@shared_task
def prune_quotes() -> None:
    operations.prune_quotes(now=timezone.now())


@shared_task
def settle_transits() -> None:
    operations.settle_transits(now=timezone.now())


@shared_task
def send_invitations() -> None:
    operations.send_invitations(now=timezone.now())


@shared_task
def escalate_disputes() -> None:
    operations.escalate_disputes(now=timezone.now())


@shared_task
def run_schedules() -> None:
    operations.run_schedules(now=timezone.now())

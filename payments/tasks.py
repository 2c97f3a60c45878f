from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments import operations
from payments.providers.registry import provider


@shared_task
def apply_webhook(delivery_id: int, provider_name: str) -> None:
    operations.apply_webhook(
        delivery_id=delivery_id, provider=provider(provider_name), now=timezone.now()
    )


@shared_task
def sweep_deposits() -> None:
    operations.sweep_deposits(now=timezone.now())


@shared_task
def send_refund(refund_id: int, provider_name: str) -> None:
    operations.send_refund(
        refund_id=refund_id, provider=provider(provider_name), now=timezone.now()
    )


@shared_task
def sweep_refunds() -> None:
    operations.sweep_refunds(now=timezone.now())


@shared_task
def sweep_webhooks() -> None:
    operations.sweep_webhooks(now=timezone.now())


@shared_task
def send_payout(payout_id: int, provider_name: str) -> None:
    operations.send_payout(
        payout_id=payout_id, provider=provider(provider_name), now=timezone.now()
    )


@shared_task
def sweep_payouts() -> None:
    operations.sweep_payouts(now=timezone.now())


@shared_task
def run_payout_batch(batch_id: str) -> None:
    operations.run_payout_batch(batch_id=UUID(batch_id), now=timezone.now())


@shared_task
def sweep_payout_batches() -> None:
    operations.run_payout_batches(now=timezone.now())


@shared_task
def reconcile_days() -> None:
    operations.reconcile_days(now=timezone.now())


@shared_task
def prove_money() -> None:
    operations.prove_money(now=timezone.now())

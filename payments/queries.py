"""Reads of payments. Who asks is always an argument."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from payments import references
from payments.errors import DepositNotFound
from payments.models import Deposit, WebhookDelivery


def get_deposit(*, owner_id: UUID, reference: str) -> Deposit:
    """Return a person's own deposit; raises `DepositNotFound`, also for somebody else's."""
    if not references.DEPOSIT.fullmatch(reference):
        raise DepositNotFound
    deposit = deposits(owner_id=owner_id).filter(reference=reference).first()
    if deposit is None:
        raise DepositNotFound
    return deposit


def deposits(*, owner_id: UUID) -> QuerySet[Deposit]:
    """Return a person's own deposits with their wallets; the order is the caller's."""
    return Deposit.objects.filter(owner_id=owner_id).select_related("wallet")


def find_deposit_by_request(request_key: UUID) -> Deposit | None:
    """Return what an earlier run of the same request started."""
    return Deposit.objects.filter(request_key=request_key).select_related("wallet").first()


def find_deposit_by_provider(*, provider: str, provider_reference: str) -> Deposit | None:
    """Return the deposit that a provider speaks of, by the reference of any of its attempts."""
    if not (provider_reference.isascii() and provider_reference.isprintable()):
        return None
    first = references.first_attempt(provider_reference)
    spellings = [
        references.of_attempt(first, number) for number in range(1, references.MOST_ATTEMPTS + 1)
    ]
    deposit = Deposit.objects.filter(provider=provider, provider_reference__in=spellings).first()
    known = deposit is not None and provider_reference in attempts(deposit)
    return deposit if known else None


def attempts(deposit: Deposit) -> list[str]:
    """Return the provider's references of a deposit, the one in force first."""
    spelled = references.first_attempt(deposit.provider_reference)
    return [references.of_attempt(spelled, number) for number in range(deposit.attempt, 0, -1)]


def webhooks_to_try(*, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Return id and provider of the webhooks whose time has come, the longest waiting first."""
    due = WebhookDelivery.objects.filter(next_try_at__lte=now).order_by("next_try_at", "id")
    return list(due.values_list("pk", "provider")[:limit])

"""Reads of payments. Who asks is always an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from accounts import vault
from accounts.models import Purpose
from accounts.sealing import Place
from ledger.money import Money
from payments import masking, references
from payments.errors import BeneficiaryNotFound, DepositNotFound, PayoutNotFound
from payments.models import (
    Beneficiary,
    Deposit,
    MoneyProof,
    Payout,
    PayoutBatch,
    PayoutBatchRow,
    PayoutThreshold,
    ReconciliationLine,
    ReconciliationRun,
    Refund,
    WebhookDelivery,
)
from payments.providers.base import BankAccount


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


def refunds(*, deposit: Deposit) -> QuerySet[Refund]:
    """Return the refunds of a deposit, newest first."""
    rows = Refund.objects.filter(deposit=deposit).select_related("deposit", "wallet")
    return rows.order_by("-reference")


def refunded_minor(deposit: Deposit) -> int:
    """Return what is given back of a deposit already, or about to be, in minor units."""
    given = Refund.objects.filter(deposit=deposit, status__in=Refund.GIVEN_BACK)
    total: int = given.aggregate(total=Sum("amount_minor", default=0))["total"]
    return total


def refunds_to_take_up(*, now: datetime, limit: int) -> list[Refund]:
    """Return the refunds whose time has come, the longest waiting first."""
    due = Refund.objects.filter(next_step_at__lte=now).order_by("next_step_at", "id")
    return list(due[:limit])


def refunds_told_of(deposit: Deposit) -> list[Refund]:
    """Return the refunds of a deposit of which its provider may have something new to say."""
    asked = (Refund.Status.PROCESSING, Refund.Status.COMPLETED)
    return list(Refund.objects.filter(deposit=deposit, status__in=asked).order_by("id"))


def webhooks_to_try(*, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Return id and provider of the webhooks whose time has come, the longest waiting first."""
    due = WebhookDelivery.objects.filter(next_try_at__lte=now).order_by("next_try_at", "id")
    return list(due.values_list("pk", "provider")[:limit])


def beneficiaries(*, owner_id: UUID) -> QuerySet[Beneficiary]:
    """Return a person's own beneficiaries that were not removed; the order is the caller's."""
    return Beneficiary.objects.filter(owner_id=owner_id, removed_at=None)


def get_beneficiary(*, owner_id: UUID, beneficiary_id: UUID) -> Beneficiary:
    """Return a person's own beneficiary; raises `BeneficiaryNotFound`, also for a removed one."""
    found = beneficiaries(owner_id=owner_id).filter(pk=beneficiary_id).first()
    if found is None:
        raise BeneficiaryNotFound
    return found


def find_beneficiary(*, owner_id: UUID, beneficiary_id: UUID) -> Beneficiary | None:
    """Return what an earlier run of the same request added, removed or not."""
    return Beneficiary.objects.filter(owner_id=owner_id, pk=beneficiary_id).first()


def number_place(beneficiary_id: UUID) -> Place:
    return Place("payments_beneficiary", "number_sealed", beneficiary_id)


def name_place(beneficiary_id: UUID) -> Place:
    return Place("payments_beneficiary", "name_sealed", beneficiary_id)


def accounts_of(rows: Sequence[Beneficiary]) -> list[BankAccount]:
    """Return where the beneficiaries of one person are, in the clear. One query for all.

    Raises `SealBroken`, and `DataErased` when their owner's data was.
    """
    if not rows:
        return []
    key = vault.key_of(person_id=rows[0].owner_id, purpose=Purpose.PROFILE)
    return [
        BankAccount(
            number=vault.open_for(
                key=key, sealed=bytes(row.number_sealed), place=number_place(row.pk)
            ).decode(),
            bank_code=row.bank_code,
            currency=row.currency,
            name=vault.open_for(
                key=key, sealed=bytes(row.name_sealed), place=name_place(row.pk)
            ).decode(),
        )
        for row in rows
    ]


def masked(account: BankAccount) -> dict[str, str]:
    """Return what may be shown of an account."""
    return {
        "name": masking.mask_name(account.name),
        "account_number": masking.mask_number(account.number),
        "bank_code": account.bank_code,
        "currency": account.currency,
    }


def payouts(*, owner_id: UUID) -> QuerySet[Payout]:
    """Return a person's own payouts with their wallets; the order is the caller's."""
    return Payout.objects.filter(owner_id=owner_id).select_related("wallet")


def get_payout(*, owner_id: UUID, reference: str) -> Payout:
    """Return a person's own payout; raises `PayoutNotFound`, also for somebody else's."""
    if not references.PAYOUT.fullmatch(reference):
        raise PayoutNotFound
    payout = payouts(owner_id=owner_id).filter(reference=reference).first()
    if payout is None:
        raise PayoutNotFound
    return payout


def find_payout_by_provider(*, provider: str, provider_reference: str) -> Payout | None:
    """Return the payout that a provider speaks of."""
    if not (provider_reference.isascii() and provider_reference.isprintable()):
        return None
    rows = Payout.objects.filter(provider=provider, provider_reference=provider_reference)
    return rows.first()


def approvals_for(amount: Money) -> int:
    """Return how many people must approve a payout of this amount."""
    threshold = PayoutThreshold.objects.filter(currency=amount.currency.code).first()
    return threshold.approvals_for(amount) if threshold else 0


def payouts_to_take_up(*, now: datetime, limit: int) -> list[Payout]:
    """Return the payouts whose time has come, the longest waiting first."""
    due = Payout.objects.filter(next_step_at__lte=now).order_by("next_step_at", "id")
    return list(due[:limit])


def unsettled_payouts(*, provider: str | None = None) -> QuerySet[Payout]:
    """Return the payouts that have not ended or wait for a person, the oldest first."""
    rows = Payout.objects.filter(Q(status__in=Payout.OPEN) | ~Q(mismatch=""))
    rows = rows if provider is None else rows.filter(provider=provider)
    return rows.select_related("wallet").order_by("id")


def deposits_since(*, provider: str, since: datetime) -> QuerySet[Deposit]:
    """Return the deposits through a provider that were started since an instant, by age."""
    rows = Deposit.objects.filter(provider=provider, created_at__gte=since)
    return rows.select_related("wallet").order_by("id")


def payouts_since(*, provider: str, since: datetime) -> QuerySet[Payout]:
    """Return the payouts through a provider that were asked for since an instant, by age."""
    rows = Payout.objects.filter(provider=provider, created_at__gte=since)
    return rows.select_related("wallet").order_by("id")


def open_breaks(*, provider: str, since: date, until: date) -> set[str]:
    """Return the references of which a provider and we disagree, first seen in these days."""
    rows = ReconciliationLine.objects.filter(provider=provider, day__gte=since, day__lte=until)
    return set(rows.exclude(state="matched").values_list("key", flat=True))


def was_reconciled(*, provider: str, day: date) -> bool:
    """Whether a day of a provider's books was compared with ours."""
    return ReconciliationRun.objects.filter(provider=provider, day=day).exists()


def providers_used() -> list[str]:
    """Return the names of the providers that money was asked to go through."""
    deposits = Deposit.objects.order_by().values_list("provider", flat=True).distinct()
    payouts = Payout.objects.order_by().values_list("provider", flat=True).distinct()
    return sorted({*deposits, *payouts})


def newest_proofs() -> list[MoneyProof]:
    """Return the last proof of the money in each currency."""
    return list(MoneyProof.objects.order_by("currency", "-at").distinct("currency"))


def last_proofs(*, currency: str, limit: int = 200) -> list[MoneyProof]:
    """Return the last proofs of the money in one currency, the oldest first."""
    rows = MoneyProof.objects.filter(currency=currency).order_by("-at")
    return list(rows[:limit])[::-1]


def settled_webhooks(
    *, since: datetime, provider: str | None, state: str | None, reference: str | None
) -> list[WebhookDelivery]:
    """Return stored events that wait for nothing, received since an instant, by age."""
    asked = {"provider": provider, "state": state, "payment_reference": reference}
    only = {name: value for name, value in asked.items() if value is not None}
    rows = WebhookDelivery.objects.filter(next_try_at=None, received_at__gte=since, **only)
    return list(rows.order_by("id"))


def get_payout_batch(*, owner_id: UUID, batch_id: UUID) -> PayoutBatch:
    """Return a person's own table of payouts; raises `PayoutNotFound`."""
    rows = PayoutBatch.objects.filter(owner_id=owner_id, pk=batch_id)
    batch = rows.select_related("wallet").first()
    if batch is None:
        raise PayoutNotFound
    return batch


def batch_rows(batch: PayoutBatch) -> list[PayoutBatchRow]:
    """Return the rows of a table with their payouts, in their order."""
    return list(batch.rows.select_related("payout", "beneficiary").order_by("number"))


def waiting_batch_rows(batch_id: UUID) -> list[int]:
    """Return the ids of the rows of a table that wait, in their order."""
    rows = PayoutBatchRow.objects.filter(batch_id=batch_id, state=PayoutBatchRow.State.WAITING)
    return list(rows.order_by("number").values_list("pk", flat=True))


def batches_waiting(limit: int) -> list[UUID]:
    """Return the ids of tables of which rows wait."""
    rows = PayoutBatchRow.objects.filter(state=PayoutBatchRow.State.WAITING)
    return list(rows.order_by("batch_id").values_list("batch_id", flat=True).distinct()[:limit])

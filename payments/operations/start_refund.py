from __future__ import annotations

from datetime import datetime

from django.db import connection

from events.operations import append_event
from ledger.money import Money
from payments import locks, queries, references
from payments.errors import DepositNotPaid, RefundTooLarge
from payments.models import Deposit, Refund
from wallets.errors import CurrencyMismatch, OutsideTransaction
from wallets.models import HoldPurpose
from wallets.operations import HoldOrder, place_hold


def start_refund(*, deposit_id: int, amount: Money | None, entropy: int, now: datetime) -> Refund:
    """Ask for money of a deposit to go back to where it came from: all that is left, or some.

    It is held in the wallet at once; a worker asks the provider. Must run inside a transaction.
    Raises `DepositNotPaid`, `RefundTooLarge` when it would be more than was paid and is not on
    its way back already, and of wallets `WalletNotActive`, `CurrencyMismatch` and the ledger's
    `InsufficientFunds`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    deposit = locks.deposit(deposit_id)

    if deposit.status != Deposit.Status.COMPLETED:
        raise DepositNotPaid(deposit.reference)
    left = deposit.amount_minor - queries.refunded_minor(deposit)
    wanted = amount or Money(left, deposit.amount.currency)
    if wanted.currency != deposit.amount.currency:
        raise CurrencyMismatch
    if not 0 < wanted.amount_minor <= left:
        raise RefundTooLarge(Money(left, deposit.amount.currency))

    return _write(deposit, wanted, references.refund_reference(at=now, entropy=entropy), now)


def _write(deposit: Deposit, amount: Money, reference: str, now: datetime) -> Refund:
    hold = place_hold(
        order=HoldOrder(
            wallet=deposit.wallet,
            amount=amount,
            reference=references.hold_of(reference),
            at=now,
            description=f"Refund of {deposit.reference}",
            purpose=HoldPurpose.REFUND,
        )
    )
    refund = Refund.objects.create(
        reference=reference,
        deposit=deposit,
        wallet=deposit.wallet,
        owner_id=deposit.owner_id,
        hold=hold,
        amount_minor=amount.amount_minor,
        currency=amount.currency.code,
        provider=deposit.provider,
        created_at=now,
        next_step_at=now,
    )
    append_event(
        type="refund.requested",
        subject=reference,
        owner_id=refund.owner_id,
        data=refund.facts(),
    )
    return refund

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from events.operations import append_event
from ledger.errors import LedgerRefusal
from ledger.money import Money, currency
from payments import locks, queries
from payments.bulk import BulkRow
from payments.errors import PaymentRefusal
from payments.models import Payout, PayoutBatch, PayoutBatchRow
from payments.operations.start_payout import PayoutWish, start_payout
from payments.providers.registry import provider
from wallets.errors import OutsideTransaction, WalletRefusal
from wallets.models import Wallet

State = PayoutBatchRow.State


def start_payout_batch(
    *, wallet: Wallet, rows: Sequence[BulkRow], role: str, now: datetime
) -> PayoutBatch:
    """Write down a table of payouts, to be started one by one by `run_payout_batch`.

    Rows that can be no payout are refused at once. Must run inside a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    batch = PayoutBatch.objects.create(
        owner_id=wallet.owner_id, wallet=wallet, role=role, created_at=now
    )
    named = [row.beneficiary_id for row in rows if row.beneficiary_id]
    known = set(
        queries.beneficiaries(owner_id=wallet.owner_id)
        .filter(pk__in=named)
        .values_list("pk", flat=True)
    )
    PayoutBatchRow.objects.bulk_create([_row_of(batch, row, known) for row in rows])
    append_event(
        type="payout_batch.started",
        subject=str(batch.pk),
        owner_id=batch.owner_id,
        data={"wallet": wallet.number, "rows": len(rows)},
    )
    return batch


def run_payout_batch(*, batch_id: UUID, now: datetime) -> int:
    """Start the payouts of a table that wait, each in a transaction of its own; return how many.

    Safe twice and in parallel: a row is started or refused by who locks it, once.
    """
    done = 0
    for row_id in queries.waiting_batch_rows(batch_id):
        with transaction.atomic(durable=True):
            row = locks.waiting_batch_row(row_id)
            if row is not None:
                start_row(row, now)
                done += 1
    return done


def run_payout_batches(*, now: datetime, limit: int = 100) -> int:
    """Do the same with every table of which rows wait: what a lost task message left behind."""
    waiting = queries.batches_waiting(limit)
    return sum(run_payout_batch(batch_id=batch_id, now=now) for batch_id in waiting)


def start_row(row: PayoutBatchRow, now: datetime) -> Payout | None:
    """Start what a row that the caller has locked asks for, or write down why not."""
    try:
        with transaction.atomic():
            payout = _start(row, now)
    except (PaymentRefusal, WalletRefusal, LedgerRefusal) as refusal:
        row.state, row.code = State.REFUSED, refusal.code[:60]
        row.save(update_fields=["state", "code"])
        return None
    row.state, row.payout = State.STARTED, payout
    row.save(update_fields=["state", "payout"])
    return payout


def _start(row: PayoutBatchRow, now: datetime) -> Payout:
    batch, beneficiary = row.batch, row.beneficiary
    if beneficiary is None or row.amount_minor is None:
        raise TypeError("A row that waits has a beneficiary and an amount.")
    return start_payout(
        wish=PayoutWish(
            wallet=batch.wallet,
            beneficiary=beneficiary,
            amount=Money(row.amount_minor, currency(batch.wallet.currency)),
            role=batch.role,
            entropy=secrets.randbits(64),
            description=row.description,
        ),
        provider=provider(beneficiary.provider),
        now=now,
    )


def _row_of(batch: PayoutBatch, row: BulkRow, known: set[UUID]) -> PayoutBatchRow:
    found = row.beneficiary_id in known
    code = row.code or ("" if found else "beneficiary_not_found")
    return PayoutBatchRow(
        batch=batch,
        number=row.number,
        beneficiary_id=row.beneficiary_id if found else None,
        amount_minor=row.amount.amount_minor if row.amount else None,
        description=row.description,
        state=State.REFUSED if code else State.WAITING,
        code=code,
    )

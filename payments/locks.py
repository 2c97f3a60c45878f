"""Every row lock and claim of payments. The deposit or payout first, then what `wallets` locks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from payments import asking
from payments.models import (
    Deposit,
    Payout,
    PayoutBatchRow,
    ReconciliationLine,
    ReconciliationProposal,
    Refund,
    WebhookDelivery,
)


def deposit(deposit_id: int) -> Deposit:
    """Lock a deposit until the transaction ends."""
    rows = Deposit.objects.select_related("wallet").select_for_update(of=("self",))
    return rows.get(pk=deposit_id)


def refund(refund_id: int) -> Refund:
    """Lock a refund until the transaction ends."""
    rows = Refund.objects.select_related("wallet", "hold", "deposit")
    return rows.select_for_update(of=("self",)).get(pk=refund_id)


def claim_refund(*, refund_id: int, now: datetime, lease: timedelta) -> Refund | None:
    """Take up one refund for `lease`; None when its time has not come or somebody else has it."""
    claimed = Refund.objects.filter(pk=refund_id, next_step_at__lte=now).update(
        next_step_at=now + lease
    )
    if not claimed:
        return None
    return Refund.objects.select_related("wallet", "deposit").get(pk=refund_id)


def begin_refunding(taken: Refund, *, now: datetime) -> bool:
    """Write down that the provider is about to be asked for a refund; True once in its life."""
    begun = Refund.objects.filter(pk=taken.pk, status=Refund.Status.PENDING).update(
        status=Refund.Status.PROCESSING, sent_at=now
    )
    return bool(begun)


def claim_deposits_to_ask(*, now: datetime, period: timedelta, limit: int) -> list[Deposit]:
    """Take up to `limit` deposits that are due to be asked about; others pass over them.

    Each gets its next time at once, so that a crash on the way delays the question and no more.
    """
    with transaction.atomic(durable=True):
        due = Deposit.objects.filter(next_ask_at__lte=now).order_by("next_ask_at", "id")
        deposits = list(due.select_for_update(skip_locked=True)[:limit])
        for row in deposits:
            row.last_asked_at = now
            row.next_ask_at = (
                None
                if row.is_at_rest and asking.is_over(since=row.created_at, now=now)
                else asking.next_time(since=row.created_at, now=now, period=period)
            )
        Deposit.objects.bulk_update(deposits, ["last_asked_at", "next_ask_at"])
    return deposits


def claim_delivery(*, delivery_id: int, now: datetime, lease: timedelta) -> WebhookDelivery | None:
    """Take one open webhook for `lease`; None when it is settled or somebody else has it."""
    claimed = WebhookDelivery.objects.filter(
        pk=delivery_id, state__in=WebhookDelivery.OPEN, next_try_at__lte=now
    ).update(next_try_at=now + lease, attempts=F("attempts") + 1)
    return WebhookDelivery.objects.get(pk=delivery_id) if claimed else None


def payout(payout_id: int) -> Payout:
    """Lock a payout until the transaction ends."""
    rows = Payout.objects.select_related("wallet", "hold").select_for_update(of=("self",))
    return rows.get(pk=payout_id)


def claim_payout(*, payout_id: int, now: datetime, lease: timedelta) -> Payout | None:
    """Take up one payout for `lease`; None when its time has not come or somebody else has it.

    Each taking counts up `fence`: who lost the lease meanwhile finds another number.
    """
    claimed = Payout.objects.filter(pk=payout_id, next_step_at__lte=now).update(
        next_step_at=now + lease, fence=F("fence") + 1
    )
    if not claimed:
        return None
    return Payout.objects.select_related("wallet", "beneficiary").get(pk=payout_id)


def begin_sending(taken: Payout, *, now: datetime, until: datetime) -> bool:
    """Write down that the payout is about to be sent; False when somebody else has taken it up.

    True once in a payout's life.
    """
    begun = Payout.objects.filter(
        pk=taken.pk, fence=taken.fence, status=Payout.Status.PENDING
    ).update(status=Payout.Status.PROCESSING, sent_at=now, next_step_at=until)
    return bool(begun)


def waiting_batch_row(row_id: int) -> PayoutBatchRow | None:
    """Lock a row of a table that waits; None when it was started or somebody else is at it."""
    rows = PayoutBatchRow.objects.select_related("batch__wallet", "beneficiary")
    waiting = rows.filter(pk=row_id, state=PayoutBatchRow.State.WAITING)
    return waiting.select_for_update(of=("self",), skip_locked=True).first()


def reconciling(provider: str) -> None:
    """Let nobody else compare this provider's books with ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reconcile:{provider}"])


def reconciliation_lines(*, provider: str, keys: list[str]) -> list[ReconciliationLine]:
    """Lock what there is of these lines until the transaction ends."""
    rows = ReconciliationLine.objects.filter(provider=provider, key__in=keys)
    return list(rows.order_by("id").select_for_update())


def break_with_proposal(line_id: int) -> tuple[ReconciliationLine, ReconciliationProposal | None]:
    """Lock a line, and read what somebody proposed about it and nobody decided."""
    line = ReconciliationLine.objects.select_for_update().get(pk=line_id)
    return line, line.proposals.filter(status=ReconciliationProposal.Status.PROPOSED).first()


def proving() -> None:
    """Let nobody else prove the money until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('prove_money'))")

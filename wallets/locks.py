"""The only place of this app that locks rows: a business row before the accounts it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection

from wallets.errors import DisputeNotFound, HoldNotFound, PaymentRequestNotFound, ScheduleNotFound
from wallets.models import (
    Dispute,
    DisputeDecision,
    FeeRule,
    Freeze,
    Hold,
    LimitRule,
    PaymentRequest,
    ScheduledTransfer,
    ScheduleStatus,
    Transfer,
    Transit,
    Wallet,
)

AnyRule = TypeVar("AnyRule", FeeRule, LimitRule)


def lock_hold(hold_id: int) -> Hold:
    """Lock a hold until the transaction ends; raises `HoldNotFound`."""
    rows = Hold.objects.select_related("wallet").select_for_update(of=("self",), no_key=True)
    hold = rows.filter(pk=hold_id).first()
    if hold is None:
        raise HoldNotFound
    return hold


def lock_transfer(transfer: Transfer) -> Transfer:
    """Lock a transfer until the transaction ends; returns it as it is now, with its transit."""
    Transfer.objects.select_for_update(no_key=True, of=("self",)).get(pk=transfer.pk)
    rows = Transfer.objects.select_related("entry", "source", "destination", "transit")
    return rows.get(pk=transfer.pk)


def lock_invitation() -> Transit | None:
    """Lock the oldest invitation that was not mailed and that nobody else is mailing."""
    rows = Transit.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    waiting = rows.filter(mailed_at=None).exclude(email="").select_related("transfer__entry")
    return waiting.order_by("pk").first()


def lock_rule(rule: AnyRule) -> AnyRule:
    """Lock a proposed fee or limit until the transaction ends; returns it as it is now."""
    return type(rule).objects.select_for_update(no_key=True).get(pk=rule.pk)


def person_stays(person_id: UUID) -> bool:
    """Whether somebody may open wallets: they are there, and not being erased until we end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_active FROM accounts_user WHERE id = %s FOR SHARE", [person_id])
        return bool(cursor.fetchone() == (True,))


def lock_wallet(wallet: Wallet) -> Wallet:
    """Lock a wallet until the transaction ends; returns it as it is now.

    Rows that point to it may still be written: what they move waits for the account's lock.
    """
    return Wallet.objects.select_for_update(no_key=True).get(pk=wallet.pk)


def lock_wallets(wallets: Iterable[Wallet]) -> list[Wallet]:
    """Lock wallets in the order of their accounts."""
    ids = [wallet.pk for wallet in wallets]
    rows = Wallet.objects.select_for_update(no_key=True).filter(pk__in=ids)
    return list(rows.order_by("pk"))


def lock_wallets_of(owner_id: UUID) -> list[Wallet]:
    """Lock all of a person's wallets in the order of their accounts."""
    rows = Wallet.objects.select_for_update(no_key=True).filter(owner_id=owner_id)
    return list(rows.order_by("pk"))


def open_freeze(wallet: Wallet) -> Freeze | None:
    """Return the freeze that is open on a wallet, which the caller has locked."""
    return Freeze.objects.filter(wallet=wallet, lifted_at=None).first()


def lock_dispute(dispute_id: int) -> Dispute:
    """Lock a dispute until the transaction ends; raises `DisputeNotFound`."""
    rows = Dispute.objects.select_for_update(no_key=True)
    dispute = rows.filter(pk=dispute_id).first()
    if dispute is None:
        raise DisputeNotFound
    return dispute


def open_proposal(dispute: Dispute) -> DisputeDecision | None:
    """Return what waits to be decided about a dispute, which the caller has locked."""
    return DisputeDecision.objects.filter(
        dispute=dispute, status=DisputeDecision.Status.PROPOSED
    ).first()


def lock_payment_request(request_id: UUID) -> PaymentRequest:
    """Lock a request to be paid until the transaction ends; raises `PaymentRequestNotFound`."""
    rows = PaymentRequest.objects.select_related("wallet")
    request = rows.select_for_update(of=("self",), no_key=True).filter(pk=request_id).first()
    if request is None:
        raise PaymentRequestNotFound
    return request


def lock_schedule(*, owner_id: UUID, schedule_id: UUID) -> ScheduledTransfer:
    """Lock a scheduled transfer of this person's; raises `ScheduleNotFound`."""
    rows = ScheduledTransfer.objects.select_related("source", "destination")
    locked = rows.select_for_update(of=("self",), no_key=True)
    schedule = locked.filter(pk=schedule_id, owner_id=owner_id).first()
    if schedule is None:
        raise ScheduleNotFound
    return schedule


def claim_schedule(*, schedule_id: UUID, now: datetime) -> ScheduledTransfer | None:
    """Lock a schedule that is due, or return None: it is not any more, or another one has it."""
    rows = ScheduledTransfer.objects.select_related("source", "destination", "owner")
    due = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return due.filter(pk=schedule_id, status=ScheduleStatus.ACTIVE, next_try_at__lte=now).first()

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.entries import Entry, Line
from ledger.errors import LedgerRefusal
from ledger.operations import post
from payments import asking, judgement, locks
from payments.judgement import Finding, Judgement
from payments.models import Deposit
from payments.operations.keep_conversation import told
from payments.providers.base import Provider
from wallets.errors import WalletRefusal
from wallets.operations import Incoming, receive
from wallets.operations.receive import shard_of

log = logging.getLogger(__name__)


def settle_deposit(
    *, deposit_id: int, provider_reference: str, provider: Provider, now: datetime
) -> Judgement:
    """Ask the provider what became of a deposit and do what follows, whatever brought us here.

    Credits the wallet when the provider itself says that exactly this was paid: once, however
    often and from however many places this runs, and also after the deposit had expired or
    failed. Anything paid that is not what was asked for is marked and left to a person.
    Returns what was found. Refuses to run inside a transaction: it talks to a provider.
    """
    with transaction.atomic(durable=True):
        asked_for = Deposit.objects.get(pk=deposit_id)

    outcome = told(
        provider.verify_payment(provider_reference, asked_for.checkout_of(provider_reference)),
        provider=provider.name,
        question="verify_payment",
        reference=provider_reference,
    )
    found = judgement.judge(outcome, expected=asked_for.amount)

    with transaction.atomic(durable=True):
        deposit = locks.deposit(deposit_id)
        if deposit.status == Deposit.Status.COMPLETED:
            return found
        return _act(deposit, found, now, provider_reference)


def _act(deposit: Deposit, found: Judgement, now: datetime, provider_reference: str) -> Judgement:
    match found.finding:
        case Finding.CREDIT:
            deposit.paid_reference = provider_reference
            return _credit(deposit, found, now)
        case Finding.MISMATCH:
            _mark(deposit, found.reason)
        case Finding.FAILED if deposit.may_become(Deposit.Status.FAILED):
            _close(deposit, Deposit.Status.FAILED, found.reason)
        case Finding.UNPAID if now >= deposit.expires_at:
            _expire(deposit, found.reason)
        case Finding.IN_PROGRESS if asking.is_over(since=deposit.created_at, now=now):
            _expire(deposit, found.reason)
    return found


def _credit(deposit: Deposit, found: Judgement, now: datetime) -> Judgement:
    try:
        with transaction.atomic():
            receive(wallet=deposit.wallet, incoming=_incoming(deposit, found.paid_at or now))
            if found.fee_minor:
                _post_fee(deposit, found.fee_minor, found.paid_at or now)
    except (WalletRefusal, LedgerRefusal) as refusal:
        # The money is with the provider and its owner cannot take it: a person must look,
        # and the sweep tries again meanwhile.
        _mark(deposit, f"wallet:{refusal.code}")
        return Judgement(Finding.MISMATCH, deposit.mismatch)

    deposit.status = Deposit.Status.COMPLETED
    deposit.completed_at = now
    deposit.fee_minor = found.fee_minor
    deposit.reason = deposit.mismatch = ""
    deposit.next_ask_at = None
    deposit.save()
    _tell(deposit, "deposit.completed")
    return found


def _incoming(deposit: Deposit, occurred_at: datetime) -> Incoming:
    return Incoming(
        amount=deposit.amount,
        source=chart.clearing(deposit.provider, deposit.currency),
        reference=deposit.reference,
        kind="deposit",
        occurred_at=occurred_at,
        description=f"Deposit through {deposit.provider}",
        metadata={"provider_reference": deposit.provider_reference},
    )


def _post_fee(deposit: Deposit, fee_minor: int, occurred_at: datetime) -> None:
    """The provider kept its fee: it holds that much less for us, and it cost us that much."""
    costs = chart.provider_costs(deposit.provider, deposit.currency)
    clearing = chart.clearing(deposit.provider, deposit.currency)
    post(
        Entry(
            reference=f"{deposit.reference}:fee",
            kind="provider_fee",
            lines=(
                Line(shard_of(costs), -fee_minor, "fee"),
                Line(shard_of(clearing), fee_minor, "fee"),
            ),
            occurred_at=occurred_at,
            request_id=causes.current().request_id,
            metadata={"deposit": deposit.reference},
        )
    )


def _mark(deposit: Deposit, reason: str) -> None:
    """Put the deposit on the queue of those that a person must look at, and say so once."""
    if deposit.mismatch == reason[:60]:
        return
    deposit.mismatch = reason[:60]
    deposit.save(update_fields=["mismatch"])
    _tell(deposit, "deposit.mismatched", mismatch=deposit.mismatch)
    log.error("deposit_mismatched", extra={"deposit": deposit.reference, "mismatch": reason})


def _expire(deposit: Deposit, reason: str) -> None:
    if deposit.may_become(Deposit.Status.EXPIRED):
        _close(deposit, Deposit.Status.EXPIRED, reason)


def _close(deposit: Deposit, status: Deposit.Status, reason: str) -> None:
    deposit.status = status
    deposit.reason = deposit.reason or reason[:60]
    deposit.save(update_fields=["status", "reason"])
    _tell(deposit, f"deposit.{status}")


def _tell(deposit: Deposit, type_: str, **more: str) -> None:
    append_event(
        type=type_,
        subject=deposit.reference,
        owner_id=deposit.owner_id,
        data=deposit.facts() | more,
    )

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from ledger.money import Money, currency
from wallets import dispute_queries
from wallets.errors import (
    CurrencyMismatch,
    DisputeExists,
    NotDisputable,
    OutsideTransaction,
    TooManyDisputes,
    TransferNotFound,
)
from wallets.models import Dispute, DisputeStep, HoldPurpose, Transfer, TransferStatus, Wallet
from wallets.operations.dispute_steps import note, tell
from wallets.operations.place_hold import HoldOrder, hold_what_is_there

MOST_OPEN = 10


@dataclass(frozen=True, slots=True)
class DisputeOrder:
    """What is claimed, by whom. Without `amount`, all that the transfer moved.

    `text` is shown to the recipient. `reference` is new and unique for ever.
    """

    sender_id: UUID
    transfer: str
    reason: str
    text: str
    reference: str
    at: datetime
    amount: Money | None = None


def file_dispute(*, order: DisputeOrder) -> Dispute:
    """File a dispute about a transfer that somebody sent.

    For the reasons in `DISPUTE_HOLD_REASONS`, what the recipient has available of the amount is
    set aside until it ends. Must run inside a transaction. Raises `TransferNotFound`,
    `NotDisputable`, `DisputeExists`, `TooManyDisputes`, `CurrencyMismatch`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    transfer = dispute_queries.find_sent_transfer(
        sender_id=order.sender_id, reference=order.transfer
    )
    if transfer is None:
        raise TransferNotFound
    recipient = _recipient_of(transfer)
    minor = _judge(transfer, order)

    dispute = _insert(transfer, recipient, order, minor)
    note(
        dispute,
        DisputeStep.Kind.FILED,
        at=order.at,
        actor_id=order.sender_id,
        shown_to="both",
        text=order.text,
    )
    if order.reason in settings.DISPUTE_HOLD_REASONS:
        _hold(dispute, recipient, order)
    tell(dispute, "dispute.filed", dispute.sender_id, dispute.recipient_id, transfer=order.transfer)
    return dispute


def _recipient_of(transfer: Transfer) -> Wallet:
    """Return the wallet that got the money, if it is somebody else's."""
    if transfer.status != TransferStatus.COMPLETED or transfer.destination is None:
        raise NotDisputable("Only a completed transfer can be disputed.")
    if transfer.source.owner_id == transfer.destination.owner_id:
        raise NotDisputable("Both wallets are yours.")
    return transfer.destination


def _judge(transfer: Transfer, order: DisputeOrder) -> int:
    """Return how much is disputed, in minor units."""
    if order.amount is not None and order.amount.currency.code != transfer.currency:
        raise CurrencyMismatch
    if transfer.entry.occurred_at < order.at - timedelta(days=settings.DISPUTE_WINDOW_DAYS):
        raise NotDisputable("This transfer was made too long ago.")
    minor = order.amount.amount_minor if order.amount else transfer.amount_minor
    if minor > transfer.amount_minor:
        raise NotDisputable("This is more than the transfer moved.")
    if dispute_queries.open_disputes_of(order.sender_id) >= MOST_OPEN:
        raise TooManyDisputes
    return minor


def _insert(transfer: Transfer, recipient: Wallet, order: DisputeOrder, minor: int) -> Dispute:
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                reference=order.reference,
                transfer=transfer,
                sender_id=order.sender_id,
                recipient_id=recipient.owner_id,
                reason=order.reason,
                amount_minor=minor,
                currency=transfer.currency,
                filed_at=order.at,
                due_at=order.at + timedelta(days=settings.DISPUTE_DECIDE_DAYS),
            )
    except IntegrityError as error:
        if "transfer_is_disputed_once_at_a_time" not in str(error):
            raise
        raise DisputeExists from None


def _hold(dispute: Dispute, recipient: Wallet, order: DisputeOrder) -> None:
    unit = currency(dispute.currency)
    held = hold_what_is_there(
        order=HoldOrder(
            wallet=recipient,
            amount=Money(dispute.amount_minor, unit),
            reference=f"HLD_{dispute.reference}",
            at=order.at,
            description=f"Disputed: {order.transfer}",
            purpose=HoldPurpose.DISPUTE,
        )
    )
    if held is None:
        return
    dispute.hold = held
    dispute.save(update_fields=["hold"])
    text = str(Money(held.amount_minor, unit))
    note(dispute, DisputeStep.Kind.HELD, at=order.at, actor_id=None, shown_to="both", text=text)

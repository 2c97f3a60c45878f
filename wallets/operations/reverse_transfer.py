from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from events import causes
from events.operations import append_event
from ledger.entries import Line, Posted
from ledger.errors import AccountBlocked
from ledger.money import Money, currency
from ledger.operations import Reversal, reverse
from ledger.queries import entry_lines
from wallets import locks, transfer_queries
from wallets.errors import (
    CurrencyMismatch,
    OutsideTransaction,
    TransferNotReversible,
    WalletNotActive,
)
from wallets.models import Transfer, TransferReversal, TransferStatus

REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class ReversalOrder:
    """What of a transfer is given back, and why: without `amount` all that is left of it.

    The fee stays with us unless `with_fee` asks for what is left of it. `reference` is new and
    unique for ever.
    """

    reference: str
    at: datetime
    reason: str
    amount: Money | None = None
    with_fee: bool = False
    actor_id: UUID | None = None


def reverse_transfer(*, transfer: Transfer, order: ReversalOrder) -> TransferReversal:
    """Give money of a completed transfer back from its receiver to its sender.

    All reversals of a transfer together are at most what it moved, line by line in the ledger
    as well; with the last unit the transfer is `reversed`. Must run inside a transaction. Raises
    `TransferNotReversible`, `CurrencyMismatch`, `WalletNotActive`, and the ledger's
    `InsufficientFunds` when the receiver has spent the money.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    locked = locks.lock_transfer(transfer)
    given = transfer_queries.given_back(locked)
    unit = currency(locked.currency)
    left = Money(locked.amount_minor - given.amount_minor, unit)
    amount = left if order.amount is None else order.amount
    if amount.currency != unit:
        raise CurrencyMismatch
    if locked.status != TransferStatus.COMPLETED or not Money(0, unit) < amount <= left:
        raise TransferNotReversible
    fee_minor = locked.fee_minor - given.fee_minor if order.with_fee else 0

    posted = _post(locked, order, amount.amount_minor, fee_minor)
    reversal = TransferReversal.objects.create(
        entry_id=posted.entry_id,
        transfer=locked,
        amount_minor=amount.amount_minor,
        fee_minor=fee_minor,
        reason=order.reason,
        made_by_id=order.actor_id,
        made_at=order.at,
    )
    if amount == left:
        locked.status = TransferStatus.REVERSED
        locked.save(update_fields=["status"])
    append_event(
        type="transfer.reversed",
        subject=locked.entry.reference,
        owner_id=locked.source.owner_id,
        actor_id=order.actor_id,
        data={
            "reversal": order.reference,
            "amount": amount.decimal_string(),
            "fee": Money(fee_minor, unit).decimal_string(),
            "currency": locked.currency,
        },
    )
    return reversal


def _post(transfer: Transfer, order: ReversalOrder, minor: int, fee_minor: int) -> Posted:
    """Mirror the part of each of the transfer's entries, the last one first."""
    first = transfer.entry.reference
    try:
        if hasattr(transfer, "transit"):
            arrival = transfer_queries.settling_reference(transfer)
            _mirror(arrival, order, f"{order.reference}:arrive", _part(arrival, minor, 0))
        return _mirror(first, order, order.reference, _part(first, minor, fee_minor))
    except AccountBlocked:
        raise WalletNotActive from None


def _part(reference: str, minor: int, fee_minor: int) -> list[Line]:
    """Return the mirrored lines of an entry: its amount's in part, and its fee's."""
    lines = []
    for line in entry_lines(reference):
        size = fee_minor if line.type == "fee" else minor
        if size:
            signed = -size if line.amount_minor > 0 else size
            lines.append(Line(line.account_id, signed, REVERSAL))
    return lines


def _mirror(reversed_: str, order: ReversalOrder, reference: str, lines: Sequence[Line]) -> Posted:
    cause = causes.current()
    return reverse(
        reference=reversed_,
        lines=lines,
        reversal=Reversal(
            reference=reference,
            occurred_at=order.at,
            actor_id=order.actor_id or cause.actor_id,
            request_id=cause.request_id,
            metadata={"description": order.reason},
        ),
    )

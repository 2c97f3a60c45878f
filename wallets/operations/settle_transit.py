"""How money that waits comes to its end: it arrives, or it goes back, and once only.

Whoever settles a transfer locks its row first, so that of several who try at once one finds it
pending.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.queries import verified_emails
from events import causes
from events.operations import append_event
from ledger import chart
from ledger.entries import Entry, Line, Posted
from ledger.errors import AccountBlocked, LedgerRefusal
from ledger.operations import post
from wallets import locks, tariff, transfer_queries
from wallets.errors import (
    OutsideTransaction,
    ReceiverCannotTake,
    SameWallet,
    TransferNotFound,
    TransferNotPending,
    WalletNotActive,
    WalletNotFound,
    WalletRefusal,
)
from wallets.models import Transfer, TransferStatus, TransitReason, Wallet
from wallets.operations.receive import shard_of
from wallets.operations.transfer import TRANSFER

REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovering a transfer came to. `recovered` is false when nothing was to be done."""

    transfer: Transfer
    recovered: bool


def claim_transfer(
    *, reference: str, claimant_id: UUID, at: datetime, wallet: Wallet | None = None
) -> Transfer:
    """Give what was sent to an address to the person whose verified address it is.

    It goes into `wallet`, else their current wallet of its currency; a second claim of theirs
    changes nothing. Must run inside a transaction. Raises `TransferNotFound`, also for what is
    meant for somebody else, `WalletNotFound` without a wallet of the currency,
    `TransferNotPending`, `SameWallet`, `WalletNotActive` and `ReceiverCannotTake`.
    """
    transfer = _lock(transfer_queries.pending_or_not(reference))
    transit = transfer.transit
    mine = transfer.destination is not None and transfer.destination.owner_id == claimant_id
    if transit.reason != TransitReason.INVITED or not (
        mine or transit.email in verified_emails(claimant_id)
    ):
        raise TransferNotFound
    if mine:
        return transfer
    wallet = wallet or transfer_queries.current_wallet(claimant_id, transfer.currency)
    if wallet is None or wallet.owner_id != claimant_id or wallet.currency != transfer.currency:
        raise WalletNotFound("You have no wallet of this currency to claim it into.")

    return _deliver(transfer, wallet, at=at)


def claim_waiting(*, wallet: Wallet, at: datetime) -> list[Transfer]:
    """Claim into a wallet all that was sent to its owner's verified addresses, and fits.

    What the wallet cannot take stays in transit. Must run inside a transaction.
    """
    waiting = transfer_queries.waiting_for(
        emails=verified_emails(wallet.owner_id), currency=wallet.currency
    )
    claimed = []
    for reference in waiting:
        try:
            with transaction.atomic():
                claimed.append(
                    claim_transfer(
                        reference=reference, claimant_id=wallet.owner_id, at=at, wallet=wallet
                    )
                )
        except WalletRefusal:
            continue
    return claimed


def cancel_transfer(*, reference: str, sender_id: UUID, at: datetime) -> Transfer:
    """Take back what has not arrived, with its fee. A second time changes nothing.

    Must run inside a transaction. Raises `TransferNotFound` for all but the sender,
    `TransferNotPending` for what has arrived, and `WalletNotActive` when the sender's wallet
    takes no money at present.
    """
    transfer = _lock(transfer_queries.sent_by(sender_id, reference))
    if transfer.status == TransferStatus.CANCELLED:
        return transfer
    return _give_back(transfer, TransferStatus.CANCELLED, at=at)


def recover_transfer(*, transfer: Transfer, at: datetime) -> Recovery:
    """Refund a transfer whose money left its source and has not arrived, with its fee.

    Nothing is changed of one that arrived or went back. Must run inside a transaction. Raises
    `WalletNotActive` when the sender's wallet takes no money at present.
    """
    if not hasattr(transfer, "transit"):
        return Recovery(transfer, recovered=False)
    locked = _lock(transfer)
    if locked.status != TransferStatus.PENDING:
        return Recovery(locked, recovered=False)
    return Recovery(_give_back(locked, TransferStatus.FAILED, at=at), recovered=True)


def settle_transits(*, now: datetime) -> int:
    """Deliver what can be taken by now, and return what waited too long; return how many.

    Each in a transaction of its own; what cannot be settled waits on.
    """
    return sum(settle_transit(reference, now=now) for reference in _due(now))


def settle_transit(reference: str, *, now: datetime) -> bool:
    """Settle one transfer in transit if that is possible now; return whether it was."""
    try:
        with transaction.atomic():
            transfer = _lock(transfer_queries.pending_or_not(reference))
            if transfer.status != TransferStatus.PENDING:
                return False
            if transfer.transit.expires_at <= now:
                _give_back(transfer, TransferStatus.FAILED, at=now)
            elif transfer.destination is not None:
                _deliver(transfer, transfer.destination, at=now)
            else:
                return False
    except (WalletRefusal, LedgerRefusal):
        return False
    return True


def _due(now: datetime) -> Iterable[str]:
    return transfer_queries.due_transits(now=now)


def _lock(transfer: Transfer) -> Transfer:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    return locks.lock_transfer(transfer)


def _deliver(transfer: Transfer, wallet: Wallet, *, at: datetime) -> Transfer:
    if transfer.status != TransferStatus.PENDING:
        raise TransferNotPending
    if transfer.source_id == wallet.account_id:
        raise SameWallet
    minor = transfer.amount_minor
    transit_row = shard_of(chart.in_transit(transfer.currency))
    with transaction.atomic():
        posted = _post(
            transfer,
            "arrive",
            (
                Line(transit_row, -minor, "transfer_in"),
                Line(wallet.account_id, minor, "transfer_in"),
            ),
            at=at,
        )
        ceilings = tariff.ceilings(transfer.currency, at=at)
        if ceilings and transfer_queries.is_over(wallet.account_id, ceilings):
            raise ReceiverCannotTake
        transfer.destination = wallet
        _conclude(transfer, TransferStatus.COMPLETED, posted, at=at)
    return transfer


def _give_back(transfer: Transfer, status: TransferStatus, *, at: datetime) -> Transfer:
    if transfer.status != TransferStatus.PENDING:
        raise TransferNotPending
    source, minor, fee = transfer.source_id, transfer.amount_minor, transfer.fee_minor
    lines = [
        Line(shard_of(chart.in_transit(transfer.currency)), -minor, REFUND),
        Line(source, minor, REFUND),
    ]
    if fee:
        lines += [
            Line(shard_of(chart.fees(transfer.currency)), -fee, REFUND),
            Line(source, fee, REFUND),
        ]
    posted = _post(transfer, "return", tuple(lines), at=at)
    _conclude(transfer, status, posted, at=at)
    return transfer


def _post(transfer: Transfer, step: str, lines: tuple[Line, ...], *, at: datetime) -> Posted:
    cause = causes.current()
    try:
        return post(
            Entry(
                reference=f"{transfer.entry.reference}:{step}",
                kind=TRANSFER,
                lines=lines,
                occurred_at=at,
                actor_id=cause.actor_id,
                request_id=cause.request_id,
            )
        )
    except AccountBlocked:
        raise WalletNotActive from None


_TOLD = {
    TransferStatus.COMPLETED: "transfer.completed",
    TransferStatus.CANCELLED: "transfer.cancelled",
    TransferStatus.FAILED: "transfer.returned",
}


def _conclude(transfer: Transfer, status: TransferStatus, posted: Posted, *, at: datetime) -> None:
    transfer.status = status
    transfer.save(update_fields=["status", "destination"])
    transit = transfer.transit
    transit.email, transit.settled_id, transit.settled_at = "", posted.entry_id, at
    transit.save(update_fields=["email", "settled", "settled_at"])
    append_event(
        type=_TOLD[status],
        subject=transfer.entry.reference,
        owner_id=transfer.source.owner_id,
        data={},
    )

"""Reads that transfers need besides those of `queries`. Who asks is always an argument."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from ledger.calls import call, call_all
from wallets.errors import TransferNotFound
from wallets.limits import Use
from wallets.models import (
    Transfer,
    TransferReversal,
    TransferStatus,
    Usage,
    Wallet,
    WalletKind,
    WalletStatus,
)

_MOST = 1000

_BLOCKS = """
    SELECT s.debits_blocked, d.credits_blocked, w.status
    FROM ledger_ledgeraccount s, ledger_ledgeraccount d JOIN wallets_wallet w ON w.account_id = d.id
    WHERE s.id = $1::bigint AND d.id = $2::bigint
"""
_RECEIVER = """
    SELECT w.status = 'closed', a.credits_blocked
    FROM wallets_wallet w JOIN ledger_ledgeraccount a ON a.id = w.account_id
    WHERE w.account_id = $1::bigint
"""
_IS_OVER = "SELECT wallets_is_over($1::bigint, $2::bigint[])"
# Whoever is invited comes by themselves; a receiver who is frozen need not be tried.
_DUE = """
    SELECT e.reference FROM wallets_transit x
    JOIN ledger_journalentry e ON e.id = x.transfer_id
    JOIN wallets_transfer t ON t.entry_id = x.transfer_id
    LEFT JOIN ledger_ledgeraccount a ON a.id = t.destination_id
    WHERE x.settled_id IS NULL AND (x.expires_at <= $1::timestamptz OR NOT a.credits_blocked)
    ORDER BY x.expires_at LIMIT $2::int
"""
_WAITING = """
    SELECT e.reference FROM wallets_transit x
    JOIN ledger_journalentry e ON e.id = x.transfer_id
    JOIN wallets_transfer t ON t.entry_id = x.transfer_id
    WHERE x.email = ANY ($1::varchar[]) AND x.email <> '' AND t.currency = $2::varchar
    ORDER BY x.transfer_id LIMIT $3::int
"""


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """Whether a wallet is closed for good, or takes nothing at present."""

    closed: bool
    blocked: bool


def could_take_later(*, source_id: int, destination_id: int) -> bool:
    """Whether the receiver alone stands in the way of a transfer, and may yet take it."""
    row = call(_BLOCKS, [source_id, destination_id])
    if row is None:
        return False
    source_blocked, destination_blocked, status = row
    return not source_blocked and destination_blocked and status != WalletStatus.CLOSED


def receiver_state(account_id: int) -> ReceiverState:
    """Return what a receiver's wallet can take."""
    row = call(_RECEIVER, [account_id])
    return ReceiverState(*row) if row else ReceiverState(closed=True, blocked=True)


def is_over(account_id: int, ceilings: list[int | None]) -> bool:
    """Whether a wallet, locked by now, holds more than its owner's tier may."""
    row = call(_IS_OVER, [account_id, ceilings])
    return bool(row and row[0])


def all_transfers() -> QuerySet[Transfer]:
    """Return transfers with all that is told of them."""
    return Transfer.objects.select_related("entry", "source", "destination", "transit")


def get_any(reference: str) -> Transfer:
    """Return a transfer, whoever asks: for staff and sweeps. Raises `TransferNotFound`."""
    transfer = all_transfers().filter(entry__reference=reference).first()
    if transfer is None:
        raise TransferNotFound
    return transfer


def pending_or_not(reference: str) -> Transfer:
    """Return a transfer that is or was in transit; raises `TransferNotFound`."""
    transfer = all_transfers().filter(entry__reference=reference, transit__isnull=False).first()
    if transfer is None:
        raise TransferNotFound
    return transfer


def sent_by(sender_id: UUID, reference: str) -> Transfer:
    """Return a transfer that this person sent; raises `TransferNotFound`."""
    transfer = get_any(reference)
    if transfer.source.owner_id != sender_id:
        raise TransferNotFound
    return transfer


def current_wallet(owner_id: UUID, currency: str) -> Wallet | None:
    """Return a person's current wallet of a currency."""
    mine = Wallet.objects.filter(owner_id=owner_id, currency=currency, kind=WalletKind.CURRENT)
    return mine.first()


def due_transits(*, now: datetime) -> list[str]:
    """Return references of what waited too long or may be taken by now, the oldest first."""
    return [reference for (reference,) in call_all(_DUE, [now, _MOST])]


def pending_transits(*, older_than: datetime) -> QuerySet[Transfer]:
    """Return what has been in transit since before an instant, the oldest first."""
    waiting = all_transfers().filter(status=TransferStatus.PENDING, transit__isnull=False)
    return waiting.filter(entry__recorded_at__lt=older_than).order_by("entry_id")


def waiting_for(*, emails: Collection[str], currency: str) -> list[str]:
    """Return references of what was sent to these addresses and waits, the oldest first."""
    if not emails:
        return []
    return [reference for (reference,) in call_all(_WAITING, [list(emails), currency, _MOST])]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What of a transfer was reversed by now, in minor units."""

    amount_minor: int
    fee_minor: int


def given_back(transfer: Transfer) -> GivenBack:
    """Return what of a transfer was reversed by now; exact once its row is locked."""
    sums = TransferReversal.objects.filter(transfer=transfer).aggregate(
        amount=Sum("amount_minor"), fee=Sum("fee_minor")
    )
    return GivenBack(int(sums["amount"] or 0), int(sums["fee"] or 0))


def uses_of(account_id: int) -> dict[str, Use]:
    """Return what a wallet did of each operation that is counted, by the operation's name."""
    rows = Usage.objects.filter(wallet_id=account_id)
    return {
        row.operation: Use(
            row.day, row.day_count, row.day_minor, row.month, row.month_count, row.month_minor
        )
        for row in rows
    }


def settling_reference(transfer: Transfer) -> str:
    """Return the reference of the entry that took a transfer out of transit.

    Raises `TransferNotFound` while there is none.
    """
    settled = transfer.transit.settled
    if settled is None:
        raise TransferNotFound
    return str(settled.reference)

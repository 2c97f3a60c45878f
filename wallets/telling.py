"""Whom else than its owner an event concerns, and what wallets hold: for `events.telling`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from events.models import Event
from events.telling import Told
from ledger.calls import call_all
from ledger.money import Money, currency
from wallets.models import Transfer, Wallet

# What a transfer's event is called for who received it.
_FOR_RECEIVER = {
    "transfer.completed": "transfer.received",
    "transfer.reversed": "transfer.reversed",
}

_RECEIVED = """
    SELECT v.id
    FROM (SELECT t.entry_id FROM wallets_wallet w
          CROSS JOIN LATERAL (
              SELECT entry_id FROM wallets_transfer
              WHERE destination_id = w.account_id ORDER BY entry_id DESC LIMIT $2::int) t
          WHERE w.owner_id = $1::uuid ORDER BY t.entry_id DESC LIMIT $2::int) t
    JOIN ledger_journalentry e ON e.id = t.entry_id
    JOIN events_event v ON v.subject = e.reference AND v.type = ANY ($3::varchar[])
    ORDER BY v.id
"""


def shared_types() -> Collection[str]:
    """Types of events that concern others than their owner."""
    return _FOR_RECEIVER.keys()


def tell(events: Sequence[Event]) -> Mapping[int, Sequence[Told]]:
    """Return what is told of these transfers to who sent them, then to who received them."""
    if not events:
        return {}
    rows = Transfer.objects.filter(entry__reference__in=[event.subject for event in events])
    transfers = {
        transfer.entry.reference: transfer
        for transfer in rows.select_related("entry", "source", "destination")
    }
    return {
        event.id: _told(event, transfers[event.subject])
        for event in events
        if event.subject in transfers
    }


def shared_with(owner_id: UUID, *, limit: int) -> Sequence[int]:
    """Ids of the events of the newest `limit` transfers to wallets of this person."""
    rows = call_all(_RECEIVED, [owner_id, limit, list(_FOR_RECEIVER)])
    return [event_id for (event_id,) in rows]


def balances(numbers: Collection[str]) -> Mapping[str, tuple[UUID, dict[str, Any]]]:
    """Return the owner of each of these wallets and what it holds now, in one query."""
    rows = Wallet.objects.filter(number__in=list(numbers)).select_related("account")
    return {wallet.number: (wallet.owner_id, _balance(wallet)) for wallet in rows}


def _told(event: Event, transfer: Transfer) -> list[Told]:
    unit = currency(transfer.currency)
    # None while money sent to an address waits for somebody to have a wallet.
    receiver_id, number = (getattr(transfer.destination, it, None) for it in ("owner_id", "number"))
    facts = {
        "reference": event.subject,
        "amount": Money(transfer.amount_minor, unit).decimal_string(),
        "currency": transfer.currency,
        "source": transfer.source.number,
        "destination": number,
    }
    fee = Money(transfer.fee_minor, unit).decimal_string()
    told = [Told(transfer.source.owner_id, event.type, {**facts, "fee": fee, **event.data})]
    if receiver_id is not None:
        told.append(Told(receiver_id, _FOR_RECEIVER[event.type], facts))
    return told


def _balance(wallet: Wallet) -> dict[str, Any]:
    unit = currency(wallet.currency)
    account = wallet.account
    total, held = account.balance_minor, account.held_minor
    return {
        "wallet": wallet.number,
        "currency": wallet.currency,
        "available": Money(total - held, unit).decimal_string(),
        "held": Money(held, unit).decimal_string(),
        "total": Money(total, unit).decimal_string(),
    }

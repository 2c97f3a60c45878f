from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.calls import call
from ledger.entries import Entry, Line, Posted
from ledger.errors import AccountBlocked, AllowanceExceeded
from ledger.money import Money
from ledger.operations import post
from ledger.verdicts import Translated
from wallets import tariff, transfer_queries
from wallets.errors import (
    CurrencyMismatch,
    LimitExceeded,
    OutsideTransaction,
    SameWallet,
    WalletNotActive,
)
from wallets.facts import WalletFacts
from wallets.models import Transfer, TransferStatus, Transit, TransitReason
from wallets.operations.receive import shard_of
from wallets.operations.transfer import TRANSFER, TransferOrder
from wallets.queries import standing_of
from wallets.tariff import Terms

WAITS = timedelta(days=7)

_COUNT = """
    SELECT wallets_count_use($1::bigint, 'transfer', $2::bigint, $3::date, $4::bigint[])::text
"""


@dataclass(frozen=True, slots=True)
class TransitOrder:
    """What is sent to somebody who cannot take it yet: a wallet, or whoever has an address.

    Exactly one of `destination` and `email` says who. `reference` is new and unique for ever.
    """

    reference: str
    source: WalletFacts
    amount: Money
    at: datetime
    destination: WalletFacts | None = None
    email: str = ""
    description: str = ""
    metadata: dict[str, Any] | None = None
    terms: Terms | None = None

    @classmethod
    def of(cls, order: TransferOrder) -> TransitOrder:
        """Return the order for what a direct transfer could not deliver."""
        return cls(
            reference=order.reference,
            source=order.source,
            amount=order.amount,
            at=order.at,
            destination=order.destination,
            description=order.description,
            metadata=order.metadata,
            terms=order.terms,
        )


def send_in_transit(order: TransitOrder) -> Transfer:
    """Take money from its sender, to wait until its receiver can take it, for `WAITS` at most.

    It costs what a direct transfer does and counts within the same limits. Whether an e-mail
    address belongs to anybody plays no part here. Must run inside a transaction. Raises
    `SameWallet`, `CurrencyMismatch`, `LimitExceeded`, `WalletNotActive` when the sender's wallet
    is stopped or the receiver's closed, and the ledger's `InsufficientFunds`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    _check(order)
    terms = order.terms or _terms(order)
    reason = _reason(order)

    _count(order, terms)
    posted = _post(order, terms)
    transfer = Transfer.objects.create(
        entry_id=posted.entry_id,
        source_id=order.source.account_id,
        destination_id=order.destination.account_id if order.destination else None,
        amount_minor=order.amount.amount_minor,
        fee_minor=terms.fee.amount_minor,
        currency=order.amount.currency.code,
        status=TransferStatus.PENDING,
        description=order.description,
        metadata=order.metadata or None,
    )
    Transit.objects.create(
        transfer=transfer,
        reason=reason,
        email=order.email.lower(),
        hint=_hint(order.email),
        expires_at=order.at + WAITS,
    )
    append_event(
        type="transfer.pending",
        subject=order.reference,
        owner_id=order.source.owner_id,
        data={},
    )
    return transfer_queries.get_any(order.reference)


def _check(order: TransitOrder) -> None:
    if order.destination and order.source.account_id == order.destination.account_id:
        raise SameWallet
    ends = [order.source, *([order.destination] if order.destination else [])]
    if any(end.currency != order.amount.currency.code for end in ends):
        raise CurrencyMismatch


def _terms(order: TransitOrder) -> Terms:
    standing = standing_of(order.source.account_id)
    return tariff.terms(
        operation=TRANSFER,
        amount=order.amount,
        tier=standing.tier,
        role=standing.role,
        at=order.at,
    )


def _reason(order: TransitOrder) -> TransitReason:
    if order.destination is None:
        return TransitReason.INVITED
    state = transfer_queries.receiver_state(order.destination.account_id)
    if state.closed:
        raise WalletNotActive
    return TransitReason.BLOCKED if state.blocked else TransitReason.FULL


def _count(order: TransitOrder, terms: Terms) -> None:
    if terms.limits is None:
        return
    day = order.at.astimezone(UTC).date()
    try:
        with Translated():
            call(
                _COUNT,
                [order.source.account_id, order.amount.amount_minor, day, terms.limits],
            )
    except AllowanceExceeded:
        raise LimitExceeded from None


def _post(order: TransitOrder, terms: Terms) -> Posted:
    code, source = order.amount.currency.code, order.source.account_id
    minor, fee = order.amount.amount_minor, terms.fee.amount_minor
    lines = [
        Line(source, -minor, "transfer_out"),
        Line(shard_of(chart.in_transit(code)), minor, "transfer_out"),
    ]
    if fee:
        lines += [Line(source, -fee, "fee"), Line(shard_of(chart.fees(code)), fee, "fee")]
    cause = causes.current()
    try:
        return post(
            Entry(
                reference=order.reference,
                kind=TRANSFER,
                lines=tuple(lines),
                occurred_at=order.at,
                actor_id=cause.actor_id,
                request_id=cause.request_id,
            )
        )
    except AccountBlocked:
        raise WalletNotActive from None


def _hint(email: str) -> str:
    """Return an address by which its sender, and nobody else, knows whom they meant."""
    name, at, host = email.lower().rpartition("@")
    return f"{name[:1]}***{at}{host}" if at else ""

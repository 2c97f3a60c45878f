from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from accounts.answers import pack, unpack
from accounts.errors import CallerChanged
from accounts.operations.claim_answer import EarlierAnswer
from accounts.principal import Standing
from events import causes
from ledger import chart
from ledger.calls import Row, call
from ledger.errors import AccountBlocked, AllowanceExceeded, CeilingReached
from ledger.money import Money
from ledger.verdicts import Translated
from wallets import queries, tariff, transfer_queries
from wallets.errors import (
    CurrencyMismatch,
    LimitExceeded,
    ReceiverCannotTake,
    SameWallet,
    WalletNotActive,
)
from wallets.facts import WalletFacts
from wallets.operations.receive import shard_of
from wallets.tariff import Terms

TRANSFER = "transfer"

_JUDGED_CALL = """
    SELECT fingerprint, status, body FROM wallets_transfer_of(
        $1::uuid, $2::uuid, $3::integer, $4::bigint, $5::uuid, $6::uuid, $7::bytea, $8::varchar,
        $9::bigint, $10::bigint, $11::bigint, $12::varchar, $13::varchar, $14::jsonb,
        $15::timestamptz, $16::uuid, $17::uuid, $18::varchar, $19::bigint, $20::bigint,
        $21::bigint[], $22::bigint[])
"""
_CALL = """
    SELECT fingerprint, status, body FROM wallets_transfer(
        $1::uuid, $2::uuid, $3::bytea, $4::varchar, $5::bigint, $6::bigint, $7::bigint,
        $8::varchar, $9::varchar, $10::jsonb, $11::timestamptz, $12::uuid, $13::uuid,
        $14::varchar, $15::bigint, $16::bigint, $17::bigint[], $18::bigint[])
"""


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """What is sent, from where to where. `reference` is new and unique for ever.

    `terms` are the fee and the limits of the sender at that instant; without them they are
    looked up, which takes a query of its own.
    """

    reference: str
    source: WalletFacts
    destination: WalletFacts
    amount: Money
    at: datetime
    description: str = ""
    metadata: dict[str, Any] | None = None
    terms: Terms | None = None

    def check(self) -> None:
        """Raise `SameWallet` or `CurrencyMismatch` for what no state of the books allows."""
        if self.source.account_id == self.destination.account_id:
            raise SameWallet
        code = self.amount.currency.code
        if not self.source.currency == self.destination.currency == code:
            raise CurrencyMismatch

    @property
    def fee(self) -> Money:
        """What the sender pays on top of the amount; nothing while no terms are known."""
        return self.terms.fee if self.terms else Money(0, self.amount.currency)


@dataclass(frozen=True, slots=True)
class AnswerToKeep:
    """What the caller will be told when the transfer succeeds, and the key to keep it under."""

    request_key: UUID
    fingerprint: UUID
    body: bytes


def transfer(
    *, order: TransferOrder, keep: AnswerToKeep | None = None, caller: Standing | None = None
) -> EarlierAnswer | None:
    """Send money between two wallets, in one database call that is its own transaction.

    Business row, journal entry with the fee, use of the limits, event and kept answer are all
    there or none is. Returns None for a transfer made now, and for a key that was used before
    the answer of then. Raises `SameWallet`, `CurrencyMismatch`, `WalletNotActive`,
    `LimitExceeded`, `ReceiverCannotTake` for what `send_in_transit` would carry, and the ledger's
    `InsufficientFunds` and `AmountTooLarge`; then nothing is kept. Raises `CallerChanged` when
    there is a `caller` who was remembered and is no longer who they were.
    """
    order.check()
    order = priced(order)

    try:
        with Translated():
            earlier = _call(_parameters(order, keep), caller)
    except AccountBlocked:
        raise refusal_of_blocked(order) from None
    except AllowanceExceeded:
        raise LimitExceeded from None
    except CeilingReached:
        raise ReceiverCannotTake from None
    if earlier is None:
        return None
    fingerprint, status, body = earlier
    if status is None:
        raise CallerChanged
    return EarlierAnswer(fingerprint, status, unpack(body))


def _call(parameters: list[Any], caller: Standing | None) -> Row | None:
    if caller is None:
        return call(_CALL, parameters)
    return call(_JUDGED_CALL, [*astuple(caller), *parameters])


def priced(order: TransferOrder) -> TransferOrder:
    """Return the order with its terms."""
    if order.terms is not None:
        return order
    standing = queries.standing_of(order.source.account_id)
    return replace(
        order,
        terms=tariff.terms(
            operation=TRANSFER,
            amount=order.amount,
            tier=standing.tier,
            role=standing.role,
            at=order.at,
        ),
    )


def fee_account(order: TransferOrder) -> int | None:
    """Return the row of the fees account that this connection writes to; None without a fee."""
    return shard_of(chart.fees(order.amount.currency.code)) if order.fee else None


def refusal_of_blocked(order: TransferOrder) -> WalletNotActive | ReceiverCannotTake:
    """Say whose blocked account stood in the way: only the receiver's may yet be opened."""
    if transfer_queries.could_take_later(
        source_id=order.source.account_id, destination_id=order.destination.account_id
    ):
        return ReceiverCannotTake()
    return WalletNotActive()


def _parameters(order: TransferOrder, keep: AnswerToKeep | None) -> list[Any]:
    cause = causes.current()
    kept = (keep.request_key, keep.fingerprint, pack(keep.body)) if keep else (None, None, None)
    terms = order.terms
    return [
        *kept,
        order.reference,
        order.source.account_id,
        order.destination.account_id,
        order.amount.amount_minor,
        order.amount.currency.code,
        order.description,
        Jsonb(order.metadata) if order.metadata else None,
        order.at,
        order.source.owner_id,
        cause.actor_id,
        cause.request_id,
        order.fee.amount_minor,
        fee_account(order),
        terms.limits if terms else None,
        terms.ceilings if terms else None,
    ]

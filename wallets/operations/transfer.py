from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from accounts.answers import pack, unpack
from accounts.operations.claim_answer import EarlierAnswer
from events import causes
from ledger.calls import call
from ledger.errors import AccountBlocked
from ledger.money import Money
from ledger.verdicts import Translated
from wallets.errors import CurrencyMismatch, SameWallet, WalletNotActive
from wallets.facts import WalletFacts

_CALL = """
    SELECT fingerprint, status, body FROM wallets_transfer(
        $1::uuid, $2::uuid, $3::bytea, $4::varchar, $5::bigint, $6::bigint, $7::bigint,
        $8::varchar, $9::varchar, $10::jsonb, $11::timestamptz, $12::uuid, $13::uuid,
        $14::varchar)
"""


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """What is sent, from where to where. `reference` is new and unique for ever."""

    reference: str
    source: WalletFacts
    destination: WalletFacts
    amount: Money
    at: datetime
    description: str = ""
    metadata: dict[str, Any] | None = None

    def check(self) -> None:
        """Raise `SameWallet` or `CurrencyMismatch` for what no state of the books allows."""
        if self.source.account_id == self.destination.account_id:
            raise SameWallet
        code = self.amount.currency.code
        if not self.source.currency == self.destination.currency == code:
            raise CurrencyMismatch


@dataclass(frozen=True, slots=True)
class AnswerToKeep:
    """What the caller will be told when the transfer succeeds, and the key to keep it under."""

    request_key: UUID
    fingerprint: UUID
    body: bytes


def transfer(*, order: TransferOrder, keep: AnswerToKeep | None = None) -> EarlierAnswer | None:
    """Send money between two wallets, in one database call that is its own transaction.

    Business row, journal entry, event and kept answer are all there or none is. Returns None
    for a transfer made now, and for a key that was used before the answer of then. Raises
    `SameWallet`, `CurrencyMismatch`, `WalletNotActive`, and the ledger's `InsufficientFunds`
    and `AmountTooLarge`; then nothing is kept.
    """
    order.check()

    try:
        with Translated():
            earlier = call(_CALL, _parameters(order, keep))
    except AccountBlocked:
        raise WalletNotActive from None
    if earlier is None:
        return None
    fingerprint, status, body = earlier
    return EarlierAnswer(fingerprint, status, unpack(body))


def _parameters(order: TransferOrder, keep: AnswerToKeep | None) -> list[Any]:
    cause = causes.current()
    kept = (keep.request_key, keep.fingerprint, pack(keep.body)) if keep else (None, None, None)
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
    ]

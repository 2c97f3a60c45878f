from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from events import causes
from ledger.chart import ChartAccount
from ledger.entries import Entry, Line, Posted
from ledger.errors import AccountBlocked
from ledger.money import Money
from ledger.operations import open_account, post
from ledger.queries import find_account_ids
from wallets.errors import CurrencyMismatch, OutsideTransaction, WalletNotActive
from wallets.models import Wallet


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money from outside, out of `source`, an account of the platform.

    `kind` names the journal entry and the line in the owner's history; `reference` is unique
    for ever.
    """

    amount: Money
    source: ChartAccount
    reference: str
    kind: str
    occurred_at: datetime
    description: str = ""
    metadata: dict[str, Any] | None = None


def receive(*, wallet: Wallet, incoming: Incoming) -> Posted:
    """Credit a wallet with money that came from outside.

    One entry, once for ever by its reference: a second call with the same values changes
    nothing. Must run inside a transaction. Raises `CurrencyMismatch`, `WalletNotActive` and
    what `ledger.operations.post` raises.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    amount, source = incoming.amount, incoming.source
    if not amount.currency.code == wallet.currency == source.currency:
        raise CurrencyMismatch

    cause = causes.current()
    words = {"description": incoming.description} if incoming.description else {}
    entry = Entry(
        reference=incoming.reference,
        kind=incoming.kind,
        lines=(
            Line(wallet.account_id, amount.amount_minor, incoming.kind),
            Line(shard_of(source), -amount.amount_minor, incoming.kind),
        ),
        occurred_at=incoming.occurred_at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
        metadata=words | (incoming.metadata or {}),
    )
    try:
        return post(entry)
    except AccountBlocked:
        raise WalletNotActive from None


def shard_of(account: ChartAccount) -> int:
    """Return the row of a platform account that this connection writes to; opens the account.

    Connections spread over the rows, so that they do not wait for one another's commits. No
    query for an account that this process has met.
    """
    ids = _remembered.get(account.code) or _ids_of(account)
    connection.ensure_connection()
    backend: int = connection.connection.info.backend_pid
    return ids[backend % len(ids)]


_remembered: dict[str, tuple[int, ...]] = {}


def _ids_of(account: ChartAccount) -> tuple[int, ...]:
    ids = find_account_ids(account) or open_account(account)
    if not connection.in_atomic_block:  # else it may yet be rolled back
        _remembered[account.code] = ids
    return ids

"""Reads of wallets, balances, transfers and histories. Who asks is always an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.calls import call, call_all
from ledger.queries import Balance
from wallets.errors import DestinationNotFound, TransferNotFound, WalletNotFound
from wallets.facts import FactsByNumber, WalletFacts
from wallets.models import Transfer, Wallet, WalletStatus

_FACTS = """
    SELECT number, account_id, owner_id, currency FROM wallets_wallet
    WHERE number = ANY ($1::varchar[])
"""
_NEWEST_FACTS = """
    SELECT number, account_id, owner_id, currency FROM wallets_wallet
    ORDER BY account_id DESC LIMIT $1::int
"""

_remembered = FactsByNumber(capacity=200_000)


def wallets_of(owner_id: UUID) -> QuerySet[Wallet]:
    """Return a person's wallets, with the accounts that say what they hold."""
    return Wallet.objects.filter(owner_id=owner_id).select_related("account")


def get_wallet(*, owner_id: UUID, number: str) -> Wallet:
    """Return a wallet of this person's; raises `WalletNotFound`."""
    try:
        return wallets_of(owner_id).get(number=number)
    except Wallet.DoesNotExist:
        raise WalletNotFound from None


def find_wallet(number: str) -> Wallet | None:
    """Return the wallet with this number, whoever owns it."""
    return next(iter(Wallet.objects.filter(number=number)), None)


def find_sibling(wallet: Wallet, *, kind: str) -> Wallet | None:
    """Return the owner's wallet of another kind in the same currency, unless it is closed."""
    siblings = wallets_of(wallet.owner_id).exclude(status=WalletStatus.CLOSED)
    return siblings.filter(currency=wallet.currency, kind=kind).first()


_BALANCE = """
    SELECT a.balance_minor, a.held_minor, w.currency, clock_timestamp()
    FROM wallets_wallet w JOIN ledger_ledgeraccount a ON a.id = w.account_id
    WHERE w.number = $1::varchar AND w.owner_id = $2::uuid
"""


def balance_now(*, owner_id: UUID, number: str) -> tuple[Balance, str]:
    """Return what a wallet of this person's holds, and its currency, in one short query.

    Raises `WalletNotFound`.
    """
    row = call(_BALANCE, [number, owner_id])
    if row is None:
        raise WalletNotFound
    total, held, currency, now = row
    return Balance(total, held, now), currency


def current_balance(wallet: Wallet) -> Balance:
    """Return what a wallet that was just read holds."""
    account = wallet.account
    return Balance(account.balance_minor, account.held_minor, account.moved_at)


def available_minor(account_ids: list[int]) -> dict[int, int]:
    """Return what wallets can spend at this moment, in minor units by account id."""
    rows = Wallet.objects.filter(pk__in=account_ids).values_list(
        "account_id", "account__balance_minor", "account__held_minor"
    )
    return {account_id: balance - held for account_id, balance, held in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """Who owns a wallet, as fees and limits see them, and what it holds in all."""

    tier: int
    role: str
    total_minor: int


_STANDING = """
    SELECT u.kyc_tier, r.name, a.balance_minor
    FROM wallets_wallet w JOIN accounts_user u ON u.id = w.owner_id
    JOIN accounts_role r ON r.id = u.role_id JOIN ledger_ledgeraccount a ON a.id = w.account_id
    WHERE w.account_id = $1::bigint
"""


def standing_of(account_id: int) -> Standing:
    """Return what fees and limits ask about a wallet and its owner, as of now, in one query.

    Raises `WalletNotFound`.
    """
    row = call(_STANDING, [account_id])
    if row is None:
        raise WalletNotFound
    return Standing(*row)


_PAST_BALANCE = """
    SELECT coalesce((
        SELECT p.balance_after FROM ledger_posting p
        WHERE p.account_id = $1::bigint
          AND p.sequence = ledger_sequence_at($1, $2::timestamptz)), 0)::bigint,
    coalesce((
        SELECT sum(h.amount_minor - coalesce((
            SELECT sum(k.amount_minor + k.fee_minor) FROM wallets_holdcapture k
            JOIN ledger_journalentry e ON e.id = k.entry_id
            WHERE k.hold_id = h.id AND e.recorded_at <= $2), 0))
        FROM wallets_hold h
        WHERE h.wallet_id = $1 AND h.placed_at <= $2
          AND (h.closed_at IS NULL OR h.closed_at > $2)), 0)::bigint
"""


def past_balance(wallet: WalletFacts, *, at: datetime) -> Balance:
    """Return what a wallet held, and how much of it was set aside, once everything recorded up
    to `at` was in it; one query.
    """
    total, held = call(_PAST_BALANCE, [wallet.account_id, at]) or (0, 0)
    return Balance(total, held, at)


def wallet_facts(*, owner_id: UUID, number: str) -> WalletFacts:
    """Return the facts of a wallet of this person's; no query for one that was met before.

    Raises `WalletNotFound`.
    """
    facts = facts_by_number([number])[number]
    if facts is None or facts.owner_id != owner_id:
        raise WalletNotFound
    return facts


def transfer_parties(
    *, owner_id: UUID, source: str, destination: str
) -> tuple[WalletFacts, WalletFacts]:
    """Return the facts of a transfer's two wallets, of which the first is the owner's.

    At most one query, and none for wallets that this process has met. Raises
    `WalletNotFound`, `DestinationNotFound`.
    """
    facts = facts_by_number([source, destination])
    sender, receiver = facts[source], facts[destination]
    if sender is None or sender.owner_id != owner_id:
        raise WalletNotFound
    if receiver is None:
        raise DestinationNotFound
    return sender, receiver


def facts_by_number(numbers: list[str]) -> dict[str, WalletFacts | None]:
    """Return the facts of wallets, None for a number that nobody has.

    At most one query, and none for wallets that this process has met.
    """
    facts = {number: _remembered.get(number) for number in numbers}
    missing = [number for number, known in facts.items() if known is None]
    if missing:
        facts |= {found.number: found for found in _read_facts(missing)}
    return facts


def remember_newest_wallets(most: int) -> int:
    """Meet wallets before anybody asks for them; return how many. One query, for a start."""
    found = call_all(_NEWEST_FACTS, [most])
    for row in found:
        _remembered.add(WalletFacts(*row))
    return len(found)


def _read_facts(numbers: list[str]) -> list[WalletFacts]:
    found = [WalletFacts(*row) for row in call_all(_FACTS, [numbers])]
    if not connection.in_atomic_block:  # else it may yet be rolled back
        for facts in found:
            _remembered.add(facts)
    return found


def transfers_of(owner_id: UUID) -> QuerySet[Transfer]:
    """Return the transfers that a person's wallets took part in."""
    mine = list(Wallet.objects.filter(owner_id=owner_id).values_list("account_id", flat=True))
    return Transfer.objects.filter(
        Q(source_id__in=mine) | Q(destination_id__in=mine)
    ).select_related("entry", "source", "destination", "transit")


def get_transfer(*, owner_id: UUID, reference: str) -> Transfer:
    """Return a transfer that this person sent or received; raises `TransferNotFound`."""
    transfer = (
        Transfer.objects.filter(entry__reference=reference)
        .filter(Q(source__owner_id=owner_id) | Q(destination__owner_id=owner_id))
        .select_related("entry", "source", "destination", "transit")
        .first()
    )
    if transfer is None:
        raise TransferNotFound
    return transfer

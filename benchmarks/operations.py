"""What a client of the ledger or of wallets does, again and again: makers of operations."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from uuid import UUID, uuid4

from django.utils import timezone

from benchmarks.clients import Maker, Operation
from benchmarks.stage import Member
from config.api.renderers import write
from events import causes
from ledger import chart, references
from ledger.entries import Entry, Line
from ledger.money import Money, currency
from ledger.operations import open_account, post, post_batch
from wallets.api.serializers import order_document
from wallets.facts import WalletFacts
from wallets.operations import AnswerToKeep, TransferOrder, transfer
from wallets.operations.receive import shard_of
from wallets.tariff import terms

NGN = "NGN"
_HOT = chart.clearing("paystack", NGN)


def posting(crowd: Sequence[Member]) -> Maker:
    """Post one entry between two wallets drawn at random."""

    def make(seed: int) -> Operation:
        draw = _Draw(crowd, seed)

        def once() -> int:
            post(_entry(*draw.pair(), draw.amount()))
            return 1

        return once

    return make


def posting_hot(crowd: Sequence[Member]) -> Maker:
    """Post one entry between a wallet and the account of the platform that all go through."""
    open_account(_HOT)

    def make(seed: int) -> Operation:
        draw = _Draw(crowd, seed)
        hot = shard_of(_HOT)

        def once() -> int:
            sign = draw.sign()
            post(_entry(draw.one().account_id, hot, sign * draw.amount()))
            return 1

        return once

    return make


def batch(crowd: Sequence[Member], size: int) -> Maker:
    """Post so many entries in one call, with a verdict for each."""

    def make(seed: int) -> Operation:
        draw = _Draw(crowd, seed)

        def once() -> int:
            entries = [_entry(*draw.pair(), draw.amount()) for _ in range(size)]
            verdicts = post_batch(entries, atomic=False)
            return sum(verdict.posted is not None for verdict in verdicts)

        return once

    return make


def to_and_fro(crowd: Sequence[Member], size: int) -> Callable[[], int]:
    """Let the others pay the first, who pays them back: so many lines of the first's a call."""
    draw = _Draw(crowd[1:], 1)
    first = crowd[0].account_id

    def once() -> int:
        entries = []
        for _ in range(size // 2):
            other, amount = draw.one().account_id, draw.amount()
            entries += [_sent(other, first, amount), _sent(first, other, amount)]
        post_batch(entries, atomic=True)
        return len(entries)

    return once


def whole_transfer(crowd: Sequence[Member], tier: int = 3) -> Maker:
    """Make a transfer as the API does: key, terms, journal entry, business row and event."""

    def make(seed: int) -> Operation:
        draw = _Draw(crowd, seed)
        unit = currency(NGN)

        def once() -> int:
            source, destination = draw.two()
            now = timezone.now()
            amount = Money(draw.amount(), unit)
            order = TransferOrder(
                reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
                source=facts_of(source),
                destination=facts_of(destination),
                amount=amount,
                at=now,
                description="lunch",
                terms=terms(operation="transfer", amount=amount, tier=tier, role="user", at=now),
            )
            body = write(order_document(order))
            cause = causes.Cause(secrets.token_urlsafe(8), order.source.owner_id)
            with causes.bind(cause):
                transfer(order=order, keep=AnswerToKeep(uuid4(), uuid4(), body))
            return 1

        return once

    return make


class _Draw:
    """Draws parties and amounts, cheaply, the same for the same seed."""

    def __init__(self, crowd: Sequence[Member], seed: int) -> None:
        self._crowd = crowd
        self._random = Random(seed).random

    def one(self) -> Member:
        return self._crowd[int(self._random() * len(self._crowd))]

    def two(self) -> tuple[Member, Member]:
        count = len(self._crowd)
        first = int(self._random() * count)
        other = (first + 1 + int(self._random() * (count - 1))) % count
        return self._crowd[first], self._crowd[other]

    def pair(self) -> tuple[int, int]:
        source, destination = self.two()
        return source.account_id, destination.account_id

    def amount(self) -> int:
        return 1 + int(self._random() * 500)

    def sign(self) -> int:
        return 1 - 2 * int(self._random() * 2)


def _sent(source: int, destination: int, amount: int) -> Entry:
    """Make the entry that a transfer would have."""
    entry = _entry(source, destination, amount)
    spelled = references.spell("TRF", at=entry.occurred_at, entropy=secrets.randbits(64))
    return replace(entry, reference=spelled)


def _entry(source: int, destination: int, amount: int) -> Entry:
    now = timezone.now()
    return Entry(
        reference=f"BEN_{secrets.token_hex(8)}",
        kind="transfer",
        lines=(
            Line(source, -amount, "transfer_out"),
            Line(destination, amount, "transfer_in"),
        ),
        occurred_at=now,
    )


def facts_of(member: Member) -> WalletFacts:
    return WalletFacts(member.number, member.account_id, UUID(member.owner_id), NGN)

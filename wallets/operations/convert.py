from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.entries import Entry, Line
from ledger.errors import AccountBlocked
from ledger.money import Money, currency
from ledger.operations import post
from wallets.errors import (
    CurrencyMismatch,
    OutsideTransaction,
    QuoteExpired,
    QuoteUsed,
    WalletNotActive,
)
from wallets.models import Conversion, FxQuote, Wallet
from wallets.operations.check_ceiling import check_ceiling
from wallets.operations.count_use import count_use
from wallets.operations.receive import shard_of

OUT, IN = "conversion_out", "conversion_in"


@dataclass(frozen=True, slots=True)
class ConversionOrder:
    """A quote to be kept, between two wallets of its owner. `reference` is unique for ever."""

    quote: FxQuote
    source: Wallet
    destination: Wallet
    reference: str
    at: datetime


def convert(order: ConversionOrder) -> Conversion:
    """Exchange what a quote says, as one entry, once.

    Raises `QuoteUsed`, `QuoteExpired`, `CurrencyMismatch`, `WalletNotActive`, `LimitExceeded`
    and the ledger's `InsufficientFunds`. Must run in a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    quote, source, destination = order.quote, order.source, order.destination
    if (source.currency, destination.currency) != (quote.source_currency, quote.target_currency):
        raise CurrencyMismatch
    _claim(quote, at=order.at)

    given = Money(quote.source_minor, currency(quote.source_currency))
    count_use(wallet=source, operation="conversion", amount=given, at=order.at)
    try:
        posted = post(_entry(order))
    except AccountBlocked:
        raise WalletNotActive from None
    check_ceiling(wallet=destination, at=order.at)

    conversion = Conversion.objects.create(
        entry_id=posted.entry_id,
        quote=quote,
        owner_id=quote.owner_id,
        source=source,
        destination=destination,
    )
    append_event(
        type="conversion.completed",
        subject=order.reference,
        owner_id=quote.owner_id,
        data={"source_currency": source.currency, "target_currency": destination.currency},
    )
    return conversion


def _claim(quote: FxQuote, *, at: datetime) -> None:
    """Only one gets past this, and whoever comes meanwhile waits for what becomes of it."""
    unused = FxQuote.objects.filter(pk=quote.pk, used_at=None)
    if not unused.filter(expires_at__gt=at).update(used_at=at):
        raise QuoteExpired if unused.exists() else QuoteUsed


def _entry(order: ConversionOrder) -> Entry:
    quote, cause = order.quote, causes.current()
    source, target = quote.source_currency, quote.target_currency
    earned = quote.worth_minor - quote.target_minor
    lines = [
        Line(order.source.account_id, -quote.source_minor, OUT),
        Line(shard_of(chart.fx_position(source)), quote.source_minor, OUT),
        Line(shard_of(chart.fx_position(target)), -quote.worth_minor, IN),
        Line(order.destination.account_id, quote.target_minor, IN),
    ]
    if earned:
        lines.append(Line(shard_of(chart.fx_spread(target)), earned, IN))
    given = Money(quote.source_minor, currency(source))
    got = Money(quote.target_minor, currency(target))
    return Entry(
        reference=order.reference,
        kind="conversion",
        lines=tuple(lines),
        occurred_at=order.at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
        metadata={"description": f"{given} to {got}", "quote": str(quote.pk)},
    )

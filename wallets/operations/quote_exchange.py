from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from ledger.money import Currency, Money
from wallets import exchange, fx_queries
from wallets.models import FxQuote

LIFE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class QuoteOrder:
    """What is to be exchanged: `amount` is what is given, or with `is_target` what is got."""

    owner_id: UUID
    source: Currency
    target: Currency
    amount: Money
    is_target: bool = False


def quote_exchange(*, order: QuoteOrder, quote_id: UUID, now: datetime) -> FxQuote:
    """Promise somebody an exchange for 30 seconds.

    Raises `NoRate` when there is none or only ones older than `FX_RATES_MAX_AGE_HOURS`,
    `AmountTooSmall`, and the ledger's `AmountTooLarge`.
    """
    source, target = order.source, order.target
    rates = fx_queries.pair_rates(source=source.code, target=target.code, since=oldest(now))
    agreed = exchange.terms(
        source_per_pivot=rates.source_per_pivot,
        target_per_pivot=rates.target_per_pivot,
        spread_bp=fx_queries.spread_bp(source=source.code, target=target.code),
    )
    made = (
        exchange.getting(order.amount, source, agreed)
        if order.is_target
        else exchange.giving(order.amount, target, agreed)
    )

    return FxQuote.objects.create(
        id=quote_id,
        owner_id=order.owner_id,
        source_currency=source.code,
        target_currency=target.code,
        source_minor=made.source.amount_minor,
        target_minor=made.target.amount_minor,
        worth_minor=made.worth.amount_minor,
        rate=agreed.rate,
        mid_rate=agreed.mid,
        spread_bp=agreed.spread_bp,
        rates_source=rates.source,
        rates_as_of=rates.as_of,
        created_at=now,
        expires_at=now + LIFE,
    )


def oldest(now: datetime) -> datetime:
    """Return when the oldest rates may be of that are still used."""
    return now - timedelta(hours=settings.FX_RATES_MAX_AGE_HOURS)


def prune_quotes(*, now: datetime) -> int:
    """Forget quotes that expired a day ago and were not used; return how many."""
    unused = FxQuote.objects.filter(used_at=None, expires_at__lt=now - timedelta(days=1))
    number, _ = unused.delete()
    return number

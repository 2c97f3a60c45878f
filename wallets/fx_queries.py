"""Reads of rates, spreads, quotes and conversions, and of what exchanges made the platform hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate

from ledger import chart
from ledger.calls import call, call_all
from ledger.queries import chart_balance
from wallets.errors import ConversionNotFound, NoRate, QuoteNotFound
from wallets.models import Conversion, FxQuote, FxSpread, RateSheet


@dataclass(frozen=True, slots=True)
class PairRates:
    """What two currencies were worth to one sheet's pivot, and whose word that is."""

    source: str
    as_of: datetime
    source_per_pivot: Decimal
    target_per_pivot: Decimal


_PAIR = """
    SELECT s.source, s.as_of, a.per_pivot, b.per_pivot
    FROM wallets_ratesheet s
    JOIN wallets_rate a ON a.sheet_id = s.id AND a.currency = $1::varchar
    JOIN wallets_rate b ON b.sheet_id = s.id AND b.currency = $2::varchar
    WHERE s.as_of >= $3::timestamptz
    ORDER BY s.as_of DESC, s.id DESC LIMIT 1
"""
_AGAINST = """
    SELECT DISTINCT ON (b.currency) b.currency, s.source, s.as_of, a.per_pivot, b.per_pivot
    FROM wallets_ratesheet s
    JOIN wallets_rate a ON a.sheet_id = s.id AND a.currency = $1::varchar
    JOIN wallets_rate b ON b.sheet_id = s.id AND b.currency <> $1
    WHERE s.as_of >= $2::timestamptz
    ORDER BY b.currency, s.as_of DESC, s.id DESC
"""


def pair_rates(*, source: str, target: str, since: datetime) -> PairRates:
    """Return the newest rates that one sheet gives both currencies, not older than `since`.

    Raises `NoRate`.
    """
    row = call(_PAIR, [source, target, since])
    if row is None:
        raise NoRate
    return PairRates(*row)


def rates_against(*, base: str, since: datetime) -> dict[str, PairRates]:
    """Return the newest rates of every currency that shares a sheet with `base`; one query."""
    return {row[0]: PairRates(*row[1:]) for row in call_all(_AGAINST, [base, since])}


def newest_sheet(source: str) -> RateSheet | None:
    """Return the newest rates of a source, by their own time."""
    return RateSheet.objects.filter(source=source).order_by("-as_of", "-id").first()


def rates_of(sheet: RateSheet) -> dict[str, Decimal]:
    """Return the rates of a sheet by currency."""
    return dict(sheet.rates.values_list("currency", "per_pivot"))


def spread_bp(*, source: str, target: str) -> int:
    """Return what the platform keeps of an exchange, in basis points; 0 where nothing is set."""
    exactness = Case(
        When(source_currency=source, target_currency=target, then=Value(3)),
        When(source_currency=source, then=Value(2)),
        When(target_currency=target, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = _spreads_for(source, target).order_by(exactness.desc(), "-id")
    return next(iter(rows.values_list("basis_points", flat=True)[:1]), 0)


def spreads_from(source: str) -> dict[str, int]:
    """Return what is kept of exchanges of `source`, by target; under "" for all others."""
    rows = FxSpread.objects.filter(source_currency__in=("", source)).order_by("id")
    by_pair = {(row.source_currency, row.target_currency): row.basis_points for row in rows}
    otherwise = by_pair.get((source, ""), by_pair.get(("", ""), 0))
    found = {target: points for (own, target), points in by_pair.items() if own == source}
    if (source, "") not in by_pair:
        found = {target: points for (own, target), points in by_pair.items() if not own} | found
    return found | {"": otherwise}


def _spreads_for(source: str, target: str) -> QuerySet[FxSpread]:
    return FxSpread.objects.filter(
        Q(source_currency__in=("", source)) & Q(target_currency__in=("", target))
    )


def get_quote(*, owner_id: UUID, quote_id: UUID) -> FxQuote:
    """Return a quote of this person's; raises `QuoteNotFound`."""
    quote = FxQuote.objects.filter(owner_id=owner_id, pk=quote_id).first()
    if quote is None:
        raise QuoteNotFound
    return quote


def conversions_of(owner_id: UUID) -> QuerySet[Conversion]:
    """Return what a person exchanged."""
    return Conversion.objects.filter(owner_id=owner_id).select_related(
        "entry", "quote", "source", "destination"
    )


def get_conversion(*, owner_id: UUID, reference: str) -> Conversion:
    """Return a conversion of this person's; raises `ConversionNotFound`."""
    found = conversions_of(owner_id).filter(entry__reference=reference).first()
    if found is None:
        raise ConversionNotFound
    return found


@dataclass(frozen=True, slots=True)
class Position:
    """What exchanges left the platform with in one currency, in minor units.

    `position_minor` above zero: it holds more than it owes. `spread_minor` was earned.
    """

    currency: str
    position_minor: int
    spread_minor: int
    conversions: int


def positions() -> list[Position]:
    """Return the platform's position and income in each currency that was exchanged."""
    quotes = FxQuote.objects.filter(used_at__isnull=False)
    counts: dict[str, int] = {}
    for side in ("source_currency", "target_currency"):
        for code, number in quotes.values_list(side).annotate(Count("id")).order_by():
            counts[code] = counts.get(code, 0) + number
    return [
        Position(
            code,
            chart_balance(chart.fx_position(code)),
            chart_balance(chart.fx_spread(code)),
            counts[code],
        )
        for code in sorted(counts)
    ]


def earned_by_day(*, since: datetime) -> dict[str, dict[date, int]]:
    """Return what exchanges earned, in minor units by currency and day."""
    rows = (
        FxQuote.objects.filter(used_at__gte=since)
        .values_list("target_currency", TruncDate("used_at"))
        .annotate(earned=Sum(F("worth_minor") - F("target_minor")))
        .order_by()
    )
    earned: dict[str, dict[date, int]] = {}
    for code, day, minor in rows:
        earned.setdefault(code, {})[day] = int(minor)
    return earned

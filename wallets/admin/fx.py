"""Exchanges in the back office: rates, spreads, quotes, conversions, and what they left us with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets import exchange, fx_queries
from wallets.admin.bars import bars
from wallets.fx_queries import Position
from wallets.models import Conversion, FxQuote, FxSpread, RateSheet

_DAYS = 30


@admin.register(RateSheet)
class RateSheetAdmin(ReadOnlyAdmin):
    list_display = ("source", "pivot", "as_of", "recorded_at")
    list_filter = ("source", "as_of")
    ordering = ("-as_of", "-id")
    fields = (*list_display, "rates")

    @admin.display
    def rates(self, sheet: RateSheet) -> SafeString:
        found = sorted(fx_queries.rates_of(sheet).items())
        return format_html_join(
            "", "{} {}<br>", ((code, exchange.rate_text(rate)) for code, rate in found)
        )


@admin.register(FxSpread)
class FxSpreadAdmin(ReadOnlyAdmin):
    list_display = ("source_currency", "target_currency", "basis_points", "set_at", "reason")
    list_filter = ("source_currency", "target_currency")
    ordering = ("-id",)


@admin.register(FxQuote)
class FxQuoteAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "given", "got", "earned", "spread_bp", "created_at", "used_at")
    list_filter = ("source_currency", "target_currency", "created_at")
    list_select_related = ("owner",)
    search_fields = ("id__exact", "owner__email__exact")
    search_help_text = "A whole quote id or e-mail address."
    ordering = ("-created_at", "-id")
    fields = (*list_display, "rate", "mid_rate", "rates_source", "rates_as_of", "expires_at")

    @admin.display(ordering="source_minor")
    def given(self, quote: FxQuote) -> str:
        return str(Money(quote.source_minor, currency(quote.source_currency)))

    @admin.display(ordering="target_minor")
    def got(self, quote: FxQuote) -> str:
        return str(Money(quote.target_minor, currency(quote.target_currency)))

    @admin.display
    def earned(self, quote: FxQuote) -> str:
        minor = quote.worth_minor - quote.target_minor
        return str(Money(minor, currency(quote.target_currency)))


@admin.register(Conversion)
class ConversionAdmin(ReadOnlyAdmin):
    change_list_template = "wallets/conversions.html"
    list_display = ("reference", "owner", "source", "destination", "given", "got", "made_at")
    list_filter = ("quote__source_currency", "quote__target_currency", "entry__occurred_at")
    list_select_related = ("entry", "owner", "source", "destination", "quote")
    search_fields = ("entry__reference__exact", "owner__email__exact", "source__number__exact")
    search_help_text = "A whole reference, e-mail address or wallet number."
    ordering = ("-entry_id",)
    fields = (*list_display, "quote")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.position)
        return [path("position/", page, name="fx_position"), *super().get_urls()]

    def position(self, request: HttpRequest) -> HttpResponse:
        """What exchanges left the platform with, and what they earned day by day."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        today = timezone.now().date()
        since = timezone.now() - timedelta(days=_DAYS - 1)
        earned = fx_queries.earned_by_day(since=since)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Exchange position",
            "days": _DAYS,
            "positions": [
                {
                    **_row(position),
                    "plot": bars(
                        earned.get(position.currency, {}),
                        code=position.currency,
                        first=since.date(),
                        last=today,
                    ),
                }
                for position in fx_queries.positions()
            ],
        }
        return render(request, "wallets/fx_position.html", context)

    @admin.display(ordering="entry_id")
    def reference(self, conversion: Conversion) -> str:
        return conversion.entry.reference

    @admin.display(ordering="entry_id")
    def made_at(self, conversion: Conversion) -> Any:
        return conversion.entry.occurred_at

    @admin.display
    def given(self, conversion: Conversion) -> str:
        quote = conversion.quote
        return str(Money(quote.source_minor, currency(quote.source_currency)))

    @admin.display
    def got(self, conversion: Conversion) -> str:
        quote = conversion.quote
        return str(Money(quote.target_minor, currency(quote.target_currency)))


def _row(position: Position) -> dict[str, Any]:
    unit = currency(position.currency)
    return {
        "code": position.currency,
        "position": Money(position.position_minor, unit),
        "is_short": position.position_minor < 0,
        "earned": Money(position.spread_minor, unit),
        "conversions": position.conversions,
    }

"""What clients send and are sent about exchanges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from ledger.money import Money, currency
from wallets.api.fields import MoneyField
from wallets.api.serializers import BalanceSerializer, CurrencyField
from wallets.exchange import Terms, rate_text
from wallets.fx_queries import PairRates
from wallets.models import Conversion, FxQuote

_NUMBER = r"^[0-9]{13}\Z"
QUOTE_STATUSES = [("open", "Open"), ("used", "Used"), ("expired", "Expired")]


class RateSerializer(serializers.Serializer[None]):
    """`rate` is what a customer gets for one unit, `mid_rate` what the source says."""

    source_currency = serializers.CharField()
    target_currency = serializers.CharField()
    rate = serializers.CharField()
    mid_rate = serializers.CharField()
    spread_bp = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment] # a serializer's own attribute
    as_of = serializers.DateTimeField()


class RatesSerializer(serializers.Serializer[None]):
    """Always all of them: there are no pages."""

    results = RateSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class QuoteRequestSerializer(serializers.Serializer[None]):
    """Either what is given or what is to be got."""

    source_currency = CurrencyField()
    target_currency = CurrencyField()
    source_amount = MoneyField(required=False)
    target_amount = MoneyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["source_currency"] == attrs["target_currency"]:
            raise serializers.ValidationError({"target_currency": ["Another currency."]})
        if ("source_amount" in attrs) == ("target_amount" in attrs):
            raise serializers.ValidationError({"source_amount": ["Either this or target_amount."]})
        return attrs


class QuoteSerializer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=QUOTE_STATUSES)
    source_currency = serializers.CharField()
    target_currency = serializers.CharField()
    source_amount = serializers.CharField()
    target_amount = serializers.CharField()
    rate = serializers.CharField()
    mid_rate = serializers.CharField()
    spread_bp = serializers.IntegerField()
    rates_as_of = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ConversionRequestSerializer(serializers.Serializer[None]):
    quote = serializers.UUIDField()
    source = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")  # type: ignore[assignment]
    destination = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")


class ConversionSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    status = serializers.CharField()
    quote = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    source_currency = serializers.CharField()
    target_currency = serializers.CharField()
    source_amount = serializers.CharField()
    target_amount = serializers.CharField()
    rate = serializers.CharField()
    created_at = serializers.DateTimeField()


class ConversionBalancesSerializer(serializers.Serializer[None]):
    source = BalanceSerializer()  # type: ignore[assignment]
    destination = BalanceSerializer()


class ConversionDryRunSerializer(ConversionSerializer):
    """What a conversion would be, and what it would leave in both wallets."""

    reference = None  # type: ignore[assignment] # how a serializer drops a field
    balances = ConversionBalancesSerializer()


def rate_document(base: str, target: str, found: PairRates, agreed: Terms) -> dict[str, Any]:
    return {
        "source_currency": base,
        "target_currency": target,
        "rate": rate_text(agreed.rate),
        "mid_rate": rate_text(agreed.mid),
        "spread_bp": agreed.spread_bp,
        "source": found.source,
        "as_of": found.as_of,
    }


def quote_document(quote: FxQuote, *, at: datetime) -> dict[str, Any]:
    status = "used" if quote.used_at else "open" if quote.expires_at > at else "expired"
    return {
        "id": quote.id,
        "status": status,
        **_amounts(quote),
        "mid_rate": rate_text(quote.mid_rate),
        "spread_bp": quote.spread_bp,
        "rates_as_of": quote.rates_as_of,
        "created_at": quote.created_at,
        "expires_at": quote.expires_at,
    }


def conversion_document(conversion: Conversion) -> dict[str, Any]:
    return {
        "reference": conversion.entry.reference,
        "status": "completed",
        "quote": conversion.quote_id,
        "source": conversion.source.number,
        "destination": conversion.destination.number,
        **_amounts(conversion.quote),
        "created_at": conversion.entry.occurred_at,
    }


def _amounts(quote: FxQuote) -> dict[str, Any]:
    source, target = currency(quote.source_currency), currency(quote.target_currency)
    return {
        "source_currency": source.code,
        "target_currency": target.code,
        "source_amount": Money(quote.source_minor, source).decimal_string(),
        "target_amount": Money(quote.target_minor, target).decimal_string(),
        "rate": rate_text(quote.rate),
    }

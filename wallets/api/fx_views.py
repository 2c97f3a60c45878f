"""Exchanges: rates for everybody, a quote that is kept for half a minute, a conversion."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from ledger import references
from ledger.iso4217 import CURRENCIES
from ledger.money import currency
from wallets import exchange, fx_queries, queries
from wallets.api.fields import money_of
from wallets.api.fx_serializers import (
    ConversionDryRunSerializer,
    ConversionRequestSerializer,
    ConversionSerializer,
    QuoteRequestSerializer,
    QuoteSerializer,
    RatesSerializer,
    conversion_document,
    quote_document,
    rate_document,
)
from wallets.api.parameters import flag
from wallets.api.serializers import balance_document
from wallets.models import Conversion
from wallets.operations.convert import ConversionOrder, convert
from wallets.operations.quote_exchange import QuoteOrder, oldest, quote_exchange

_USUAL_BASE = "USD"


class RatesView(APIView):
    """What one unit of a currency gives in every other one that has a recent rate."""

    scope = "read"

    @extend_schema(
        operation_id="fx_rates",
        parameters=[OpenApiParameter("base", str, description="A currency; USD without it.")],
        responses=RatesSerializer,
    )
    def get(self, request: Request) -> Response:
        base = request.query_params.get("base", _USUAL_BASE)
        if base not in CURRENCIES:
            raise ValidationError({"base": ["An ISO 4217 code."]})
        found = fx_queries.rates_against(base=base, since=oldest(timezone.now()))
        spreads = fx_queries.spreads_from(base)

        results = []
        for target, rates in found.items():
            agreed = exchange.terms(
                source_per_pivot=rates.source_per_pivot,
                target_per_pivot=rates.target_per_pivot,
                spread_bp=spreads.get(target, spreads[""]),
            )
            results.append(rate_document(base, target, rates, agreed))
        return Response({"results": results, "next": None, "previous": None})


class QuotesView(AtomicPost):
    """Ask what an exchange gives; the answer is kept for 30 seconds, once."""

    scope = "transfer"

    @extend_schema(
        operation_id="fx_quotes_make",
        request=QuoteRequestSerializer,
        responses={201: QuoteSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = QuoteRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        side = "target" if "target_amount" in asked else "source"
        field = f"{side}_amount"

        quote = quote_exchange(
            order=QuoteOrder(
                owner_id=principal_of(request).id,
                source=currency(asked["source_currency"]),
                target=currency(asked["target_currency"]),
                amount=money_of(asked[field], asked[f"{side}_currency"], field=field),
                is_target=side == "target",
            ),
            quote_id=uuid4(),
            now=now,
        )

        return Response(quote_document(quote, at=now), status=201)


class QuoteView(APIView):
    """One quote of the caller's."""

    scope = "read"

    @extend_schema(operation_id="fx_quotes_read", responses=QuoteSerializer)
    def get(self, request: Request, quote_id: UUID) -> Response:
        quote = fx_queries.get_quote(owner_id=principal_of(request).id, quote_id=quote_id)
        return Response(quote_document(quote, at=timezone.now()))


class ConversionsView(AtomicPost):
    """Exchange money between two wallets of the caller's; list what was exchanged."""

    ordering = ("entry_id",)

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="fx_conversions_make",
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would happen.")],
        request=ConversionRequestSerializer,
        responses={200: ConversionDryRunSerializer, 201: ConversionSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        if flag(request, "dry_run"):
            return in_transaction(lambda: self._dry_run(request))
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        return Response(conversion_document(_convert(request)), status=201)

    def _dry_run(self, request: Request) -> HttpResponse:
        """Really do it, look at what it left, and take it back."""
        conversion = _convert(request)
        would_be = conversion_document(conversion)
        del would_be["reference"]
        would_be["balances"] = {}
        for side in ("source", "destination"):
            balance, code = queries.balance_now(owner_id=conversion.owner_id, number=would_be[side])
            would_be["balances"][side] = balance_document(balance, code)
        transaction.set_rollback(True)
        return Response(would_be)

    @extend_schema(operation_id="fx_conversions_list", responses=ConversionSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = fx_queries.conversions_of(principal_of(request).id)
        return page(self, request, mine, lambda rows: [conversion_document(row) for row in rows])


class ConversionView(APIView):
    """One conversion of the caller's."""

    scope = "read"

    @extend_schema(operation_id="fx_conversions_read", responses=ConversionSerializer)
    def get(self, request: Request, reference: str) -> Response:
        owner_id = principal_of(request).id
        found = fx_queries.get_conversion(owner_id=owner_id, reference=reference)
        return Response(conversion_document(found))


def _convert(request: Request) -> Conversion:
    form = ConversionRequestSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    asked, now, owner_id = form.validated_data, timezone.now(), principal_of(request).id
    order = ConversionOrder(
        quote=fx_queries.get_quote(owner_id=owner_id, quote_id=asked["quote"]),
        source=queries.get_wallet(owner_id=owner_id, number=asked["source"]),
        destination=queries.get_wallet(owner_id=owner_id, number=asked["destination"]),
        reference=references.spell("CNV", at=now, entropy=secrets.randbits(64)),
        at=now,
    )
    convert(order)
    return fx_queries.get_conversion(owner_id=owner_id, reference=order.reference)

"""Requests to be paid: ask, show by a link or a picture, pay, take back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
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
from ledger.money import Money, currency
from wallets import qr, queries, request_queries
from wallets.api.fields import money_of
from wallets.api.request_serializers import (
    USUAL_LIFE,
    PaymentAskedSerializer,
    PaymentRequestSerializer,
    PaySerializer,
    RequestPaymentSerializer,
    link_of,
    request_document,
)
from wallets.life_queries import mask
from wallets.models import PaymentRequest
from wallets.operations.request_payment import (
    PaymentOrder,
    RequestOrder,
    cancel_payment_request,
    pay_request,
    request_payment,
)


class PaymentRequestsView(AtomicPost):
    """Ask to be paid by whoever is shown the link; list what the caller asked for."""

    ordering = ("created_at", "id")

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="payment_requests_make",
        request=PaymentAskedSerializer,
        responses={201: PaymentRequestSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = PaymentAskedSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=asked["wallet"])
        amount = asked.get("amount")

        made = request_payment(
            order=RequestOrder(
                wallet=wallet,
                amount=amount and money_of(amount, asked.get("currency", wallet.currency)),
                description=asked["description"],
                expires_at=asked.get("expires_at", now + USUAL_LIFE),
            ),
            request_id=uuid4(),
        )

        return Response(_document(request, made.pk), status=201)

    @extend_schema(
        operation_id="payment_requests_list", responses=PaymentRequestSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        caller, now = principal_of(request), timezone.now()
        mine = request_queries.requests_of(caller.id)

        def documents(rows: Sequence[PaymentRequest]) -> list[dict[str, Any]]:
            return [
                request_document(row, requester=mask(row.owner.name), asker=caller.id, at=now)
                for row in rows
            ]

        return page(self, request, mine, documents)


class PaymentRequestView(APIView):
    """A request, for everybody who was given its id: what is asked, by a name that is masked."""

    scope = "read"

    @extend_schema(
        operation_id="payment_requests_read",
        parameters=[
            OpenApiParameter(
                "format", str, enum=["json", "png", "svg"], description="A QR code of the link."
            )
        ],
        responses={
            (200, "application/json"): PaymentRequestSerializer,
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "image/svg+xml"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, request_id: UUID) -> HttpResponse:
        wanted = request.query_params.get("format", "json")
        if wanted not in {"json", "png", "svg"}:
            raise ValidationError({"format": ["json, png or svg."]})
        document = _document(request, request_id)
        if wanted == "png":
            return HttpResponse(qr.png(link_of(request_id)), content_type="image/png")
        if wanted == "svg":
            return HttpResponse(qr.svg(link_of(request_id)), content_type="image/svg+xml")
        return Response(document)


class CancelPaymentRequestView(APIView):
    """Take back what the caller asked for."""

    scope = "transfer"

    @extend_schema(
        operation_id="payment_requests_cancel", request=None, responses=PaymentRequestSerializer
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        owner_id = principal_of(request).id
        in_transaction(
            lambda: cancel_payment_request(
                owner_id=owner_id, request_id=request_id, at=timezone.now()
            )
        )
        return Response(_document(request, request_id))


class PayRequestView(AtomicPost):
    """Pay what somebody asks for, once."""

    scope = "transfer"
    wants_pin = True

    @extend_schema(
        operation_id="payment_requests_pay",
        request=PaySerializer,
        responses={201: RequestPaymentSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self,
        request: Request,
        *,
        request_key: UUID | None,
        request_id: UUID | None = None,
        **_kwargs: Any,
    ) -> Response:
        form = PaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        found = request_queries.find_request(request_id or uuid4())
        source = queries.get_wallet(owner_id=principal_of(request).id, number=asked["source"])
        amount = asked.get("amount")
        order = PaymentOrder(
            request_id=found.request.pk,
            source=source,
            reference=references.spell("PMT", at=now, entropy=secrets.randbits(64)),
            at=now,
            amount=amount and money_of(amount, found.request.wallet.currency),
        )

        paid = pay_request(order)

        return Response(_payment_document(order, paid, mask(found.name)), status=201)


def _document(request: Request, request_id: UUID) -> dict[str, Any]:
    found = request_queries.find_request(request_id)
    return request_document(
        found.request,
        requester=mask(found.name),
        asker=principal_of(request).id,
        at=timezone.now(),
    )


def _payment_document(order: PaymentOrder, paid: PaymentRequest, name: str) -> dict[str, Any]:
    amount = Money(paid.paid_minor or 0, currency(order.source.currency))
    return {
        "reference": order.reference,
        "status": "completed",
        "payment_request": paid.pk,
        "requester": name,
        "source": order.source.number,
        "amount": amount.decimal_string(),
        "currency": amount.currency.code,
        "description": paid.description,
        "created_at": order.at,
    }

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

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
from events import causes
from offline import operations, queries
from offline.api.serializers import (
    DisputedSerializer,
    DisputeSerializer,
    DraftRequestSerializer,
    DraftSerializer,
    PaymentSerializer,
    SignedDraftSerializer,
    amount_text,
    payment_document,
)
from offline.api.sync_views import SyncResultSerializer, accept
from offline.evidence import known_request
from offline.messages import Request as RequestMessage
from offline.messages import bundles
from offline.models import Voucher, VoucherStatus
from wallets.api.fields import money_of
from wallets.api.parameters import instant


class PaymentsView(APIView):
    """Offline payments that the caller made or received, newest first."""

    scope = "read"
    ordering = ("-id",)

    @extend_schema(
        operation_id="offline_transactions_list",
        parameters=[
            OpenApiParameter("status", str, enum=VoucherStatus.values),
            OpenApiParameter("direction", str, enum=["in", "out"]),
            OpenApiParameter("from", {"type": "string", "format": "date-time"}),
            OpenApiParameter("to", {"type": "string", "format": "date-time"}),
        ],
        responses=PaymentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        owner_id = principal_of(request).id
        mine = queries.vouchers_of(
            owner_id,
            wanted=queries.Wanted(
                status=_word(request, "status", VoucherStatus.values),
                direction=_word(request, "direction", ["in", "out"]),
                since=instant(request, "from"),
                until=instant(request, "to"),
            ),
        )

        def documents(rows: Sequence[Voucher]) -> list[dict[str, Any]]:
            return [payment_document(row, owner_id) for row in rows]

        return page(self, request, mine, documents)


class PaymentView(APIView):
    """One offline payment of the caller's."""

    scope = "read"

    @extend_schema(operation_id="offline_transactions_read", responses=PaymentSerializer)
    def get(self, request: Request, transaction_id: UUID) -> Response:
        owner_id = principal_of(request).id
        voucher = queries.get_voucher(owner_id=owner_id, transaction_id=transaction_id)
        return Response(payment_document(voucher, owner_id))


class ConfirmView(AtomicPost):
    """The payee says that a pending payment is right, and has the money."""

    scope = "offline"

    @extend_schema(
        operation_id="offline_transactions_confirm", request=None, responses=PaymentSerializer
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        owner_id = principal_of(request).id
        voucher = operations.confirm_voucher(
            owner_id=owner_id, transaction_id=kwargs["transaction_id"], now=timezone.now()
        )
        return Response(payment_document(voucher, owner_id))


class DisputeView(AtomicPost):
    """Put a payment before the officers of this installation."""

    scope = "offline"

    @extend_schema(
        operation_id="offline_transactions_dispute",
        request=DisputeSerializer,
        responses={201: DisputedSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        form = DisputeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        case = operations.dispute_voucher(
            owner_id=principal_of(request).id,
            transaction_id=kwargs["transaction_id"],
            statement=form.validated_data["reason"],
            now=timezone.now(),
        )
        return Response({"case": case.pk, "status": case.status}, status=201)


class DraftView(APIView):
    """Write the voucher that answers a request, for the caller's device to sign."""

    scope = "offline"

    @extend_schema(
        operation_id="offline_transactions_create_local",
        request=DraftRequestSerializer,
        responses=DraftSerializer,
    )
    def post(self, request: Request) -> Response:
        form = DraftRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = known_request(bundles.from_any(form.validated_data["request"])[0])
        amount_minor = _amount(asked.body, form.validated_data.get("amount"))

        draft = operations.draft_voucher(
            owner_id=principal_of(request).id,
            request=asked.body,
            request_vid=asked.vid,
            amount_minor=amount_minor,
            now=timezone.now(),
        )

        body = draft.body
        return Response(
            {
                "transaction_data": draft.signing_input,
                "counter": body.counter,
                "cumulative": amount_text(body.cumulative_minor, body.currency),
                "previous": body.previous,
                "amount": amount_text(body.amount_minor, body.currency),
                "currency": body.currency,
                "payee": body.payee,
            }
        )


class SignedDraftView(APIView):
    """Hand in one voucher as what was signed and the signature: the same as a sync of it."""

    scope = "offline"

    @extend_schema(
        operation_id="offline_transactions_sign_and_store",
        request=SignedDraftSerializer,
        responses=SyncResultSerializer,
    )
    def post(self, request: Request) -> Response:
        form = SignedDraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        signed = form.validated_data
        voucher = f"{signed['transaction_data']}.{signed['signature']}"
        owner_id = principal_of(request).id
        with causes.bind(replace(causes.current(), actor_id=owner_id)):
            result = accept(owner_id, {"ref": "signed", "voucher": voucher})
        return Response(result)


def _word(request: Request, name: str, words: Sequence[str]) -> str | None:
    word = request.query_params.get(name)
    if word is not None and word not in words:
        raise ValidationError({name: [f"One of {', '.join(words)}."]})
    return word


def _amount(body: Any, given: Any) -> int:
    """What is paid: what the request asks for, or what the payer names."""
    fixed = body.amount_minor if isinstance(body, RequestMessage) else None
    if given is None and fixed is None:
        raise ValidationError({"amount": ["The request leaves the amount to you."]})
    named = money_of(given, body.currency).amount_minor if given is not None else None
    if fixed is not None and named not in (None, fixed):
        raise ValidationError({"amount": ["The request is for another amount."]})
    return fixed or named or 0

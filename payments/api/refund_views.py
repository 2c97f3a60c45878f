from __future__ import annotations

import secrets
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from payments import operations, queries, tasks
from payments.models import Refund
from wallets.api.fields import MoneyField, money_of


class RefundRequestSerializer(serializers.Serializer[None]):
    """How much of a deposit is to go back: all that is left of it when nothing is said."""

    amount = MoneyField(required=False)


class RefundSerializer(serializers.ModelSerializer[Refund]):
    """A refund as its owner sees it. `reason` says in a word why it is not completed."""

    deposit = serializers.CharField(source="deposit.reference")
    wallet = serializers.CharField(source="wallet.number")
    amount = serializers.SerializerMethodField()

    class Meta:
        model = Refund
        fields = (
            "reference",
            "status",
            "reason",
            "deposit",
            "wallet",
            "amount",
            "currency",
            "provider",
            "created_at",
            "ended_at",
        )
        read_only_fields = fields

    def get_amount(self, refund: Refund) -> str:
        return refund.amount.decimal_string()


class DepositRefundView(AtomicPost):
    """Give money of a deposit back to where it came from.

    It is held at once; a worker asks the provider, and what became of it is read from the list
    of the deposit's refunds.
    """

    scope = "payout"
    wants_pin = True

    @extend_schema(
        operation_id="deposits_refund",
        request=RefundRequestSerializer,
        responses={201: RefundSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        form = RefundRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        amount = form.validated_data.get("amount")
        mine = queries.get_deposit(owner_id=principal_of(request).id, reference=reference)

        refund = operations.start_refund(
            deposit_id=mine.pk,
            amount=None if amount is None else money_of(amount, mine.currency),
            entropy=secrets.randbits(64),
            now=timezone.now(),
        )

        hint = partial(tasks.send_refund.delay, refund.pk, refund.provider)
        transaction.on_commit(hint, robust=True)
        return Response(RefundSerializer(refund).data, status=201)


class DepositRefundsView(APIView):
    """What was given back of a deposit of the caller's, newest first; never more than was paid."""

    scope = "read"
    ordering = ("-reference",)  # references sort by time

    @extend_schema(operation_id="deposits_refunds", responses=RefundSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        deposit = queries.get_deposit(owner_id=principal_of(request).id, reference=reference)
        rows = queries.refunds(deposit=deposit)
        return page(
            self, request, rows, lambda found: [RefundSerializer(row).data for row in found]
        )

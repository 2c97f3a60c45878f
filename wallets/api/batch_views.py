from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from wallets.api.orders import read_orders
from wallets.api.serializers import (
    TransferRequestSerializer,
    order_document,
    transfer_document,
)
from wallets.api.transit_views import hint_to_invite
from wallets.models import Transfer, TransferStatus
from wallets.operations import LARGEST_BATCH, TransferOrder, TransitOrder, send_batch


class BatchRequestSerializer(serializers.Serializer[None]):
    """Transfers to be sent together; with `atomic` all of them or none."""

    transfers = serializers.ListField(
        child=TransferRequestSerializer(), min_length=1, max_length=LARGEST_BATCH
    )
    atomic = serializers.BooleanField(required=False, default=False)


class BatchItemSerializer(serializers.Serializer[None]):
    """What became of one: the transfer, or `failed` with the code and words of its refusal."""

    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=TransferStatus.choices)
    reference = serializers.CharField(required=False)
    amount = serializers.CharField(required=False)
    fee = serializers.CharField(required=False)
    currency = serializers.CharField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment] # a field's name
    destination = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    metadata = serializers.DictField(required=False)
    created_at = serializers.DateTimeField(required=False)
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class BatchSerializer(serializers.Serializer[None]):
    """One result for each transfer, in the order in which they were asked for."""

    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = BatchItemSerializer(many=True)


class TransferBatchView(AtomicPost):
    """Send up to 1,000 transfers in one request: each with a result of its own, or all or none.

    201 when all were sent, and 200 when some were refused.
    """

    scope = "transfer"
    wants_pin = True

    @extend_schema(
        operation_id="transfers_batch",
        request=BatchRequestSerializer,
        responses={200: BatchSerializer, 201: BatchSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = BatchRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        orders = read_orders(asked["transfers"], sender=principal_of(request), at=timezone.now())

        outcomes = send_batch(orders, atomic=asked["atomic"])

        if any(isinstance(outcome, Transfer) for outcome in outcomes):
            hint_to_invite()
        results = self._results(orders, outcomes)
        failed = sum("code" in result for result in results)
        told = {"sent": len(results) - failed, "failed": failed, "results": results}
        return Response(told, status=200 if failed else 201)

    def _results(self, orders: Sequence[Any], outcomes: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {"index": index, **self._result(order, outcome)}
            for index, (order, outcome) in enumerate(zip(orders, outcomes, strict=True))
        ]

    def _result(
        self, order: TransferOrder | TransitOrder, outcome: Transfer | Exception | None
    ) -> dict[str, Any]:
        if isinstance(outcome, Transfer):
            return transfer_document(outcome)
        if isinstance(outcome, Exception):
            told = self.handle_exception(outcome).data
            return {
                "status": TransferStatus.FAILED.value,
                "code": told["code"],
                "detail": told["detail"],
            }
        return order_document(order) if isinstance(order, TransferOrder) else {}

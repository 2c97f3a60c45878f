from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from payments import operations, queries, tasks
from payments.api.payout_serializers import (
    PayoutDryRunSerializer,
    PayoutRequestSerializer,
    PayoutSerializer,
)
from payments.errors import OtherProvider
from payments.models import Payout
from payments.providers.registry import provider
from wallets.api.fields import money_of
from wallets.api.parameters import flag
from wallets.api.serializers import balance_document
from wallets.queries import current_balance, get_wallet


class PayoutsView(AtomicPost):
    """Pay out of a wallet to a bank account; list what was paid out.

    The money is held at once; a worker sends it, and what became of it is read here.
    """

    idempotency_required = True
    ordering = ("-reference",)  # references sort by time

    @property
    def scope(self) -> str:
        return "payout" if self.request.method == "POST" else "read"

    @property
    def wants_pin(self) -> bool:
        return not flag(self.request, "dry_run")

    @extend_schema(
        operation_id="payouts_start",
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would happen.")],
        request=PayoutRequestSerializer,
        responses={200: PayoutDryRunSerializer, 201: PayoutSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        if flag(request, "dry_run"):
            return in_transaction(lambda: _dry_run(request))
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        payout = _start(request)
        if payout.next_step_at is not None:
            hint = partial(tasks.send_payout.delay, payout.pk, payout.provider)
            transaction.on_commit(hint, robust=True)
        return Response(PayoutSerializer(payout).data, status=201)

    @extend_schema(
        operation_id="payouts_list",
        parameters=[OpenApiParameter("status", str, enum=Payout.Status.values)],
        responses=PayoutSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        mine = queries.payouts(owner_id=principal_of(request).id)
        status = request.query_params.get("status")
        if status is not None and status not in Payout.Status.values:
            raise ValidationError({"status": ["Not a status of payouts."]})
        if status is not None:
            mine = mine.filter(status=status)
        return page(self, request, mine, _documents)


@method_decorator(conditional_page, name="dispatch")
class PayoutView(APIView):
    """One payout of the caller's."""

    scope = "read"

    @extend_schema(operation_id="payouts_read", responses=PayoutSerializer)
    def get(self, request: Request, reference: str) -> Response:
        payout = queries.get_payout(owner_id=principal_of(request).id, reference=reference)
        return Response(PayoutSerializer(payout).data)


class CancelPayoutView(AtomicPost):
    """Take back a payout of the caller's that was not sent yet."""

    scope = "payout"

    @extend_schema(operation_id="payouts_cancel", request=None, responses={200: PayoutSerializer})
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        mine = queries.get_payout(owner_id=principal_of(request).id, reference=reference)

        payout = operations.cancel_payout(payout_id=mine.pk, now=timezone.now())

        return Response(PayoutSerializer(payout).data)


def _start(request: Request) -> Payout:
    form = PayoutRequestSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    asked, caller = form.validated_data, principal_of(request)
    wallet = get_wallet(owner_id=caller.id, number=asked["wallet"])
    beneficiary = queries.get_beneficiary(owner_id=caller.id, beneficiary_id=asked["beneficiary"])
    if asked.get("provider", beneficiary.provider) != beneficiary.provider:
        raise OtherProvider(beneficiary.provider)

    return operations.start_payout(
        wish=operations.PayoutWish(
            wallet=wallet,
            beneficiary=beneficiary,
            amount=money_of(asked["amount"], wallet.currency),
            role=caller.role,
            entropy=secrets.randbits(64),
            description=asked["description"],
        ),
        provider=provider(beneficiary.provider),
        now=timezone.now(),
    )


def _dry_run(request: Request) -> HttpResponse:
    """Really do it, look at what it left, and take it back."""
    payout = _start(request)
    would_be = dict(PayoutSerializer(payout).data)
    balance = current_balance(get_wallet(owner_id=payout.owner_id, number=payout.wallet.number))
    transaction.set_rollback(True)
    del would_be["reference"]
    return Response({**would_be, "balance": balance_document(balance, payout.currency)})


def _documents(rows: Sequence[Payout]) -> list[dict[str, Any]]:
    return [PayoutSerializer(row).data for row in rows]

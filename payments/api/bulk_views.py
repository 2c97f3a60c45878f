from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.transactions import in_transaction
from ledger.money import Money, currency
from payments import operations, queries, tasks
from payments.bulk import read_table
from payments.models import Payout, PayoutBatch, PayoutBatchRow
from wallets.api.parameters import flag
from wallets.queries import get_wallet

_LARGEST_TABLE = 500_000


class BulkRequestSerializer(serializers.Serializer[None]):
    """A table of payouts out of one wallet, as CSV with a line of names."""

    wallet = serializers.RegexField(r"^[0-9]{13}\Z", help_text="Number of a wallet of yours.")
    csv = serializers.CharField(
        max_length=_LARGEST_TABLE, trim_whitespace=False,
        help_text="Columns beneficiary (an id), amount and description; at most 1,000 rows.",
    )  # fmt: skip


class BulkRowSerializer(serializers.Serializer[None]):
    """What became of a row: `code` says why it was refused."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PayoutBatchRow.State.choices)
    code = serializers.CharField()
    beneficiary = serializers.UUIDField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=Payout.Status.choices, allow_null=True)


class BulkSerializer(serializers.Serializer[None]):
    """How far a table is; `id` is null when nothing was kept of it."""

    id = serializers.UUIDField(allow_null=True)
    wallet = serializers.CharField()
    waiting = serializers.IntegerField()
    started = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = BulkRowSerializer(many=True)


class BulkPayoutsView(AtomicPost):
    """Ask for many payouts at once; each is started, or refused, for itself."""

    scope = "payout"
    idempotency_required = True

    @property
    def wants_pin(self) -> bool:
        return not flag(self.request, "dry_run")

    @extend_schema(
        operation_id="payouts_start_bulk",
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would happen.")],
        request=BulkRequestSerializer,
        responses={200: BulkSerializer, 202: BulkSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        if flag(request, "dry_run"):
            return in_transaction(lambda: _preview(request))
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        batch = _start(request)
        hint = partial(tasks.run_payout_batch.delay, str(batch.pk))
        transaction.on_commit(hint, robust=True)
        return Response(_document(batch), status=202)


class BulkPayoutView(APIView):
    """How far a table of the caller's is."""

    scope = "read"

    @extend_schema(operation_id="payouts_read_bulk", responses=BulkSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        batch = queries.get_payout_batch(owner_id=principal_of(request).id, batch_id=batch_id)
        return Response(_document(batch))


def _start(request: Request) -> PayoutBatch:
    form = BulkRequestSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    asked, caller = form.validated_data, principal_of(request)
    wallet = get_wallet(owner_id=caller.id, number=asked["wallet"])
    return operations.start_payout_batch(
        wallet=wallet,
        rows=read_table(asked["csv"], currency=currency(wallet.currency)),
        role=caller.role,
        now=timezone.now(),
    )


def _preview(request: Request) -> HttpResponse:
    """Really start every row, look at what became of it, and take it all back."""
    batch = _start(request)
    for row in queries.batch_rows(batch):
        if row.state == PayoutBatchRow.State.WAITING:
            operations.start_row(row, timezone.now())
    would_be = _document(batch)
    transaction.set_rollback(True)
    rows = [row | {"reference": None} for row in would_be["rows"]]
    return Response({**would_be, "id": None, "rows": rows})


def _document(batch: PayoutBatch) -> dict[str, Any]:
    rows = queries.batch_rows(batch)
    counts = Counter(row.state for row in rows)
    unit = currency(batch.wallet.currency)
    return {
        "id": batch.pk,
        "wallet": batch.wallet.number,
        **{state: counts[state] for state in PayoutBatchRow.State.values},
        "rows": [
            {
                "number": row.number,
                "state": row.state,
                "code": row.code,
                "beneficiary": row.beneficiary_id,
                "amount": Money(row.amount_minor, unit).decimal_string()
                if row.amount_minor
                else None,
                "reference": row.payout.reference if row.payout else None,
                "status": row.payout.status if row.payout else None,
            }
            for row in rows
        ],
    }

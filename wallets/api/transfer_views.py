from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import (
    Keyed,
    KeyedPost,
    answer,
    claim_of,
    in_progress,
    kept_refusals,
    repeat,
)
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from accounts.operations.claim_answer import EarlierAnswer
from accounts.operations.keep_answer import keep_answer
from ledger import references
from wallets import queries, tariff
from wallets.api.fields import money_of
from wallets.api.parameters import flag
from wallets.api.serializers import (
    DryRunSerializer,
    TransferRequestSerializer,
    TransferSerializer,
    balance_document,
    order_document,
    transfer_document,
)
from wallets.operations import AnswerToKeep, TransferOrder, gather_transfer, transfer


class TransfersView(KeyedPost):
    """Send money to another wallet; list what was sent and received.

    A transfer is one database call, which keeps the answer under its key as well, so there is
    no transaction to open here.
    """

    ordering = ("entry_id",)

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @property
    def wants_pin(self) -> bool:
        return not flag(self.request, "dry_run")

    @extend_schema(
        operation_id="transfers_send",
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would happen.")],
        request=TransferRequestSerializer,
        responses={200: DryRunSerializer, 201: TransferSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        if flag(request, "dry_run"):
            return in_transaction(lambda: _dry_run(request))
        return super().post(request, **kwargs)

    def answer_unkeyed(self, request: Request, kwargs: dict[str, Any]) -> HttpResponse:
        order = _order(request)
        gather_transfer(order=order)
        return Response(order_document(order), status=201)

    def answer_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        order = _order(request)
        body = self.render(Response(order_document(order)))
        try:
            with in_progress():
                earlier = gather_transfer(
                    order=order, keep=AnswerToKeep(keyed.request_key, keyed.fingerprint, body)
                )
        except kept_refusals() as refusal:
            return self._keep_refusal(keyed, self.refusal(refusal))
        return repeat(earlier, keyed) if earlier else answer(status=201, body=body)

    def _keep_refusal(self, keyed: Keyed, refusal: Response) -> HttpResponse:
        """Keep the refusal, unless a request with the same key was answered meanwhile."""
        body = self.render(refusal)

        def keep() -> HttpResponse:
            claim = claim_of(keyed)
            if isinstance(claim, EarlierAnswer):
                return repeat(claim, keyed)
            keep_answer(claim=claim, status=refusal.status_code, body=body)
            return answer(status=refusal.status_code, body=body)

        return in_transaction(keep)

    @extend_schema(operation_id="transfers_list", responses=TransferSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.transfers_of(principal_of(request).id)
        return page(self, request, mine, lambda found: [transfer_document(row) for row in found])


class TransferView(APIView):
    """One transfer that the caller sent or received."""

    scope = "read"

    @extend_schema(operation_id="transfers_read", responses=TransferSerializer)
    def get(self, request: Request, reference: str) -> Response:
        found = queries.get_transfer(owner_id=principal_of(request).id, reference=reference)
        return Response(transfer_document(found))


def _dry_run(request: Request) -> HttpResponse:
    """Really do it, look at what it left, and take it back."""
    order = _order(request)
    transfer(order=order)
    balance, code = queries.balance_now(owner_id=order.source.owner_id, number=order.source.number)
    transaction.set_rollback(True)
    would_be = order_document(order)
    del would_be["reference"]
    return Response({**would_be, "balance": balance_document(balance, code)})


# Made once: a serializer copies all its fields when it is made, which costs as much as reading
# a transfer with it. It keeps nothing of what it reads.
_FORM = TransferRequestSerializer()


def _order(request: Request) -> TransferOrder:
    asked = _FORM.run_validation(request.data)
    sender = principal_of(request)
    source, destination = queries.transfer_parties(
        owner_id=sender.id, source=asked["source"], destination=asked["destination"]
    )
    now = timezone.now()
    amount = money_of(asked["amount"], asked.get("currency", source.currency))
    return TransferOrder(
        reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
        source=source,
        destination=destination,
        amount=amount,
        at=now,
        description=asked["description"],
        metadata=asked["metadata"] or None,
        terms=tariff.terms(
            operation="transfer", amount=amount, tier=sender.kyc_tier, role=sender.role, at=now
        ),
    )

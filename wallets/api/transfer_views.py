from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import (
    Keyed,
    answer,
    claim_of,
    in_progress,
    kept_refusals,
    repeat,
)
from accounts.api.judged import JudgedPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from accounts.operations.claim_answer import EarlierAnswer
from accounts.operations.keep_answer import keep_answer
from wallets import queries
from wallets.api.limit_views import operation_document
from wallets.api.orders import read_order
from wallets.api.parameters import flag
from wallets.api.serializers import (
    DryRunSerializer,
    TransferRequestSerializer,
    TransferSerializer,
    balance_document,
    order_document,
    transfer_document,
)
from wallets.api.transit_views import hint_to_invite
from wallets.errors import ReceiverCannotTake
from wallets.operations import (
    AnswerToKeep,
    TransferOrder,
    TransitOrder,
    gather_transfer,
    send_in_transit,
    transfer,
)


class TransfersView(JudgedPost):
    """Send money to another wallet; list what was sent and received.

    A transfer is one database call, which keeps the answer under its key as well, so there is
    no transaction to open here.
    """

    ordering = ("entry_id",)

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @property
    def judges_caller(self) -> bool:
        return super().judges_caller and "dry_run" not in self.request.query_params

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
        if isinstance(order, TransferOrder):
            try:
                gather_transfer(order=order, caller=self.standing(request))
            except ReceiverCannotTake:
                order = TransitOrder.of(order)
            else:
                return Response(order_document(order), status=201)
        self._look_up()
        return in_transaction(partial(_send_in_transit, replace(order, terms=None)))

    def answer_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        order = _order(request)
        if isinstance(order, TransitOrder):
            return self._keep_in_transit(keyed, order)
        body = self.render(Response(order_document(order)))
        try:
            with in_progress():
                earlier = gather_transfer(
                    order=order,
                    keep=AnswerToKeep(keyed.request_key, keyed.fingerprint, body),
                    caller=self.standing(request),
                )
        except ReceiverCannotTake:
            return self._keep_in_transit(keyed, TransitOrder.of(order))
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

    def _keep_in_transit(self, keyed: Keyed, order: TransitOrder) -> HttpResponse:
        """Send what has to wait, in a transaction with its key; who asks is known for certain."""
        self._look_up()

        def send() -> HttpResponse:
            claim = claim_of(keyed)
            if isinstance(claim, EarlierAnswer):
                return repeat(claim, keyed)
            try:
                with transaction.atomic():
                    response = _send_in_transit(replace(order, terms=None))
            except kept_refusals() as refusal:
                response = self.refusal(refusal)
            body = self.render(response)
            keep_answer(claim=claim, status=response.status_code, body=body)
            return answer(status=response.status_code, body=body)

        return in_transaction(send)

    @extend_schema(operation_id="transfers_list", responses=TransferSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.transfers_of(principal_of(request).id)
        return page(self, request, mine, lambda found: [transfer_document(row) for row in found])


@method_decorator(conditional_page, name="dispatch")
class TransferView(APIView):
    """One transfer that the caller sent or received."""

    scope = "read"

    @extend_schema(operation_id="transfers_read", responses=TransferSerializer)
    def get(self, request: Request, reference: str) -> Response:
        found = queries.get_transfer(owner_id=principal_of(request).id, reference=reference)
        return Response(transfer_document(found))


def _send_in_transit(order: TransitOrder) -> Response:
    transfer_ = send_in_transit(order)
    if order.email:
        hint_to_invite()
    return Response(transfer_document(transfer_), status=201)


def _dry_run(request: Request) -> HttpResponse:
    """Really do it, look at what it left, and take it back."""
    order = _order(request)
    source = order.source
    would_be = _try(order)
    del would_be["reference"]
    balance, code = queries.balance_now(owner_id=source.owner_id, number=source.number)
    limits = operation_document(source, "transfer", at=order.at)
    transaction.set_rollback(True)
    return Response({**would_be, "balance": balance_document(balance, code), "limits": limits})


def _try(order: TransferOrder | TransitOrder) -> dict[str, Any]:
    if isinstance(order, TransferOrder):
        try:
            transfer(order=order)
        except ReceiverCannotTake:
            order = TransitOrder.of(order)
        else:
            return order_document(order)
    return transfer_document(send_in_transit(order))


# Made once: a serializer copies all its fields when it is made, which costs as much as reading
# a transfer with it. It keeps nothing of what it reads.
_FORM = TransferRequestSerializer()


def _order(request: Request) -> TransferOrder | TransitOrder:
    asked = _FORM.run_validation(request.data)
    return read_order(asked, sender=principal_of(request), at=timezone.now())

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import StagedPost
from accounts.api.pages import page
from payments import operations, queries, tasks
from payments.api.serializers import DepositRequestSerializer, DepositSerializer
from payments.errors import WebhookTooLarge
from payments.models import Deposit
from payments.operations.receive_webhook import LARGEST_BODY
from payments.providers.registry import provider
from wallets.api.fields import money_of
from wallets.queries import get_wallet


class DepositsView(StagedPost):
    """Pay into a wallet through a provider; list what was paid in."""

    ordering = ("-reference",)  # references sort by time

    @property
    def scope(self) -> str:
        return "deposit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="deposits_start",
        request=DepositRequestSerializer,
        responses={201: DepositSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = DepositRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        wallet = get_wallet(owner_id=principal_of(request).id, number=asked["wallet"])

        deposit = operations.start_deposit(
            wallet=wallet,
            amount=money_of(asked["amount"], wallet.currency),
            payer_email=principal_of(request).email,
            provider=provider(asked["provider"]),
            request_key=request_key or uuid4(),
            now=timezone.now(),
        )

        return Response(DepositSerializer(deposit).data, status=201)

    @extend_schema(operation_id="deposits_list", responses=DepositSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.deposits(owner_id=principal_of(request).id)
        return page(self, request, mine, _documents)


def _documents(rows: Sequence[Deposit]) -> list[dict[str, Any]]:
    return [DepositSerializer(row).data for row in rows]


@method_decorator(conditional_page, name="dispatch")
class DepositView(APIView):
    """One deposit of the caller's."""

    scope = "read"

    @extend_schema(operation_id="deposits_read", responses=DepositSerializer)
    def get(self, request: Request, reference: str) -> Response:
        deposit = queries.get_deposit(owner_id=principal_of(request).id, reference=reference)
        return Response(DepositSerializer(deposit).data)


class WebhookView(APIView):
    """Takes what a provider signed, answers at once, and works on it later."""

    public = True
    authentication_classes = ()

    @extend_schema(exclude=True)  # for providers, whose documents say what they send
    def post(self, request: Request, provider_name: str) -> Response:
        # The raw bytes, before and instead of any parsing: the signature is over these.
        _refuse_large(request)
        delivery = operations.receive_webhook(
            provider=provider(provider_name),
            body=request.body,
            headers={name.lower(): value for name, value in request.headers.items()},
            now=timezone.now(),
        )
        if delivery.is_open:
            hint = partial(tasks.apply_webhook.delay, delivery.pk, provider_name)
            transaction.on_commit(hint, robust=True)
        return Response({"received": True})


def _refuse_large(request: Request) -> None:
    """Refuse by the announced length, before anything is read into memory."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced[:20]) > LARGEST_BODY:
        raise WebhookTooLarge(LARGEST_BODY)


def deposit_return(request: HttpRequest) -> HttpResponse:
    """The page that a payer comes back to. It knows nothing: the deposit is asked elsewhere."""
    return render(request, "payments/deposit_return.html")

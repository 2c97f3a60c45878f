"""The life of a wallet: frozen and unfrozen by staff, closed and watched by its owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.transactions import in_transaction
from ledger.money import Money
from wallets import life_queries, operations, queries
from wallets.api.fields import money_of
from wallets.api.life_serializers import (
    AlertsSerializer,
    FreezeRequestSerializer,
    FreezeSerializer,
    PayeeSerializer,
    UnfreezeRequestSerializer,
    alert_document,
    freeze_document,
)
from wallets.api.serializers import WalletSerializer, wallet_document
from wallets.models import Wallet
from wallets.operations import FreezeOrder


class FreezeView(AtomicPost):
    """Stop what leaves a wallet, what arrives, or both. For staff, of people of less weight."""

    permission = "wallets.freeze_wallet"

    @extend_schema(
        operation_id="wallets_freeze",
        request=FreezeRequestSerializer,
        responses={200: FreezeSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, number: str = "", **_kwargs: Any
    ) -> Response:
        form = FreezeRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = _wallet_below(request, number)

        freeze = operations.freeze_wallet(
            wallet=wallet,
            order=FreezeOrder(
                at=timezone.now(), actor_id=principal_of(request).id, **form.validated_data
            ),
        )

        return Response(freeze_document(wallet, freeze))


class UnfreezeView(AtomicPost):
    """Lift the freeze of a wallet. For staff, of people of less weight."""

    permission = "wallets.freeze_wallet"

    @extend_schema(
        operation_id="wallets_unfreeze",
        request=UnfreezeRequestSerializer,
        responses={200: FreezeSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, number: str = "", **_kwargs: Any
    ) -> Response:
        form = UnfreezeRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)

        wallet = operations.unfreeze_wallet(
            wallet=_wallet_below(request, number),
            actor_id=principal_of(request).id,
            reason=form.validated_data["reason"],
            at=timezone.now(),
        )

        return Response(freeze_document(wallet, None))


class CloseWalletView(AtomicPost):
    """Close an empty wallet of the caller's, for good."""

    scope = "transfer"

    @extend_schema(operation_id="wallets_close", request=None, responses={200: WalletSerializer})
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, number: str = "", **_kwargs: Any
    ) -> Response:
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)

        closed = operations.close_wallet(wallet=wallet, at=timezone.now())

        return Response(wallet_document(closed, life_queries.balance_of(closed)))


class PayeeView(APIView):
    """Whose wallet a number is, as far as a payer may know who wants to notice a slip."""

    scope = "transfer"
    few_reads = True

    @extend_schema(operation_id="wallets_payee", responses=PayeeSerializer)
    def get(self, request: Request, number: str) -> Response:
        payee = life_queries.find_payee(number)
        return Response({"number": payee.number, "name": payee.name, "currency": payee.currency})


class AlertsView(APIView):
    """Of what the owner of a wallet wants to be told, as events."""

    @property
    def scope(self) -> str:
        return "read" if self.request.method == "GET" else "transfer"

    @extend_schema(operation_id="wallets_alerts_read", responses=AlertsSerializer)
    def get(self, request: Request, number: str) -> Response:
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)
        return Response(alert_document(wallet, life_queries.find_alert(wallet)))

    @extend_schema(
        operation_id="wallets_alerts_set", request=AlertsSerializer, responses=AlertsSerializer
    )
    def put(self, request: Request, number: str) -> Response:
        form = AlertsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)
        amounts = {name: _money(asked[name], wallet, name) for name in ("below", "above")}

        alert = in_transaction(
            lambda: operations.set_alerts(wallet=wallet, at=timezone.now(), **amounts)
        )

        return Response(alert_document(wallet, alert))


def _money(amount: Any, wallet: Wallet, field: str) -> Money | None:
    return None if amount is None else money_of(amount, wallet.currency, field=field)


def _wallet_below(request: Request, number: str) -> Wallet:
    return life_queries.get_wallet_below(number=number, weight=principal_of(request).weight)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from ledger.money import currency
from wallets import operations, queries
from wallets.api.life_serializers import ChangeWalletSerializer
from wallets.api.parameters import instant
from wallets.api.serializers import (
    BalanceAtSerializer,
    OpenWalletSerializer,
    WalletSerializer,
    balance_document,
    wallet_document,
)
from wallets.models import Wallet, WalletKind


class WalletsView(AtomicPost):
    """The caller's wallets: open one, list them."""

    ordering = ("created_at", "account_id")

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="wallets_open",
        request=OpenWalletSerializer,
        responses={201: WalletSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = OpenWalletSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data

        wallet = operations.open_wallet(
            owner_id=principal_of(request).id,
            currency=currency(asked["currency"]),
            kind=asked["kind"],
            label=asked["label"],
        )
        if wallet.kind == WalletKind.CURRENT:
            # What was sent to an address of its owner's before they had one.
            operations.claim_waiting(wallet=wallet, at=timezone.now())

        opened = queries.get_wallet(owner_id=wallet.owner_id, number=wallet.number)
        return Response(wallet_document(opened, queries.current_balance(opened)), status=201)

    @extend_schema(operation_id="wallets_list", responses=WalletSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.wallets_of(principal_of(request).id)
        return page(self, request, mine, _wallet_documents)


class WalletView(APIView):
    """One wallet of the caller's."""

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "PATCH" else "read"

    @extend_schema(operation_id="wallets_read", responses=WalletSerializer)
    def get(self, request: Request, number: str) -> Response:
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)
        return Response(wallet_document(wallet, queries.current_balance(wallet)))

    @extend_schema(
        operation_id="wallets_change", request=ChangeWalletSerializer, responses=WalletSerializer
    )
    def patch(self, request: Request, number: str) -> Response:
        form = ChangeWalletSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, owner_id = form.validated_data, principal_of(request).id

        in_transaction(lambda: _change(owner_id, number, asked))

        wallet = queries.get_wallet(owner_id=owner_id, number=number)
        return Response(wallet_document(wallet, queries.current_balance(wallet)))


class BalanceView(APIView):
    """What a wallet holds, now or at a past instant."""

    scope = "read"

    @extend_schema(
        operation_id="wallets_balance",
        parameters=[OpenApiParameter("at", {"type": "string", "format": "date-time"})],
        responses=BalanceAtSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        at = instant(request, "at")
        owner_id = principal_of(request).id
        if at is None:
            balance, code = queries.balance_now(owner_id=owner_id, number=number)
        else:
            wallet = queries.wallet_facts(owner_id=owner_id, number=number)
            balance, code = queries.past_balance(wallet, at=at), wallet.currency
        return Response(
            {**balance_document(balance, code), "currency": code, "as_of": balance.as_of}
        )


def _wallet_documents(wallets: Sequence[Wallet]) -> list[dict[str, Any]]:
    return [wallet_document(wallet, queries.current_balance(wallet)) for wallet in wallets]


def _change(owner_id: UUID, number: str, asked: dict[str, Any]) -> None:
    wallet = queries.get_wallet(owner_id=owner_id, number=number)
    if "label" in asked:
        operations.change_label(wallet=wallet, label=asked["label"])
    if "status" in asked:
        operations.close_wallet(wallet=wallet, at=timezone.now())

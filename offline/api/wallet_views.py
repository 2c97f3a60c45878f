from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.transactions import in_transaction
from offline import operations, queries
from offline.api.serializers import (
    QrRequestSerializer,
    QrSerializer,
    WalletOnDevicesSerializer,
    amount_text,
)
from wallets.api.fields import money_of
from wallets.api.serializers import (
    DryRunSerializer,
    LabelSerializer,
    TransferRequestSerializer,
    TransferSerializer,
)
from wallets.api.transfer_views import TransfersView
from wallets.api.views import WalletView
from wallets.models import WalletKind
from wallets.queries import get_wallet


class WalletOnDevicesView(WalletView):
    """One wallet of the caller's, with what its devices may still spend of it."""

    @extend_schema(operation_id="wallets_read", responses=WalletOnDevicesSerializer)
    def get(self, request: Request, number: str) -> Response:
        (wallet,) = with_held([super().get(request, number).data])
        return Response(wallet)

    @extend_schema(
        operation_id="wallets_label", request=LabelSerializer, responses=WalletOnDevicesSerializer
    )
    def patch(self, request: Request, number: str) -> Response:
        (wallet,) = with_held([super().patch(request, number).data])
        return Response(wallet)


def with_held(wallets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to the documents of offline wallets what certificates hold of them.

    It is not in the wallet's own balance any more: it left with the certificate.
    """
    numbers = [wallet["number"] for wallet in wallets if wallet["kind"] == WalletKind.OFFLINE]
    held = queries.held_for(numbers) if numbers else {}
    return [
        wallet | _on_devices(wallet, held) if wallet["kind"] == WalletKind.OFFLINE else wallet
        for wallet in wallets
    ]


def _on_devices(wallet: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    minor, until = held.get(wallet["number"], (0, None))
    return {"offline": {"held": amount_text(minor, wallet["currency"]), "held_until": until}}


class PreloadView(TransfersView):
    """Money for devices, and back: a transfer as any, by the name that device apps know it by."""

    http_method_names = ("post", "options")

    @extend_schema(
        operation_id="wallets_transfer",
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would happen.")],
        request=TransferRequestSerializer,
        responses={200: DryRunSerializer, 201: TransferSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)


class QrCodeView(APIView):
    """A request to be paid, signed by the issuer: of an amount, once, or to be printed."""

    scope = "read"

    @extend_schema(
        operation_id="wallets_qr_code", request=QrRequestSerializer, responses=QrSerializer
    )
    def post(self, request: Request) -> Response:
        form = QrRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        wallet = get_wallet(owner_id=principal_of(request).id, number=asked["wallet"])
        amount = asked.get("amount")
        minor = None if amount is None else money_of(amount, wallet.currency).amount_minor

        code = in_transaction(
            lambda: operations.ask_for_payment(
                wallet=wallet, amount_minor=minor, now=timezone.now()
            )
        )

        picture = base64.b64encode(code.png).decode()
        return Response({"text": code.text, "png": picture, "svg": code.svg})

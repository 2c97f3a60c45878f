from __future__ import annotations

import base64

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.transactions import in_transaction
from offline import operations
from offline.api.serializers import QrRequestSerializer, QrSerializer
from wallets.api.fields import money_of
from wallets.queries import get_wallet


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

"""What anybody may ask: the issuer's keys, the revocation list, and whether a receipt is true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.transactions import in_transaction
from offline import operations, queries
from offline.api.serializers import (
    ReceiptSerializer,
    RevocationsSerializer,
    VerdictSerializer,
    amount_text,
)
from offline.evidence import proven_receipt
from offline.messages import MessageRefusal

_MINUTE = timedelta(minutes=1)
_NOTHING: dict[str, Any] = {
    "valid": False,
    "type": None,
    "vid": None,
    "amount": None,
    "currency": None,
    "status": None,
    "settled_at": None,
}


class IssuerKeysView(APIView):
    """The keys that this installation signs with, signed with, and will sign with: a JWKS."""

    public = True
    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        now = timezone.now()
        keys = [
            queries.public_key(row.modulus).jwk()
            | {
                "kid": row.kid,
                "alg": "PS256",
                "use": "sig",
                "nbf": int(row.used_from.timestamp()),
            }
            for row in in_transaction(lambda: operations.published_keys(now=now))
        ]
        return Response({"issuer": settings.PURSER_ORIGIN, "keys": keys})


class RevocationsView(APIView):
    """The devices that nobody should accept a payment from, signed; or what changed since."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="offline_revocations_read",
        parameters=[OpenApiParameter("since", int, description="The number that you have.")],
        responses=RevocationsSerializer,
    )
    def get(self, request: Request) -> Response:
        since = request.query_params.get("since")
        if since is not None and not (since.isascii() and since.isdigit() and len(since) < 16):
            raise ValidationError({"since": ["A whole number."]})

        def answer() -> str:
            latest = operations.publish_revocations(now=timezone.now())
            base = queries.find_list(int(since)) if since else None
            if base is None:
                return latest.text
            return operations.sign_delta(base=base, latest=latest).text

        return Response({"list": in_transaction(answer)})


class VerifyReceiptView(APIView):
    """Whether a receipt was signed by whom it says, and what has become of the payment."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="offline_transactions_verify_receipt",
        request=ReceiptSerializer,
        responses=VerdictSerializer,
    )
    def post(self, request: Request) -> Response:
        in_transaction(lambda: _count(request))
        form = ReceiptSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            receipt = proven_receipt(form.validated_data["receipt"])
        except MessageRefusal:
            return Response(_NOTHING)
        body = receipt.body
        voucher = queries.find_voucher(body.voucher_vid)
        return Response(
            {
                "valid": True,
                "type": body.TYP,
                "vid": body.voucher_vid,
                "amount": amount_text(body.amount_minor, body.currency),
                "currency": body.currency,
                "status": voucher.status if voucher else None,
                "settled_at": voucher.settled_at if voucher else None,
            }
        )


def _count(request: Request) -> None:
    operations.spend_allowance(
        key=f"receipts:{_address(request)}",
        amount=1,
        limit=settings.OFFLINE_RECEIPTS_PER_MINUTE,
        window=_MINUTE,
        now=timezone.now(),
    )


def _address(request: Request) -> str:
    """The caller's address, as far as the proxies that we trust tell it."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    told: list[str] = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    ]
    if proxies and len(told) >= proxies:
        return told[-proxies][:60]
    return str(request.META.get("REMOTE_ADDR", ""))

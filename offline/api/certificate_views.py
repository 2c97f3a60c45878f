from __future__ import annotations

from collections.abc import Sequence
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
from accounts.api.pages import page
from offline import operations, queries
from offline.api.serializers import (
    AskCertificateSerializer,
    CertificateSerializer,
    CloseSerializer,
    OfflineBalanceSerializer,
    amount_text,
    certificate_document,
)
from offline.errors import WalletNotOffline
from offline.models import Certificate
from wallets.api.fields import money_of
from wallets.models import WalletKind
from wallets.queries import current_balance, get_wallet


class CertificatesView(AtomicPost):
    """Certificates to pay with, or to receive with: ask for one, list them."""

    ordering = ("-issued_at", "jti")

    @property
    def scope(self) -> str:
        return "offline" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="offline_certificates_issue",
        request=AskCertificateSerializer,
        responses={201: CertificateSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = AskCertificateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        now = timezone.now()

        certificate = operations.issue_certificate(
            did=asked["device"],
            owner_id=principal_of(request).id,
            amount=money_of(asked["amount"], asked["currency"]),
            now=now,
        )

        return Response(certificate_document(certificate, now), status=201)

    @extend_schema(
        operation_id="offline_certificates_list", responses=CertificateSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        mine = queries.certificates_of(principal_of(request).id)
        return page(self, request, mine, _documents)


class CertificateView(APIView):
    """One certificate of the caller's."""

    scope = "read"

    @extend_schema(operation_id="offline_certificates_read", responses=CertificateSerializer)
    def get(self, request: Request, jti: str) -> Response:
        certificate = queries.get_certificate(owner_id=principal_of(request).id, jti=jti)
        return Response(certificate_document(certificate, timezone.now()))


class CloseView(AtomicPost):
    """Take a device's word that it spends no more from a certificate."""

    scope = "offline"

    @extend_schema(
        operation_id="offline_certificates_close",
        request=CloseSerializer,
        responses=CertificateSerializer,
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, jti: str = "", **_kwargs: Any
    ) -> Response:
        form = CloseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        now = timezone.now()

        certificate = operations.close_certificate(
            jti=jti,
            owner_id=principal_of(request).id,
            closing=form.validated_data["closing"],
            now=now,
        )

        return Response(certificate_document(certificate, now))


class OfflineBalanceView(APIView):
    """What an offline wallet can spend, what its certificates hold, and until when."""

    scope = "read"

    @extend_schema(operation_id="offline_wallets_read", responses=OfflineBalanceSerializer)
    def get(self, request: Request, number: str) -> Response:
        wallet = get_wallet(owner_id=principal_of(request).id, number=number)
        if wallet.kind != WalletKind.OFFLINE:
            raise WalletNotOffline
        held, until = queries.held_for([number]).get(number, (0, None))
        return Response(
            {
                "wallet": wallet.number,
                "currency": wallet.currency,
                "available": amount_text(current_balance(wallet).available_minor, wallet.currency),
                "held": amount_text(held, wallet.currency),
                "held_until": until,
            }
        )


def _documents(rows: Sequence[Certificate]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [certificate_document(row, now) for row in rows]

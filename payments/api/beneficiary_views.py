from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import StagedPost
from accounts.api.pages import page
from payments import operations, queries
from payments.api.payout_serializers import (
    BeneficiaryRequestSerializer,
    BeneficiarySerializer,
    beneficiary_document,
)
from payments.models import Beneficiary
from payments.providers import registry
from payments.providers.base import BankAccount, Provider


class BeneficiariesView(StagedPost):
    """Bank accounts that the caller pays out to: add one, list them.

    Adding wants a recent proof of who asks, and no API key will do.
    """

    ordering = ("-created_at", "-id")

    @property
    def scope(self) -> str | None:
        return None if self.request.method == "POST" else "read"

    @property
    def sensitive(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(
        operation_id="beneficiaries_add",
        request=BeneficiaryRequestSerializer,
        responses={201: BeneficiarySerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = BeneficiaryRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        account = BankAccount(
            number=asked["account_number"],
            bank_code=asked.get("bank_code", ""),
            currency=asked["currency"],
            name=asked.get("name") or asked.get("account_name", ""),
        )

        beneficiary = operations.add_beneficiary(
            owner_id=principal_of(request).id,
            account=account,
            provider=_provider(asked.get("provider"), account.currency),
            beneficiary_id=uuid5(request_key, "beneficiary") if request_key else uuid4(),
            now=timezone.now(),
        )

        return Response(_documents([beneficiary])[0], status=201)

    @extend_schema(operation_id="beneficiaries_list", responses=BeneficiarySerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.beneficiaries(owner_id=principal_of(request).id)
        return page(self, request, mine, _documents)


class BeneficiaryView(APIView):
    """One beneficiary of the caller's."""

    @property
    def scope(self) -> str | None:
        return None if self.request.method == "DELETE" else "read"

    @property
    def sensitive(self) -> bool:
        return self.request.method == "DELETE"

    @extend_schema(operation_id="beneficiaries_read", responses=BeneficiarySerializer)
    def get(self, request: Request, beneficiary_id: UUID) -> Response:
        found = queries.get_beneficiary(
            owner_id=principal_of(request).id, beneficiary_id=beneficiary_id
        )
        return Response(_documents([found])[0])

    @extend_schema(operation_id="beneficiaries_remove", responses={204: None})
    def delete(self, request: Request, beneficiary_id: UUID) -> Response:
        operations.remove_beneficiary(
            owner_id=principal_of(request).id, beneficiary_id=beneficiary_id, at=timezone.now()
        )
        return Response(status=204)


def _documents(rows: Sequence[Beneficiary]) -> list[dict[str, Any]]:
    opened = zip(rows, queries.accounts_of(rows), strict=True)
    return [beneficiary_document(row, account) for row, account in opened]


def _provider(name: str | None, currency: str) -> Provider:
    """Return the one that is asked for, or the first that pays out in the currency."""
    if name is not None:
        return registry.provider(name)
    all_ = [registry.provider(known) for known in registry.NAMES]
    return next((one for one in all_ if currency in one.payout_currencies), all_[0])

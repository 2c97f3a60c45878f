from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from events import causes
from offline import operations, queries, terms
from offline.api.notices import tell_enrolled
from offline.api.serializers import (
    ChallengeSerializer,
    DeviceSerializer,
    EnrolSerializer,
    WalletIdSerializer,
    device_document,
)
from offline.models import Device
from wallets.models import Wallet
from wallets.queries import get_wallet


class ChallengeView(APIView):
    """Random bits that a new device signs to prove that it holds its key."""

    sensitive = True

    @extend_schema(
        operation_id="offline_devices_challenge",
        request=WalletIdSerializer,
        responses=ChallengeSerializer,
    )
    def post(self, request: Request) -> Response:
        form = WalletIdSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = _wallet(request, form.validated_data["wallet_id"])

        drawn = in_transaction(lambda: operations.draw_challenge(wallet=wallet, now=timezone.now()))

        return Response(
            {
                "challenge": drawn.challenge,
                "aud": settings.PURSER_ORIGIN,
                "expires_in": int(terms.CHALLENGE_LIVES.total_seconds()),
            }
        )


class EnrollingPost(AtomicPost):
    """A POST that enrols a device, and tells its owner once that is done."""

    enrolled: Device | None = None

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, **kwargs)
        # Neither when it was refused, nor when the answer of then is only given again.
        if self.enrolled is not None:
            tell_enrolled(request, self.enrolled)
        return answer


class DevicesView(EnrollingPost):
    """The caller's devices: enrol one, list them."""

    ordering = ("-enrolled_at", "did")

    @property
    def sensitive(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(
        operation_id="offline_devices_enrol",
        request=EnrolSerializer,
        responses={201: DeviceSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = EnrolSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        wallet = _wallet(request, asked["wallet_id"])

        device = operations.enrol_device(
            wallet=wallet,
            enrolment=operations.Enrolment(
                proof=asked["proof"], name=asked["name"], attestation=tuple(asked["attestation"])
            ),
            now=timezone.now(),
        )

        self.enrolled = device
        return Response(device_document(device), status=201)

    @extend_schema(operation_id="offline_devices_list", responses=DeviceSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.devices_of(principal_of(request).id)
        return page(self, request, mine, _documents)


class DeviceView(APIView):
    """One device of the caller's. Deleting revokes it for ever."""

    @extend_schema(operation_id="offline_devices_read", responses=DeviceSerializer)
    def get(self, request: Request, did: str) -> Response:
        device = queries.get_device(owner_id=principal_of(request).id, did=did)
        return Response(device_document(device))

    @extend_schema(operation_id="offline_devices_revoke", responses=DeviceSerializer)
    def delete(self, request: Request, did: str) -> Response:
        owner_id = principal_of(request).id
        with causes.bind(causes.Cause(causes.current().request_id, owner_id)):
            device = in_transaction(
                lambda: operations.revoke_device(
                    did=did, reason="owner", now=timezone.now(), owner_id=owner_id
                )
            )
        return Response(device_document(device))


def _wallet(request: Request, number: str) -> Wallet:
    return get_wallet(owner_id=principal_of(request).id, number=number)


def _documents(rows: Sequence[Device]) -> list[dict[str, Any]]:
    return [device_document(row) for row in rows]

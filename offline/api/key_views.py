from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.transactions import in_transaction
from offline import operations
from offline.api.device_views import EnrollingPost
from offline.api.notices import tell_handed_out
from offline.api.serializers import (
    DeviceSerializer,
    MessageField,
    WalletOnDevicesSerializer,
    device_document,
)
from offline.api.wallet_views import with_held
from offline.errors import KeyExportEnded
from offline.messages import jwe
from wallets.api.serializers import OpenWalletSerializer
from wallets.api.views import WalletsView
from wallets.queries import get_wallet


class KeyModeSerializer(serializers.Serializer[None]):
    key_mode = serializers.ChoiceField(["device", "server_once"], required=False, default="device")
    export_jwk = serializers.DictField(
        required=False,
        help_text="With `server_once`: a public RSA key for RSA-OAEP-256, made by the client.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["key_mode"] == "server_once") != ("export_jwk" in attrs):
            raise ValidationError({"export_jwk": ["It goes with the key mode server_once."]})
        return attrs


class OpeningSerializer(OpenWalletSerializer, KeyModeSerializer):
    """What a new wallet is to be, and who makes the key of its device."""


class ExportSerializer(serializers.Serializer[None]):
    device = serializers.CharField()
    jwe = serializers.CharField(help_text="PKCS#8 in DER, under RSA-OAEP-256 and A256GCM.")


class AcknowledgeSerializer(serializers.Serializer[None]):
    proof = MessageField(help_text="An ofp-pop message by the key that was given out.")
    name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class OpeningView(WalletsView):
    """The caller's wallets: open one, list them. The key of a device may be made here, once."""

    @extend_schema(
        operation_id="wallets_open",
        request=OpeningSerializer,
        responses={201: WalletOnDevicesSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        form = KeyModeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        opened = super().perform(request, request_key=request_key, **kwargs)
        if asked["key_mode"] == "server_once":
            caller = principal_of(request)
            if caller.key_id is not None:
                raise PermissionDenied
            wallet = get_wallet(owner_id=caller.id, number=opened.data["number"])
            recipient = jwe.read_recipient(asked["export_jwk"])
            operations.promise_key(wallet=wallet, recipient=recipient)
        (document,) = with_held([opened.data])
        return Response(document, status=201)

    @extend_schema(operation_id="wallets_list", responses=WalletOnDevicesSerializer(many=True))
    def get(self, request: Request) -> Response:
        listed = super().get(request)
        listed.data["results"] = with_held(listed.data["results"])
        return listed


class PrivateKeyView(APIView):
    """The key of a device that was made here, encrypted: for ten minutes, or until acknowledged.

    Devices make their keys themselves, unless the wallet was opened otherwise: 409.
    """

    sensitive = True

    @extend_schema(operation_id="wallets_private_key", responses=ExportSerializer)
    def get(self, request: Request, number: str) -> Response:
        wallet = get_wallet(owner_id=principal_of(request).id, number=number)

        export = in_transaction(lambda: operations.export_key(wallet=wallet, now=timezone.now()))

        # Only now: refusing within would keep the export that is over.
        if not export.jwe:
            raise KeyExportEnded
        tell_handed_out(request, export, wallet=wallet.number)
        document = {"device": export.did, "jwe": export.jwe}
        return Response(document, headers={"Cache-Control": "no-store"})


class AcknowledgeKeyView(EnrollingPost):
    """The key arrived, as its own signature shows: it is enrolled, and the export destroyed."""

    sensitive = True

    @extend_schema(
        operation_id="wallets_private_key_ack",
        request=AcknowledgeSerializer,
        responses={201: DeviceSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        form = AcknowledgeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = get_wallet(owner_id=principal_of(request).id, number=kwargs["number"])

        device = operations.acknowledge_key(
            wallet=wallet, now=timezone.now(), **form.validated_data
        )

        self.enrolled = device
        return Response(device_document(device), status=201)

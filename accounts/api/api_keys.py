from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.notices import send_notice
from accounts.api.pages import page
from accounts.api_keys import RANDOM_BYTES, spell
from accounts.models import ApiKey
from accounts.operations import KeyTerms, create_key, revoke_key, roll_over_key
from accounts.principal import ALL_SCOPES
from accounts.queries import keys_of

LIVES = {
    "1H": timedelta(hours=1),
    "1D": timedelta(days=1),
    "1M": timedelta(days=30),
    "1Y": timedelta(days=365),
}
NETWORKS_AT_MOST = 20


class NetworkField(serializers.CharField):
    """An address or a network, IPv4 or IPv6, as `192.0.2.7` or `2001:db8::/32`."""

    default_error_messages = {"not_a_network": "Write an IP address or a network."}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> str:
        try:
            return str(ip_network(super().to_internal_value(data), strict=False))
        except ValueError:
            self.fail("not_a_network")


class NewKeySerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(sorted(ALL_SCOPES)), min_length=1, max_length=20
    )
    expiry = serializers.ChoiceField(list(LIVES))
    allowed_ips = serializers.ListField(
        child=NetworkField(), max_length=NETWORKS_AT_MOST, required=False, default=list
    )

    def validate_permissions(self, permissions: list[str]) -> list[str]:
        return sorted(set(permissions))


class RolloverSerializer(serializers.Serializer[Any]):
    expired_key_id = serializers.UUIDField()
    expiry = serializers.ChoiceField(list(LIVES))


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    status = serializers.SerializerMethodField()

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "hint",
            "permissions",
            "allowed_ips",
            "status",
            "renews",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )
        read_only_fields = fields

    def get_status(self, key: ApiKey) -> str:
        """`active`, `expired` or `revoked`."""
        if key.revoked_at is not None:
            return "revoked"
        return "expired" if key.has_expired(timezone.now()) else "active"


class MadeKeySerializer(KeySerializer):
    """The only answer that ever holds the key itself."""

    api_key = serializers.CharField()

    class Meta(KeySerializer.Meta):
        fields = ("api_key", *KeySerializer.Meta.fields)
        read_only_fields = fields


class KeysView(APIView):
    """The caller's API keys: make one, list them all."""

    ordering = ("-created_at", "-id")
    wants_pin = True

    @property
    def sensitive(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(
        operation_id="keys_create", request=NewKeySerializer, responses={201: MadeKeySerializer}
    )
    def post(self, request: Request) -> Response:
        form = NewKeySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        text = spell(secrets.token_bytes(RANDOM_BYTES))

        key = create_key(
            owner_id=principal_of(request).id,
            terms=KeyTerms(asked["name"], asked["permissions"], asked["allowed_ips"]),
            life=LIVES[asked["expiry"]],
            text=text,
            at=timezone.now(),
        )

        return _made(request, key, text)

    @extend_schema(operation_id="keys_list", responses=KeySerializer(many=True))
    def get(self, request: Request) -> Response:
        return page(self, request, keys_of(owner_id=principal_of(request).id), _documents)


class KeyView(APIView):
    """One API key of the caller's."""

    @extend_schema(operation_id="keys_revoke", responses={204: None})
    def delete(self, request: Request, key_id: UUID) -> Response:
        revoke_key(owner_id=principal_of(request).id, key_id=key_id, at=timezone.now())
        return Response(status=204)


class RolloverView(APIView):
    """A key that may do what an expired one could, once."""

    sensitive = True
    wants_pin = True

    @extend_schema(
        operation_id="keys_rollover",
        request=RolloverSerializer,
        responses={201: MadeKeySerializer},
    )
    def post(self, request: Request) -> Response:
        form = RolloverSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        text = spell(secrets.token_bytes(RANDOM_BYTES))

        key = roll_over_key(
            owner_id=principal_of(request).id,
            key_id=form.validated_data["expired_key_id"],
            life=LIVES[form.validated_data["expiry"]],
            text=text,
            at=timezone.now(),
        )

        return _made(request, key, text)


def _made(request: Request, key: ApiKey, text: str) -> Response:
    send_notice(
        request,
        email=principal_of(request).email,
        template="key_made",
        # Not its name: nothing that a client wrote ends up in a mail.
        hint=key.hint,
        permissions=", ".join(key.permissions),
        expires_at=key.expires_at,
    )
    document = {"api_key": text, **KeySerializer(key).data}
    return Response(document, status=201, headers={"Cache-Control": "no-store"})


def _documents(keys: Sequence[ApiKey]) -> list[dict[str, Any]]:
    return [KeySerializer(key).data for key in keys]

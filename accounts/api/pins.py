from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.notices import send_notice
from accounts.operations import remove_pin, set_pin
from accounts.queries import find_pin

_DIGITS = re.compile(r"[0-9]{4,8}")
_RUNS = ("0123456789012345", "9876543210987654")


class PinSerializer(serializers.Serializer[Any]):
    """A PIN of 4 to 8 digits that are neither all the same nor counted up or down."""

    pin = serializers.CharField(max_length=8, trim_whitespace=False, write_only=True)

    def validate_pin(self, pin: str) -> str:
        if not _DIGITS.fullmatch(pin):
            raise serializers.ValidationError("4 to 8 digits.")
        if len(set(pin)) == 1 or any(pin in run for run in _RUNS):
            raise serializers.ValidationError("Too simple.", code="pin_too_simple")
        return pin


class PinStatusSerializer(serializers.Serializer[Any]):
    is_set = serializers.BooleanField()
    is_locked = serializers.BooleanField()


class PinView(APIView):
    """The transaction PIN of the caller: whether there is one, set or change it, remove it."""

    @property
    def sensitive(self) -> bool:
        return self.request.method != "GET"

    @extend_schema(operation_id="users_me_pin", responses=PinStatusSerializer)
    def get(self, request: Request) -> Response:
        pin = find_pin(owner_id=principal_of(request).id)
        return Response({"is_set": pin is not None, "is_locked": bool(pin and pin.is_locked)})

    @extend_schema(operation_id="users_me_pin_set", request=PinSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        form = PinSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        caller = principal_of(request)
        set_pin(owner_id=caller.id, pin=form.validated_data["pin"], at=timezone.now())
        send_notice(request, email=caller.email, template="pin_set")
        return Response(status=204)

    @extend_schema(operation_id="users_me_pin_remove", responses={204: None})
    def delete(self, request: Request) -> Response:
        caller = principal_of(request)
        remove_pin(owner_id=caller.id)
        send_notice(request, email=caller.email, template="pin_removed")
        return Response(status=204)

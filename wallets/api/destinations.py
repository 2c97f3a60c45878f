"""Whom money is for: a wallet by its number, or whoever has an e-mail address."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_NUMBER = re.compile(r"[0-9]{13}")
_LONGEST_EMAIL = 254


@extend_schema_field({"type": "string", "example": "carol@example.com"})
class DestinationField(serializers.Field[str, Any, str, str]):
    """A wallet's number of 13 digits, or an e-mail address, which comes back in lower case."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "The number of a wallet, 13 digits, or an e-mail address.",
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if _NUMBER.fullmatch(data):
            return data
        address = data.strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            self.fail("invalid")
        if len(address) > _LONGEST_EMAIL:
            self.fail("invalid")
        return address

    def to_representation(self, value: str) -> str:
        return value


def is_email(destination: str) -> bool:
    """Whether what `DestinationField` read is an address."""
    return "@" in destination

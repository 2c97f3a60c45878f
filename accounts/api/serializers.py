from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.signup import PHONE
from accounts.models import EmailCode, User
from accounts.queries import phone_of


class PersonSerializer(serializers.ModelSerializer[User]):
    """What somebody is told of themselves; `data_keys` prefetched saves a query for each."""

    role = serializers.CharField(source="role.name", read_only=True)
    phone = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "email",
            "name",
            "phone",
            "role",
            "kyc_tier",
            "email_code",
            "created_at",
        )
        read_only_fields = fields

    def get_phone(self, person: User) -> str:
        return phone_of(person)


class ProfileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    phone = serializers.CharField(
        max_length=20, allow_blank=True, required=False, validators=[PHONE]
    )
    email_code = serializers.ChoiceField(choices=EmailCode.choices, required=False)


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4096)


class TokenPairSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()


class CookiePairSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4096)
    access_token = serializers.CharField(max_length=4096, required=False)


class CsrfTokenSerializer(serializers.Serializer[Any]):
    """What to send as `X-CSRF-Token`; the cookie `__Host-csrf` holds the same."""

    csrf_token = serializers.CharField()

"""What clients send and are sent about holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from ledger.money import Money, currency
from wallets.api.fields import MoneyField
from wallets.models import Hold, HoldPurpose, HoldStatus

USUAL_LIFE = timedelta(days=7)
LONGEST_LIFE = timedelta(days=90)


class HoldRequestSerializer(serializers.Serializer[None]):
    """What is to be set aside; without `expires_at`, for seven days. At most 90."""

    amount = MoneyField()
    expires_at = serializers.DateTimeField(required=False)
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )

    def validate_expires_at(self, value: datetime) -> datetime:
        now = timezone.now()
        if not now < value <= now + LONGEST_LIFE:
            raise serializers.ValidationError("An instant to come, at most 90 days from now.")
        return value


class CaptureRequestSerializer(serializers.Serializer[None]):
    """What is to be paid out of a hold; without `amount`, all that is left of it.

    A part leaves the hold open for more, unless it is said to be `final`.
    """

    destination = serializers.RegexField(r"^[0-9]{13}\Z", help_text="Number of a wallet.")
    amount = MoneyField(required=False)
    final = serializers.BooleanField(required=False, default=False)
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )


class HoldSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    wallet = serializers.CharField()
    status = serializers.ChoiceField(choices=HoldStatus.choices)
    purpose = serializers.ChoiceField(choices=HoldPurpose.choices)
    amount = serializers.CharField()
    captured = serializers.CharField(help_text="What was paid out of it, fees included.")
    remaining = serializers.CharField(help_text="What is still set aside.")
    currency = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class CaptureSerializer(HoldSerializer):
    """The hold as a capture left it, and the capture's own reference and amount."""

    capture_reference = serializers.CharField()
    capture_amount = serializers.CharField()


def hold_document(hold: Hold) -> dict[str, Any]:
    unit = currency(hold.wallet.currency)
    return {
        "reference": hold.reference,
        "wallet": hold.wallet.number,
        "status": hold.status,
        "purpose": hold.purpose,
        "amount": Money(hold.amount_minor, unit).decimal_string(),
        "captured": Money(hold.captured_minor, unit).decimal_string(),
        "remaining": Money(hold.remaining_minor, unit).decimal_string(),
        "currency": hold.wallet.currency,
        "description": hold.description,
        "created_at": hold.placed_at,
        "expires_at": hold.expires_at,
        "closed_at": hold.closed_at,
    }

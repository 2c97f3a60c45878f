"""What clients send and are sent about the life of a wallet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from ledger.money import Money, currency
from wallets.api.fields import MoneyField
from wallets.models import BalanceAlert, Freeze, Wallet, WalletStatus


class ChangeWalletSerializer(serializers.Serializer[None]):
    """Another label, or `closed` for a wallet that holds nothing: it stays closed."""

    label = serializers.CharField(max_length=60, required=False, allow_blank=True)  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=[WalletStatus.CLOSED.value], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"label": ["A label or a status."]})
        return attrs


class FreezeRequestSerializer(serializers.Serializer[None]):
    """What is stopped: debits, credits or both. Without `expires_at`, until it is lifted."""

    debits = serializers.BooleanField(required=False, default=True)
    credits = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(max_length=200)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("An instant to come.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["debits"] and not attrs["credits"]:
            raise serializers.ValidationError({"debits": ["Debits, credits or both."]})
        return attrs


class UnfreezeRequestSerializer(serializers.Serializer[None]):
    reason = serializers.CharField(max_length=200)


class FreezeSerializer(serializers.Serializer[None]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=WalletStatus.choices)
    debits = serializers.BooleanField()
    credits = serializers.BooleanField()
    reason = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)


class PayeeSerializer(serializers.Serializer[None]):
    number = serializers.CharField()
    name = serializers.CharField(help_text="The first letter of each part of the owner's name.")
    currency = serializers.CharField()


class AlertsSerializer(serializers.Serializer[None]):
    """Amounts of available money; null for what the owner does not want to be told of."""

    below = MoneyField(required=False, allow_null=True, default=None)
    above = MoneyField(required=False, allow_null=True, default=None)


def freeze_document(wallet: Wallet, freeze: Freeze | None) -> dict[str, Any]:
    return {
        "number": wallet.number,
        "status": WalletStatus.FROZEN if freeze else wallet.status,
        "debits": bool(freeze and freeze.debits),
        "credits": bool(freeze and freeze.credits),
        "reason": freeze.reason if freeze else "",
        "expires_at": freeze.expires_at if freeze else None,
    }


def alert_document(wallet: Wallet, alert: BalanceAlert | None) -> dict[str, Any]:
    unit = currency(wallet.currency)

    def written(minor: int | None) -> str | None:
        return None if minor is None else Money(minor, unit).decimal_string()

    return {
        "below": written(alert.below_minor if alert else None),
        "above": written(alert.above_minor if alert else None),
    }

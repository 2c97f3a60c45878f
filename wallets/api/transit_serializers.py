"""What clients send and are sent about transfers that wait or are given back."""

from __future__ import annotations

from rest_framework import serializers

from wallets.api.fields import MoneyField
from wallets.models import TransferStatus

_NUMBER = r"^[0-9]{13}\Z"


class ClaimSerializer(serializers.Serializer[None]):
    """Into which wallet; without it the current one of the currency is meant."""

    destination = serializers.RegexField(_NUMBER, required=False)


class RecoverySerializer(serializers.Serializer[None]):
    recovered = serializers.BooleanField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=TransferStatus.choices)


class ReversalRequestSerializer(serializers.Serializer[None]):
    amount = MoneyField(required=False)
    reason = serializers.CharField(max_length=200, required=False, default="Reversed by staff")
    return_fee = serializers.BooleanField(required=False, default=False)


class ReversalSerializer(serializers.Serializer[None]):
    """A reversal, and what is left of its transfer."""

    reference = serializers.CharField()
    transfer = serializers.CharField()
    status = serializers.ChoiceField(choices=TransferStatus.choices)
    amount = serializers.CharField()
    fee = serializers.CharField()
    left = serializers.CharField()
    currency = serializers.CharField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()

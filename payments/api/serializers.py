from __future__ import annotations

from rest_framework import serializers

from payments.models import Deposit
from payments.providers import registry
from wallets.api.fields import MoneyField


class DepositRequestSerializer(serializers.Serializer[None]):
    """What a client sends to pay into a wallet of theirs; the currency is the wallet's."""

    wallet = serializers.RegexField(r"^[0-9]{13}\Z", help_text="Number of a wallet of yours.")
    amount = MoneyField()
    provider = serializers.ChoiceField(choices=registry.NAMES)


class DepositSerializer(serializers.ModelSerializer[Deposit]):
    """A deposit as its owner sees it. `authorization_url` is where to pay, while that helps."""

    wallet = serializers.CharField(source="wallet.number")
    amount = serializers.SerializerMethodField()
    authorization_url = serializers.SerializerMethodField()

    class Meta:
        model = Deposit
        fields = (
            "reference",
            "status",
            "authorization_url",
            "provider",
            "wallet",
            "amount",
            "currency",
            "expires_at",
            "created_at",
            "completed_at",
        )
        read_only_fields = fields

    def get_amount(self, deposit: Deposit) -> str:
        return deposit.amount.decimal_string()

    def get_authorization_url(self, deposit: Deposit) -> str | None:
        return deposit.authorization_url or None

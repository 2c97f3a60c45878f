from __future__ import annotations

from typing import Any

from rest_framework import serializers

from payments import queries
from payments.models import Beneficiary, Payout
from payments.providers import registry
from payments.providers.base import BankAccount
from wallets.api.fields import MoneyField
from wallets.api.serializers import BalanceSerializer


class BeneficiaryRequestSerializer(serializers.Serializer[None]):
    """A bank account to pay out to. Its holder's name is the provider's to say, where it can."""

    account_number = serializers.RegexField(
        r"^[A-Za-z0-9_-]{4,40}\Z", help_text="As the bank writes it, or an account of the provider."
    )
    bank_code = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}\Z", required=False, help_text="The country's own code."
    )
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, default="NGN")
    name = serializers.CharField(max_length=200, required=False)
    account_name = serializers.CharField(
        max_length=200, required=False, help_text="The same as `name`."
    )
    provider = serializers.ChoiceField(choices=registry.NAMES, required=False)


class BeneficiarySerializer(serializers.Serializer[Beneficiary]):
    """A beneficiary, with stars for what its owner knows anyway."""

    id = serializers.UUIDField()
    provider = serializers.CharField()
    name = serializers.CharField()
    account_number = serializers.CharField()
    bank_code = serializers.CharField()
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()


class PayoutRequestSerializer(serializers.Serializer[None]):
    """What a client sends to pay out of a wallet of theirs; the currency is the wallet's."""

    wallet = serializers.RegexField(r"^[0-9]{13}\Z", help_text="Number of a wallet of yours.")
    amount = MoneyField()
    beneficiary = serializers.UUIDField(help_text="Id of a beneficiary of yours.")
    provider = serializers.ChoiceField(choices=registry.NAMES, required=False)
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )


class PayoutSerializer(serializers.ModelSerializer[Payout]):
    """A payout as its owner sees it. `reason` says in a word why it is not completed."""

    wallet = serializers.CharField(source="wallet.number")
    beneficiary = serializers.UUIDField(source="beneficiary_id")
    amount = serializers.SerializerMethodField()
    fee = serializers.SerializerMethodField()

    class Meta:
        model = Payout
        fields: tuple[str, ...] = (
            "reference",
            "status",
            "reason",
            "wallet",
            "beneficiary",
            "amount",
            "fee",
            "currency",
            "provider",
            "description",
            "approvals_needed",
            "created_at",
            "sent_at",
            "ended_at",
        )
        read_only_fields = fields

    def get_amount(self, payout: Payout) -> str:
        return payout.amount.decimal_string()

    def get_fee(self, payout: Payout) -> str:
        return payout.fee.decimal_string()


class PayoutDryRunSerializer(PayoutSerializer):
    """What a payout would be, and what it would leave in its wallet."""

    balance = BalanceSerializer()

    class Meta(PayoutSerializer.Meta):
        fields = (*PayoutSerializer.Meta.fields[1:], "balance")


def beneficiary_document(row: Beneficiary, account: BankAccount) -> dict[str, Any]:
    return {
        "id": row.pk,
        "provider": row.provider,
        **queries.masked(account),
        "created_at": row.created_at,
    }

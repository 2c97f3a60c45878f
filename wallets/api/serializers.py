"""What clients send and are sent about wallets and transfers.

A serializer's own attributes `label` and `source` are also field names of the API, which is
why some declarations here are told to the type checker.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from ledger.iso4217 import CURRENCIES
from ledger.money import Money, currency
from ledger.queries import Balance
from wallets.api.destinations import DestinationField
from wallets.api.fields import MoneyField
from wallets.api.limit_serializers import OperationLimitsSerializer
from wallets.models import Transfer, TransferStatus, Wallet, WalletKind, WalletStatus
from wallets.operations import TransferOrder

_NUMBER = r"^[0-9]{13}\Z"
_MOST_METADATA = 50


CURRENCY_CODES = [(code, code) for code in sorted(CURRENCIES)]


class CurrencyField(serializers.ChoiceField):
    """An ISO 4217 code of a currency that has a minor unit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=CURRENCY_CODES, **options)


class OpenWalletSerializer(serializers.Serializer[None]):
    currency = CurrencyField()
    kind = serializers.ChoiceField(choices=WalletKind.choices)
    label = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")  # type: ignore[assignment]


class LabelSerializer(serializers.Serializer[None]):
    label = serializers.CharField(max_length=60, allow_blank=True)  # type: ignore[assignment]


def _plain(value: Any) -> Any:
    """Metadata as JSON keeps it: a number with a fraction is one there, and never money."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    return value


class TransferRequestSerializer(serializers.Serializer[None]):
    """What is to be sent. Without `currency`, the source wallet's is meant."""

    source = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")  # type: ignore[assignment]
    destination = DestinationField(
        help_text="Number of the receiver's wallet, or an e-mail address of theirs."
    )
    amount = MoneyField()
    currency = CurrencyField(required=False)
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )
    metadata = serializers.DictField(required=False, default=dict)

    def validate_metadata(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > _MOST_METADATA or len(str(value)) > 4096:
            raise serializers.ValidationError("At most 50 members and 4,096 characters.")
        return {name: _plain(below) for name, below in value.items()}


class BalanceSerializer(serializers.Serializer[None]):
    available = serializers.CharField()
    held = serializers.CharField()
    total = serializers.CharField()


class BalanceAtSerializer(BalanceSerializer):
    currency = serializers.CharField()
    as_of = serializers.DateTimeField()


class WalletSerializer(serializers.Serializer[None]):
    number = serializers.CharField()
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=WalletKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=WalletStatus.choices)
    balance = BalanceSerializer()
    created_at = serializers.DateTimeField()


class TransferSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=TransferStatus.choices)
    amount = serializers.CharField()
    fee = serializers.CharField()
    currency = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    description = serializers.CharField()
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()


class DryRunSerializer(TransferSerializer):
    """What a transfer would be, and what it would leave in its source."""

    reference = None  # type: ignore[assignment] # how a serializer drops a field
    balance = BalanceSerializer()
    limits = OperationLimitsSerializer()


def balance_document(balance: Balance, code: str) -> dict[str, Any]:
    unit = currency(code)
    return {
        "available": Money(balance.available_minor, unit).decimal_string(),
        "held": Money(balance.held_minor, unit).decimal_string(),
        "total": Money(balance.total_minor, unit).decimal_string(),
    }


def wallet_document(wallet: Wallet, balance: Balance) -> dict[str, Any]:
    return {
        "number": wallet.number,
        "currency": wallet.currency,
        "kind": wallet.kind,
        "label": wallet.label,
        "status": wallet.status,
        "balance": balance_document(balance, wallet.currency),
        "created_at": wallet.created_at,
    }


def order_document(order: TransferOrder) -> dict[str, Any]:
    """Write what a transfer will look like once it is done."""
    return {
        "reference": order.reference,
        "status": TransferStatus.COMPLETED.value,
        "amount": order.amount.decimal_string(),
        "fee": order.fee.decimal_string(),
        "currency": order.amount.currency.code,
        "source": order.source.number,
        "destination": order.destination.number,
        "description": order.description,
        "metadata": order.metadata or {},
        "created_at": order.at,
    }


def transfer_document(transfer: Transfer) -> dict[str, Any]:
    unit = currency(transfer.currency)
    return {
        "reference": transfer.entry.reference,
        "status": transfer.status,
        "amount": Money(transfer.amount_minor, unit).decimal_string(),
        "fee": Money(transfer.fee_minor, unit).decimal_string(),
        "currency": transfer.currency,
        "source": transfer.source.number,
        "destination": _destination(transfer),
        "description": transfer.description,
        "metadata": transfer.metadata or {},
        "created_at": transfer.entry.occurred_at,
    }


def _destination(transfer: Transfer) -> str:
    """Name the receiver's wallet, and before there is one the address, short once it is over."""
    if transfer.destination is not None:
        return transfer.destination.number
    return transfer.transit.email or transfer.transit.hint

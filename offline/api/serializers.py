"""What clients send and are sent about offline payments.

A serializer's own attributes `label` and `source` are also field names elsewhere; here `data`
is avoided for the same reason.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.money import Money, currency
from offline.models import Certificate, Device, Voucher, VoucherStatus
from wallets.api.fields import MoneyField
from wallets.api.serializers import CurrencyField, WalletSerializer

_NUMBER = r"^[0-9]{13}\Z"
_KEY_ID = r"^[A-Za-z0-9_-]{22}\Z"
_LONGEST_MESSAGE = 16_384


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,4})?$"})
class MoneyOrNothingField(MoneyField):
    """An amount in major units that may be zero: a certificate that only receives."""

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, bool) and str(data) in {"0", "0.0", "0.00", "0.000", "0.0000"}:
            return Decimal(str(data))
        return super().to_internal_value(data)


class MessageField(serializers.CharField):
    """A message of the protocol, or several in one text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=_LONGEST_MESSAGE, trim_whitespace=False, **options)


class WalletIdSerializer(serializers.Serializer[None]):
    wallet_id = serializers.RegexField(_NUMBER, help_text="Number of an offline wallet of yours.")


class ChallengeSerializer(serializers.Serializer[None]):
    challenge = serializers.CharField()
    aud = serializers.CharField()
    expires_in = serializers.IntegerField()


class EnrolSerializer(WalletIdSerializer):
    proof = MessageField(help_text="An ofp-pop message.")
    name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    attestation = serializers.ListField(
        child=serializers.CharField(max_length=8192), max_length=6, required=False, default=list
    )

    def validate_attestation(self, value: list[str]) -> tuple[bytes, ...]:
        try:
            return tuple(base64.b64decode(text, validate=True) for text in value)
        except binascii.Error:
            raise serializers.ValidationError("Certificates are DER in base64.") from None


class DeviceSerializer(serializers.Serializer[None]):
    device = serializers.CharField()
    wallet = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(["active", "revoked"])
    tier = serializers.ChoiceField(["attested", "basic"])
    enrolled_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class AskCertificateSerializer(serializers.Serializer[None]):
    device = serializers.RegexField(_KEY_ID)
    amount = MoneyOrNothingField(help_text='"0.00" for a certificate that only receives.')
    currency = CurrencyField()


class CertificateSerializer(serializers.Serializer[None]):
    certificate = serializers.CharField(help_text="The ofp-cert message.")
    id = serializers.CharField()
    device = serializers.CharField()
    wallet = serializers.CharField()
    status = serializers.ChoiceField(["issued", "closed", "expired", "revoked", "reclaimed"])
    amount = serializers.CharField()
    held = serializers.CharField()
    currency = serializers.CharField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    submit_until = serializers.DateTimeField()


class CloseSerializer(serializers.Serializer[None]):
    closing = MessageField(help_text="An ofp-cls message.")


class OfflineBalanceSerializer(serializers.Serializer[None]):
    wallet = serializers.CharField()
    currency = serializers.CharField()
    available = serializers.CharField()
    held = serializers.CharField()
    held_until = serializers.DateTimeField(allow_null=True)


class HeldSerializer(serializers.Serializer[None]):
    held = serializers.CharField()
    held_until = serializers.DateTimeField(allow_null=True)


class WalletOnDevicesSerializer(WalletSerializer):
    """A wallet; `offline` is there when it is of the kind offline."""

    offline = HeldSerializer(required=False)


class PaymentSerializer(serializers.Serializer[None]):
    """An offline payment as one of its parties sees it."""

    id = serializers.UUIDField()
    vid = serializers.CharField()
    direction = serializers.ChoiceField(["in", "out"])
    status = serializers.ChoiceField(VoucherStatus.choices)
    code = serializers.CharField(allow_null=True)
    amount = serializers.CharField()
    currency = serializers.CharField()
    payer = serializers.CharField()
    payee = serializers.CharField()
    counter = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(allow_null=True, help_text="The ofp-stl message.")


class DisputeSerializer(serializers.Serializer[None]):
    reason = serializers.CharField(max_length=1000)


class DisputedSerializer(serializers.Serializer[None]):
    case = serializers.IntegerField()
    status = serializers.CharField()


class DraftRequestSerializer(serializers.Serializer[None]):
    request = MessageField(help_text="A request: a JWS, or the text of its QR code.")
    amount = MoneyField(required=False)


class DraftSerializer(serializers.Serializer[None]):
    transaction_data = serializers.CharField(help_text="Sign exactly these bytes.")
    counter = serializers.IntegerField()
    cumulative = serializers.CharField()
    previous = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    payee = serializers.CharField()


class SignedDraftSerializer(serializers.Serializer[None]):
    transaction_data = MessageField()
    signature = MessageField(help_text="base64url")


class QrRequestSerializer(serializers.Serializer[None]):
    wallet = serializers.RegexField(_NUMBER)
    amount = MoneyField(required=False)


class QrSerializer(serializers.Serializer[None]):
    text = serializers.CharField()
    png = serializers.CharField(help_text="base64")
    svg = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[None]):
    receipt = serializers.CharField(max_length=_LONGEST_MESSAGE, trim_whitespace=False)


class VerdictSerializer(serializers.Serializer[None]):
    valid = serializers.BooleanField()
    type = serializers.CharField(allow_null=True)
    vid = serializers.CharField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    status = serializers.CharField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class RevocationsSerializer(serializers.Serializer[None]):
    list = serializers.CharField(help_text="An ofp-rvl message.")


def device_document(device: Device) -> dict[str, Any]:
    return {
        "device": device.did,
        "wallet": device.wallet.number,
        "name": device.name,
        "status": device.status,
        "tier": device.tier,
        "enrolled_at": device.enrolled_at,
        "revoked_at": device.revoked_at,
    }


def certificate_document(certificate: Certificate, now: datetime) -> dict[str, Any]:
    return {
        "certificate": certificate.text,
        "id": certificate.jti,
        "device": certificate.device_id,
        "wallet": certificate.wallet.number,
        "status": certificate.status_at(now),
        "amount": certificate.amount.decimal_string(),
        "held": certificate.held.decimal_string(),
        "currency": certificate.currency,
        "issued_at": certificate.issued_at,
        "expires_at": certificate.expires_at,
        "submit_until": certificate.submit_until,
    }


def payment_document(voucher: Voucher, owner_id: object) -> dict[str, Any]:
    return {
        "id": voucher.transaction_id,
        "vid": voucher.vid,
        "direction": "in" if voucher.payee.owner_id == owner_id else "out",
        "status": voucher.status,
        "code": voucher.code or None,
        "amount": amount_text(voucher.amount_minor, voucher.currency),
        "currency": voucher.currency,
        "payer": voucher.payer.number,
        "payee": voucher.payee.number,
        "counter": voucher.counter,
        "made_at": voucher.made_at,
        "received_at": voucher.received_at,
        "settled_at": voucher.settled_at,
        "receipt": voucher.settlement or None,
    }


def amount_text(minor: int, code: str) -> str:
    return Money(minor, currency(code)).decimal_string()

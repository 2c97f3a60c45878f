"""What clients send and are sent about requests to be paid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from ledger.money import Money, currency
from wallets.api.fields import MoneyField
from wallets.api.serializers import CurrencyField
from wallets.models import PaymentRequest, PaymentRequestStatus

_NUMBER = r"^[0-9]{13}\Z"
USUAL_LIFE, LONGEST_LIFE = timedelta(days=7), timedelta(days=366)


class PaymentAskedSerializer(serializers.Serializer[None]):
    """Without `amount`, whoever pays says how much; without `expires_at`, it is seven days."""

    wallet = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")
    amount = MoneyField(required=False)
    currency = CurrencyField(required=False)
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )
    expires_at = serializers.DateTimeField(required=False)

    def validate_expires_at(self, value: datetime) -> datetime:
        now = timezone.now()
        if not now < value <= now + LONGEST_LIFE:
            raise serializers.ValidationError("Some time within a year from now.")
        return value


class PaySerializer(serializers.Serializer[None]):
    source = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")  # type: ignore[assignment]
    amount = MoneyField(required=False)


class PaidSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    amount = serializers.CharField()
    paid_at = serializers.DateTimeField()


class PaymentRequestSerializer(serializers.Serializer[None]):
    """`wallet` and `payment` are told to who asks, `requester` in full to nobody."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=PaymentRequestStatus.choices)
    requester = serializers.CharField()
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    description = serializers.CharField()
    link = serializers.URLField()
    wallet = serializers.CharField(allow_null=True)
    payment = PaidSerializer(allow_null=True)
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class RequestPaymentSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    status = serializers.CharField()
    payment_request = serializers.UUIDField()
    requester = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    amount = serializers.CharField()
    currency = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()


def link_of(request_id: UUID) -> str:
    """Return the address of the page that shows a request."""
    return f"{settings.PURSER_ORIGIN}/pay/{request_id}"


def asked_amount(request: PaymentRequest) -> str | None:
    if request.amount_minor is None:
        return None
    return Money(request.amount_minor, currency(request.wallet.currency)).decimal_string()


def request_document(
    request: PaymentRequest, *, requester: str, asker: UUID, at: datetime
) -> dict[str, Any]:
    """Write a request for `asker`; `requester` is the masked name of who asks to be paid."""
    is_own = request.owner_id == asker
    return {
        "id": request.pk,
        "status": request.status_at(at),
        "requester": requester,
        "amount": asked_amount(request),
        "currency": request.wallet.currency,
        "description": request.description,
        "link": link_of(request.pk),
        "wallet": request.wallet.number if is_own else None,
        "payment": _paid(request) if is_own else None,
        "expires_at": request.expires_at,
        "created_at": request.created_at,
    }


def _paid(request: PaymentRequest) -> dict[str, Any] | None:
    if request.entry is None or request.paid_minor is None:
        return None
    paid = Money(request.paid_minor, currency(request.wallet.currency))
    return {
        "reference": request.entry.reference,
        "amount": paid.decimal_string(),
        "paid_at": request.closed_at,
    }

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from payments.errors import SignatureNotValid, WebhookTooLarge
from payments.models import WebhookDelivery
from payments.providers.base import Done, Provider, WebhookEvent

log = structlog.get_logger(__name__)

LARGEST_BODY = 256 * 1024

# What is worth keeping of the headers. Nothing that could be a credential is.
_KEPT_HEADERS = (
    "content-type",
    "stripe-signature",
    "user-agent",
    "x-mock-signature",
    "x-paystack-signature",
    "x-request-id",
)


def receive_webhook(
    *, provider: Provider, body: bytes, headers: Mapping[str, str], now: datetime
) -> WebhookDelivery:
    """Store what a provider signed, and return the one row of that event, old or new.

    Header names are lower case. Stores nothing and raises `WebhookTooLarge` or
    `SignatureNotValid` for anything that the provider did not sign as these very bytes.
    """
    if len(body) > LARGEST_BODY:
        raise WebhookTooLarge(LARGEST_BODY)
    outcome = provider.parse_webhook(body, headers, now=now)
    if not isinstance(outcome, Done):
        log.warning("webhook_forged", provider=provider.name, bytes=len(body))
        raise SignatureNotValid
    event = outcome.value

    with transaction.atomic():
        delivery, _ = WebhookDelivery.objects.get_or_create(
            provider=provider.name,
            dedupe_key=event.dedupe_key,
            defaults={
                "kind": event.kind,
                "subject": _subject(event),
                "payment_reference": _reference(event),
                "body": body,
                "headers": _kept(headers),
                "received_at": now,
                "next_try_at": now,
            },
        )
    return delivery


def _subject(event: WebhookEvent) -> WebhookDelivery.Subject:
    if event.payout_reference:
        return WebhookDelivery.Subject.PAYOUT
    if event.refunded_payment_reference:
        return WebhookDelivery.Subject.REFUND
    return WebhookDelivery.Subject.PAYMENT


def _reference(event: WebhookEvent) -> str:
    named = (event.payout_reference, event.refunded_payment_reference, event.payment_reference)
    return next((name for name in named if name), "")[:100]


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """A NUL or half a surrogate pair cannot be stored, and no provider sends one."""
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return {name: value[:300] for name, value in kept.items() if value.isprintable()}

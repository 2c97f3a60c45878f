"""Which providers this installation has, made from its settings."""

from __future__ import annotations

from django.conf import settings

from payments.errors import UnknownProvider
from payments.providers.base import Provider
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.provider import Paystack

NAMES = ("paystack",)


def provider(name: str) -> Provider:
    """Return the provider of this name; raises `UnknownProvider`."""
    if name != "paystack":
        raise UnknownProvider(name)
    client = PaystackClient(
        base_url=settings.PAYSTACK_BASE_URL,
        secret_key=settings.PAYSTACK_SECRET_KEY,
        timeouts=(settings.PROVIDER_CONNECT_SECONDS, settings.PROVIDER_READ_SECONDS),
    )
    return Paystack(client=client, secret_key=settings.PAYSTACK_SECRET_KEY)

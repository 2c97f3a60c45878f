"""Which providers this installation has, made from its settings."""

from __future__ import annotations

from django.conf import settings

from payments.errors import UnknownProvider
from payments.providers.base import Provider
from payments.providers.mock.client import MockClient
from payments.providers.mock.provider import Mock
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.provider import Paystack
from payments.providers.stripe.client import StripeClient
from payments.providers.stripe.provider import Stripe

NAMES = ("paystack", "stripe", "mock")


def provider(name: str) -> Provider:
    """Return the provider of this name; raises `UnknownProvider`.

    Whoever runs a mock provider makes money: there is one in embedded mode only.
    """
    made_by = {"paystack": _paystack, "stripe": _stripe}
    if settings.PURSER_EMBEDDED:
        made_by["mock"] = _mock
    if name not in made_by:
        raise UnknownProvider(name)
    return made_by[name]()


def _timeouts() -> tuple[float, float]:
    return settings.PROVIDER_CONNECT_SECONDS, settings.PROVIDER_READ_SECONDS


def _paystack() -> Provider:
    client = PaystackClient(
        base_url=settings.PAYSTACK_BASE_URL,
        secret_key=settings.PAYSTACK_SECRET_KEY,
        timeouts=_timeouts(),
    )
    return Paystack(client=client, secret_key=settings.PAYSTACK_SECRET_KEY)


def _stripe() -> Provider:
    client = StripeClient(
        base_url=settings.STRIPE_API_BASE,
        secret_key=settings.STRIPE_SECRET_KEY,
        timeouts=_timeouts(),
    )
    return Stripe(client=client, webhook_secret=settings.STRIPE_WEBHOOK_SECRET)


def _mock() -> Provider:
    client = MockClient(
        base_url=settings.MOCK_BASE_URL,
        secret_key=settings.MOCK_SECRET_KEY,
        timeouts=_timeouts(),
    )
    return Mock(
        client=client,
        secret_key=settings.MOCK_SECRET_KEY,
        signing=settings.MOCK_WEBHOOK_SIGNING,
    )

"""How each provider tells of what happened: its bodies, and how it signs them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeAlias

from payments.simulators.mock import dialect as mock
from payments.simulators.models import SimulatedPayment, SimulatedPayout, SimulatedRefund
from payments.simulators.paystack import dialect as paystack
from payments.simulators.stripe import dialect as stripe

Subject: TypeAlias = SimulatedPayment | SimulatedPayout | SimulatedRefund


class Dialect(Protocol):
    """What a module of a dialect has."""

    def bodies(self, subject: Subject, *, now: datetime) -> list[str]:
        """Return the messages about something as it is now, each as it is sent."""

    def headers(self, body: str, *, flaw: str, now: datetime) -> dict[str, str]:
        """Return what goes with a body at this time, a wrong or an old signature if so wished."""


_DIALECTS: dict[str, Dialect] = {"paystack": paystack, "stripe": stripe, "mock": mock}


def of(provider: str) -> Dialect:
    return _DIALECTS[provider]


def provider_of(subject: Subject) -> str:
    """Return whose a payment, refund or payout is."""
    return subject.payment.provider if isinstance(subject, SimulatedRefund) else subject.provider

"""Reads of the simulated providers' books."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from payments.simulators.faults import Faults
from payments.simulators.models import (
    BalanceMovement,
    FaultSettings,
    SimulatedPayment,
    SimulatedPayout,
    SimulatedRecipient,
    SimulatedRefund,
)


def faults() -> Faults:
    """Return the faults in force."""
    row = FaultSettings.objects.filter(pk=1).first()
    return Faults().changed(row.rates) if row else Faults()


def ahead() -> timedelta:
    """Return how far the providers' clock is ahead of ours."""
    seconds = FaultSettings.objects.filter(pk=1).values_list("ahead_seconds", flat=True).first()
    return timedelta(seconds=seconds or 0)


def now() -> datetime:
    """Return the time by the providers' clock."""
    return timezone.now() + ahead()


def payment_by_reference(reference: str, provider: str = "paystack") -> SimulatedPayment | None:
    if not is_plain(reference):
        return None
    return SimulatedPayment.objects.filter(provider=provider, reference=reference).first()


def payment_by_access_code(access_code: str, provider: str = "paystack") -> SimulatedPayment | None:
    if not is_plain(access_code):
        return None
    return SimulatedPayment.objects.filter(provider=provider, access_code=access_code).first()


def payments(*, provider: str = "paystack", status: str = "") -> QuerySet[SimulatedPayment]:
    """Return the payments, newest first; all of them unless a status is given."""
    rows = SimulatedPayment.objects.filter(provider=provider).order_by("-id")
    if not status:
        return rows
    return rows.filter(status=status) if is_plain(status) else rows.none()


def payouts(*, provider: str) -> QuerySet[SimulatedPayout]:
    """Return the payouts with their recipients, newest first."""
    rows = SimulatedPayout.objects.filter(provider=provider).select_related("recipient")
    return rows.order_by("-id")


def payout_by_reference(reference: str, provider: str) -> SimulatedPayout | None:
    if not is_plain(reference):
        return None
    return payouts(provider=provider).filter(reference=reference).first()


def recipient_by_code(code: str, provider: str) -> SimulatedRecipient | None:
    if not is_plain(code):
        return None
    return SimulatedRecipient.objects.filter(provider=provider, code=code).first()


def refunds(*, provider: str) -> QuerySet[SimulatedRefund]:
    """Return the refunds with their payments, newest first."""
    rows = SimulatedRefund.objects.filter(payment__provider=provider).select_related("payment")
    return rows.order_by("-id")


def movements(*, provider: str) -> QuerySet[BalanceMovement]:
    """Return what changed the balance, newest first."""
    return BalanceMovement.objects.filter(provider=provider).order_by("-id")


def balances(provider: str = "paystack") -> dict[str, int]:
    """Return what the provider holds for us by currency, in minor units."""
    rows = BalanceMovement.objects.filter(provider=provider).values_list("currency")
    return dict(rows.annotate(Sum("difference_minor")).order_by("currency"))


def is_plain(text: str) -> bool:
    """PostgreSQL has no text with a NUL or half a surrogate pair in it."""
    return text.isascii() and text.isprintable()

"""Reads of the simulated provider's books."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from payments.simulators.faults import Faults
from payments.simulators.models import BalanceMovement, FaultSettings, SimulatedPayment


def faults() -> Faults:
    """Return the faults in force."""
    row = FaultSettings.objects.filter(pk=1).first()
    return Faults().changed(row.rates) if row else Faults()


def payment_by_reference(reference: str) -> SimulatedPayment | None:
    if not _is_plain(reference):
        return None
    return SimulatedPayment.objects.filter(reference=reference).first()


def payment_by_access_code(access_code: str) -> SimulatedPayment | None:
    if not _is_plain(access_code):
        return None
    return SimulatedPayment.objects.filter(access_code=access_code).first()


def payments(*, status: str = "") -> QuerySet[SimulatedPayment]:
    """Return the payments, newest first; all of them unless a status is given."""
    rows = SimulatedPayment.objects.order_by("-id")
    if not status:
        return rows
    return rows.filter(status=status) if _is_plain(status) else rows.none()


def balances() -> dict[str, int]:
    """Return what the provider holds for us by currency, in minor units."""
    rows = BalanceMovement.objects.values_list("currency").annotate(Sum("difference_minor"))
    return dict(rows.order_by("currency"))


def _is_plain(text: str) -> bool:
    """PostgreSQL has no text with a NUL or half a surrogate pair in it."""
    return text.isascii() and text.isprintable()

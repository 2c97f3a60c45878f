"""Rates for tests: one US dollar and what it is worth."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from wallets.models import RateSheet
from wallets.operations import record_rates, set_spread
from wallets.rate_sources import Sheet

RATES = {"USD": "1", "NGN": "1500", "EUR": "0.9", "JPY": "150", "KWD": "0.3", "CLF": "0.025"}


def rates(
    at: datetime | None = None, *, source: str = "file", accept: bool = True, **changed: str
) -> RateSheet:
    """Take over rates as of an instant (now)."""
    now = timezone.now()
    written = {code: Decimal(rate) for code, rate in (RATES | changed).items()}
    with transaction.atomic():
        return record_rates(
            sheet=Sheet(source, "USD", at or now, written), now=now, accept_jumps=accept
        )


def spread(basis_points: int, source: str = "", target: str = "") -> None:
    """Set what the platform keeps."""
    with transaction.atomic():
        set_spread(
            source_currency=source,
            target_currency=target,
            basis_points=basis_points,
            reason="a test",
        )

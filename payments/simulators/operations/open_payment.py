from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from payments.simulators.errors import BooksRefusal
from payments.simulators.models import SimulatedPayment


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """What somebody is to be asked to pay, in minor units."""

    provider: str
    reference: str
    email: str
    amount_minor: int
    currency: str
    callback_url: str = ""
    metadata: object = None


def open_payment(*, asked: PaymentAsked, access_code: str, now: datetime) -> SimulatedPayment:
    """Open a checkout; raises `BooksRefusal` for a reference that there is already."""
    try:
        with transaction.atomic():
            return SimulatedPayment.objects.create(
                provider=asked.provider,
                reference=asked.reference,
                access_code=access_code,
                email=asked.email,
                requested_minor=asked.amount_minor,
                currency=asked.currency,
                callback_url=asked.callback_url,
                metadata=asked.metadata,
                created_at=now,
            )
    except IntegrityError:
        raise BooksRefusal("duplicate_reference") from None

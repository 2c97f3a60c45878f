"""The mock provider's words: plain JSON with decimal amounts, events with numbers.

A webhook is signed over its time and its bytes: `X-Mock-Signature: v1=<hex>` with
`X-Mock-Timestamp`, or a token (JWT, HS256) that names the digest of the body in `X-Mock-Token`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import jwt
from django.conf import settings

from payments.simulators.models import SimulatedPayment, SimulatedPayout, SimulatedRefund

Subject = SimulatedPayment | SimulatedPayout | SimulatedRefund

_STATES = {
    "abandoned": "open",
    "ongoing": "processing",
    "success": "succeeded",
    "failed": "failed",
    "reversed": "reversed",
    "pending": "pending",
    "cancelled": "cancelled",
}
SIGNATURE_FLAW, STALE_FLAW = "signature", "stale"
# Currencies without minor units, among those that are offered here.
WHOLE = {"JPY", "XOF", "RWF", "UGX"}


def bodies(subject: Subject, *, now: datetime) -> list[str]:
    """Return the one message about something as it is now."""
    kind, shown = _shown(subject)
    state = _STATES[subject.status]
    number = hashlib.sha256(f"{kind}:{subject.pk}:{state}".encode()).hexdigest()[:24]
    event = {
        "id": f"mev_{number}",
        "type": f"{kind}.{state}",
        "created": now.isoformat(),
        "data": shown,
    }
    return [json.dumps(event)]


def headers(body: str, *, flaw: str, now: datetime) -> dict[str, str]:
    """Sign a body as of `now`, or as of an hour ago where it is to be stale."""
    key = settings.MOCK_SECRET_KEY
    if flaw == SIGNATURE_FLAW:
        key = f"not-{key}"
    at = int((now - timedelta(hours=1) if flaw == STALE_FLAW else now).timestamp())
    if settings.MOCK_WEBHOOK_SIGNING == "jwt":
        claims = {"iat": at, "sha256": hashlib.sha256(body.encode()).hexdigest()}
        return {"X-Mock-Token": jwt.encode(claims, key, algorithm="HS256")}
    signature = hmac.new(key.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Mock-Timestamp": str(at), "X-Mock-Signature": f"v1={signature}"}


def payment(row: SimulatedPayment) -> dict[str, Any]:
    """Return a payment as they show it."""
    return {
        "id": f"mpy_{row.access_code}",
        "reference": row.reference,
        "state": _STATES[row.status],
        "amount": decimal(row.requested_minor, row.currency),
        "paid": None if row.paid_minor is None else decimal(row.paid_minor, row.currency),
        "fee": None if row.fees_minor is None else decimal(row.fees_minor, row.currency),
        "currency": row.currency,
        "paid_at": row.paid_at.isoformat() if row.paid_at else None,
        "checkout_url": f"{settings.PURSER_ORIGIN}/simulator/mock/checkout/{row.access_code}",
    }


def refund(row: SimulatedRefund) -> dict[str, Any]:
    """Return a refund as they show it."""
    return {
        "id": f"mrf_{row.pk}",
        "reference": row.reference,
        "payment": row.payment.reference,
        "state": _STATES[row.status],
        "amount": decimal(row.amount_minor, row.payment.currency),
        "currency": row.payment.currency,
    }


def payout(row: SimulatedPayout) -> dict[str, Any]:
    """Return a payout as they show it."""
    return {
        "id": row.code,
        "reference": row.reference,
        "beneficiary": row.recipient.code,
        "state": _STATES[row.status],
        "amount": decimal(row.amount_minor, row.currency),
        "fee": decimal(row.fee_minor, row.currency),
        "currency": row.currency,
        "failure": "account_closed" if row.status == SimulatedPayout.Status.FAILED else None,
    }


def decimal(amount_minor: int, currency: str) -> str:
    """Write minor units as a decimal."""
    if currency in WHOLE:
        return str(amount_minor)
    return str(Decimal(amount_minor).scaleb(-2))


def _shown(subject: Subject) -> tuple[str, dict[str, Any]]:
    match subject:
        case SimulatedPayment():
            return "payment", payment(subject)
        case SimulatedPayout():
            return "payout", payout(subject)
        case _:
            return "refund", refund(subject)

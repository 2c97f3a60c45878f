"""Stripe's words: objects with a type, lower-case currencies, times as seconds, signed events."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from payments.simulators.models import (
    BalanceMovement,
    SimulatedPayment,
    SimulatedPayout,
    SimulatedRefund,
)

VERSION = "2026-06-24.dahlia"

Subject = SimulatedPayment | SimulatedPayout | SimulatedRefund

_REFUNDS = {"pending": "pending", "success": "succeeded", "failed": "failed"}
_CATEGORIES = {
    "payment": ("charge", "charge"),
    "refund": ("refund", "refund"),
    "payout": ("transfer", "transfer"),
    "reversal": ("transfer_refund", "transfer_reversal"),
}


def bodies(subject: Subject, *, now: datetime) -> list[str]:
    """Return the event about something as it is now."""
    match subject:
        case SimulatedPayment() if subject.is_paid or subject.status == "ongoing":
            kind, shown = "checkout.session.completed", session(subject)
        case SimulatedPayout():
            back = is_back(subject)
            kind, shown = ("transfer.reversed" if back else "transfer.created"), transfer(subject)
        case SimulatedRefund():
            kinds = {"pending": "created", "success": "updated", "failed": "failed"}
            kind, shown = f"refund.{kinds[subject.status]}", refund(subject)
        case _:
            return []
    number = hashlib.sha256(f"{kind}:{subject.pk}:{subject.status}".encode()).hexdigest()
    event = {
        "id": f"evt_{number[:24]}",
        "object": "event",
        "api_version": VERSION,
        "created": int(now.timestamp()),
        "data": {"object": shown},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    return [json.dumps(event, indent=2)]


def headers(body: str, *, flaw: str, now: datetime) -> dict[str, str]:
    """Sign a body as of `now`, or as of an hour ago where it is to be stale."""
    key = settings.STRIPE_WEBHOOK_SECRET
    if flaw == "signature":
        key = f"not-{key}"
    at = int((now - timedelta(hours=1) if flaw == "stale" else now).timestamp())
    signature = hmac.new(key.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Stripe-Signature": f"t={at},v1={signature},v0={'0' * 64}",
        "User-Agent": "Stripe/1.0 (simulator)",
    }


def session(row: SimulatedPayment, *, expanded: bool = False) -> dict[str, Any]:
    """Return a payment as its checkout session."""
    done = row.is_paid or row.status == SimulatedPayment.Status.ONGOING
    return {
        "id": f"cs_test_{row.access_code}",
        "object": "checkout.session",
        "amount_subtotal": row.requested_minor,
        "amount_total": row.requested_minor,
        "client_reference_id": row.reference,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency.lower(),
        "customer_email": row.email or None,
        "livemode": False,
        "metadata": {"reference": row.reference},
        "mode": "payment",
        "payment_intent": intent(row) if expanded and done else intent_id(row),
        "payment_status": "paid" if row.is_paid else "unpaid",
        "status": "complete" if done else "open",
        "success_url": row.callback_url or None,
        "url": None
        if done
        else f"{settings.PURSER_ORIGIN}/simulator/stripe/checkout/{row.access_code}",
    }


def intent_id(row: SimulatedPayment) -> str | None:
    """There is no payment intent before somebody tries to pay."""
    return None if row.status == SimulatedPayment.Status.ABANDONED else f"pi_{row.access_code}"


def intent(row: SimulatedPayment) -> dict[str, Any]:
    """Return a payment as its payment intent, with charge and balance transaction in it."""
    statuses = {"success": "succeeded", "reversed": "succeeded", "ongoing": "processing"}
    return {
        "id": f"pi_{row.access_code}",
        "object": "payment_intent",
        "amount": row.requested_minor,
        "amount_received": row.paid_minor or 0,
        "currency": row.currency.lower(),
        "created": int(row.created_at.timestamp()),
        "latest_charge": charge(row) if row.is_paid else None,
        "livemode": False,
        "metadata": {"reference": row.reference},
        "status": statuses.get(row.status, "requires_payment_method"),
    }


def charge(row: SimulatedPayment) -> dict[str, Any]:
    """Return what was taken from the payer."""
    paid = row.paid_minor or 0
    created = int(row.paid_at.timestamp()) if row.paid_at else None
    return {
        "id": f"ch_{row.access_code}",
        "object": "charge",
        "amount": paid,
        "amount_refunded": row.refunded_minor,
        "balance_transaction": {
            "id": f"txn_{row.access_code}",
            "object": "balance_transaction",
            "amount": paid,
            "currency": row.currency.lower(),
            "fee": row.fees_minor,
            "net": paid - (row.fees_minor or 0),
            "type": "charge",
        },
        "created": created,
        "currency": row.currency.lower(),
        "metadata": {"reference": row.reference},
        "paid": True,
        "refunded": row.refunded_minor == paid,
        "status": "succeeded",
    }


def refund(row: SimulatedRefund) -> dict[str, Any]:
    """Return a refund."""
    return {
        "id": f"re_{row.pk}",
        "object": "refund",
        "amount": row.amount_minor,
        "charge": f"ch_{row.payment.access_code}",
        "created": int(row.created_at.timestamp()),
        "currency": row.payment.currency.lower(),
        "failure_reason": "lost_or_stolen_card" if row.status == "failed" else None,
        "metadata": {"reference": row.reference, "payment": row.payment.reference},
        "payment_intent": f"pi_{row.payment.access_code}",
        "status": _REFUNDS[row.status],
    }


def is_back(row: SimulatedPayout) -> bool:
    """Whether the money of a transfer was taken back from the connected account."""
    return row.status in {"failed", "reversed", "cancelled"}


def transfer(row: SimulatedPayout) -> dict[str, Any]:
    """Return a payout as the transfer to a connected account that it is."""
    return {
        "id": row.code,
        "object": "transfer",
        "amount": row.amount_minor,
        "amount_reversed": row.amount_minor if is_back(row) else 0,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency.lower(),
        "description": row.reason or None,
        "destination": row.recipient.code,
        "livemode": False,
        "metadata": {"reference": row.reference},
        "reversed": is_back(row),
        "transfer_group": row.reference,
    }


def balance_transaction(row: BalanceMovement) -> dict[str, Any]:
    """Return one change of the balance, with what caused it in it."""
    kind, category = _CATEGORIES[row.kind]
    return {
        "id": f"txn_{row.pk}",
        "object": "balance_transaction",
        "amount": row.gross_minor,
        "created": int(row.recorded_at.timestamp()),
        "currency": row.currency.lower(),
        "fee": row.fee_minor,
        "net": row.difference_minor,
        "reporting_category": category,
        "source": {
            "id": row.source,
            "object": category,
            "metadata": {"reference": row.reference},
        },
        "status": "available",
        "type": kind,
    }

"""Paystack's words: the shapes of its answers and webhooks, oddities included.

`metadata` that nobody gave is null in a list, "" in a verify answer and 0 in a webhook; `fees`
are a number in answers and null in webhooks; both spellings of the date fields occur.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.conf import settings

from payments.simulators.models import SimulatedPayment, SimulatedPayout, SimulatedRefund
from payments.simulators.paystack import money_out

Subject = SimulatedPayment | SimulatedPayout | SimulatedRefund

_ANSWERS = {
    "success": "Successful",
    "failed": "Declined",
    "abandoned": "The transaction was not completed",
    "ongoing": "The transaction is being processed",
    "reversed": "Reversed",
}


def bodies(subject: Subject, *, now: datetime) -> list[str]:
    """Return what is sent about something; they tell of no payment that failed."""
    if isinstance(subject, SimulatedPayment):
        return [charge_success(subject)] if subject.is_paid else []
    if isinstance(subject, SimulatedPayout):
        return [money_out.transfer_event(subject)] if subject.status != "cancelled" else []
    return [money_out.refund_event(subject)]


def headers(body: str, *, flaw: str, now: datetime) -> dict[str, str]:
    """Return the signature; no time is signed, so that nothing can be stale."""
    key = settings.PAYSTACK_SECRET_KEY
    wrong = flaw == "signature"
    return {
        "X-Paystack-Signature": sign(body, f"not-{key}" if wrong else key),
        "User-Agent": "Paystack/2.0 (simulator)",
    }


def sign(body: str, secret_key: str) -> str:
    """Return what goes in X-Paystack-Signature."""
    return hmac.new(secret_key.encode(), body.encode(), hashlib.sha512).hexdigest()


def transaction(payment: SimulatedPayment, *, no_metadata: object) -> dict[str, Any]:
    """Return the payment as a verify call or, with other empty metadata, a list shows it."""
    paid, created = money_out.instant(payment.paid_at), money_out.instant(payment.created_at)
    return {
        "id": payment.pk,
        "domain": "test",
        "status": payment.status,
        "reference": payment.reference,
        "receipt_number": None,
        "amount": payment.requested_minor if payment.paid_minor is None else payment.paid_minor,
        "message": None,
        "gateway_response": _ANSWERS[payment.status],
        "paid_at": paid,
        "created_at": created,
        "channel": "card",
        "currency": payment.currency,
        "ip_address": "197.210.54.33",
        "metadata": no_metadata if payment.metadata is None else payment.metadata,
        "log": None,
        "fees": payment.fees_minor,
        "fees_split": None,
        "authorization": _authorization(payment),
        "customer": _customer(payment),
        "plan": None,
        "split": {},
        "order_id": None,
        "paidAt": paid,
        "createdAt": created,
        "requested_amount": payment.requested_minor,
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "connect": None,
        "transaction_date": created,
        "plan_object": {},
        "subaccount": {},
    }


def charge_success(payment: SimulatedPayment) -> str:
    """Return the body of the webhook for a paid payment."""
    data = transaction(payment, no_metadata=0)
    data |= {"fees": None, "plan": {}, "message": None}
    for name in ("receipt_number", "transaction_date", "plan_object", "connect", "fees_breakdown"):
        del data[name]
    return json.dumps({"event": "charge.success", "data": data})


def _customer(payment: SimulatedPayment) -> dict[str, Any]:
    code = hashlib.sha256(payment.email.encode()).hexdigest()
    return {
        "id": int(code[:7], 16),
        "first_name": None,
        "last_name": None,
        "email": payment.email,
        "customer_code": f"CUS_{code[:15]}",
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }


def _authorization(payment: SimulatedPayment) -> dict[str, Any]:
    if payment.status != SimulatedPayment.Status.SUCCESS:
        return {}
    return {
        "authorization_code": f"AUTH_{payment.access_code[:10]}",
        "bin": "408408",
        "last4": "4081",
        "exp_month": "12",
        "exp_year": "2030",
        "channel": "card",
        "card_type": "visa ",
        "bank": "TEST BANK",
        "country_code": "NG",
        "brand": "visa",
        "reusable": True,
        "signature": f"SIG_{payment.access_code}",
        "account_name": None,
    }


def decimal(amount_minor: int, currency: str) -> str:
    """Write minor units for a person; two decimals, as all currencies offered here have."""
    return f"{currency} {amount_minor // 100:,}.{amount_minor % 100:02d}"

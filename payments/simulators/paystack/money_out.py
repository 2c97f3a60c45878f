"""Paystack's words for money that leaves: transfers, recipients and refunds, oddities included.

`recipient` is a number in the answer to a transfer and an object elsewhere; a refund's `amount`
is a number in answers and a string in webhooks, which know it by no number of its own.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from payments.simulators.models import SimulatedPayout, SimulatedRecipient, SimulatedRefund

_REFUNDS = {"pending": "pending", "success": "processed", "failed": "failed"}


def recipient(row: SimulatedRecipient) -> dict[str, Any]:
    """Return an account as they show it."""
    created = instant(row.created_at)
    return {
        "active": True,
        "createdAt": created,
        "currency": row.currency,
        "domain": "test",
        "id": row.pk,
        "integration": 463433,
        "name": row.name,
        "recipient_code": row.code,
        "type": "nuban",
        "updatedAt": created,
        "is_deleted": False,
        "isDeleted": False,
        "details": {
            "authorization_code": None,
            "account_number": row.number,
            "account_name": row.name,
            "bank_code": row.bank_code,
            "bank_name": "Test Bank",
        },
    }


def transfer(payout: SimulatedPayout, *, of_call: bool = False) -> dict[str, Any]:
    """Return a payout as the call that made it shows it, or as a later read does."""
    shown = {
        "amount": payout.amount_minor,
        "createdAt": instant(payout.created_at),
        "currency": payout.currency,
        "domain": "test",
        "failures": None,
        "id": payout.pk,
        "integration": 463433,
        "reason": payout.reason,
        "reference": payout.reference,
        "source": "balance",
        "source_details": None,
        "status": payout.status,
        "titan_code": None,
        "transfer_code": payout.code,
        "request": payout.pk + 1000,
        "transferred_at": None,
        "updatedAt": instant(payout.changed_at),
    }
    if of_call:
        return shown | {
            "recipient": payout.recipient_id,
            "transfersessionid": [],
            "transfertrials": [],
        }
    return shown | {
        "recipient": recipient(payout.recipient),
        "session": {"provider": None, "id": None},
        "fee_charged": payout.fee_minor,
        "fees_breakdown": None,
        "gateway_response": None,
    }


def transfer_event(payout: SimulatedPayout) -> str:
    """Return the body of `transfer.success`, `.failed` or `.reversed`."""
    data = transfer(payout)
    for name in ("createdAt", "updatedAt"):
        data[{"createdAt": "created_at", "updatedAt": "updated_at"}[name]] = data.pop(name)
    for name in ("fee_charged", "fees_breakdown", "gateway_response", "request"):
        del data[name]
    data["integration"] = {"id": 463433, "is_live": False, "business_name": "Purser"}
    return json.dumps({"event": f"transfer.{payout.status}", "data": data})


def refund(row: SimulatedRefund, *, of_call: bool = False) -> dict[str, Any]:
    """Return a refund; its payment is an object for the call that made it, else a number."""
    created, changed = instant(row.created_at), instant(row.changed_at)
    payment = row.payment
    shown = {
        "id": row.pk,
        "integration": 463433,
        "domain": "test",
        "transaction": payment.pk,
        "dispute": None,
        "amount": row.amount_minor,
        "deducted_amount": row.amount_minor,
        "currency": payment.currency,
        "channel": None,
        "fully_deducted": 1,
        "refunded_by": "staff@example.com",
        "expected_at": changed,
        "settlement": None,
        "customer_note": f"Refund for transaction {payment.reference}",
        "merchant_note": row.reference,
        "created_at": created,
        "updated_at": changed,
        "status": _REFUNDS[row.status],
    }
    if of_call:
        shown |= {
            "transaction": {"id": payment.pk, "domain": "test", "reference": payment.reference},
            "createdAt": shown.pop("created_at"),
            "updatedAt": shown.pop("updated_at"),
            "deducted_amount": 0,
            "fully_deducted": False,
        }
    return shown


def refund_event(row: SimulatedRefund) -> str:
    """Return the body of `refund.pending`, `.processed` or `.failed`."""
    number = hashlib.sha256(str(row.pk).encode()).hexdigest()
    status = _REFUNDS[row.status]
    return json.dumps(
        {
            "event": f"refund.{status}",
            "data": {
                "status": status,
                "transaction_reference": row.payment.reference,
                "refund_reference": None if status == "pending" else str(int(number[:10], 16)),
                "amount": str(row.amount_minor),
                "currency": row.payment.currency,
                "processor": "instant-transfer",
                "customer": {"first_name": None, "last_name": None, "email": row.payment.email},
                "integration": 463433,
                "domain": "test",
            },
        }
    )


def instant(value: datetime | None) -> str | None:
    """Write an instant as they do, in milliseconds."""
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z" if value else None

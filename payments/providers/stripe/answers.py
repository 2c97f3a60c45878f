"""What Stripe's objects say, in our words. None where an answer is not one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from payments.providers.base import (
    Balance,
    Payment,
    PaymentState,
    PayoutReport,
    PayoutState,
    RefundReport,
    RefundState,
    SettlementKind,
    SettlementLine,
    WebhookEvent,
)

_INTENTS = {
    "succeeded": PaymentState.PAID,
    "processing": PaymentState.IN_PROGRESS,
    "requires_capture": PaymentState.IN_PROGRESS,
    "requires_action": PaymentState.UNPAID,
    "requires_confirmation": PaymentState.UNPAID,
    "requires_payment_method": PaymentState.UNPAID,
    "canceled": PaymentState.FAILED,
}
_REFUNDS = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_KINDS = {
    "charge": SettlementKind.PAYMENT,
    "refund": SettlementKind.REFUND,
    "transfer": SettlementKind.PAYOUT,
    "transfer_reversal": SettlementKind.REVERSAL,
}


def payment_of_session(session: Mapping[str, Any]) -> Payment | None:
    """Read a checkout session with its payment intent in it: paid only if it says so."""
    total, code = session.get("amount_total"), session.get("currency")
    if not is_integer(total) or not isinstance(code, str):
        return None
    match session.get("status"), session.get("payment_status"):
        case "open", _:
            state = PaymentState.UNPAID
        case "expired", _:
            state = PaymentState.FAILED
        case "complete", "paid":
            state = PaymentState.PAID
        case "complete", "unpaid":
            state = PaymentState.IN_PROGRESS
        case _:
            return None
    intent = session.get("payment_intent")
    if state == PaymentState.PAID:
        # What the session was for, and what the intent says was received.
        return _paid(intent, requested=total) if isinstance(intent, dict) else None
    return Payment(state, total, total, None, code.upper())


def payment_of_intent(intent: Mapping[str, Any]) -> Payment | None:
    """Read a payment intent with its charge in it."""
    state, amount = _INTENTS.get(str(intent.get("status"))), intent.get("amount")
    if state is None or not is_integer(amount):
        return None
    if state == PaymentState.PAID:
        return _paid(intent, requested=amount)
    return Payment(state, amount, amount, None, str(intent.get("currency")).upper())


def _paid(intent: Mapping[str, Any], *, requested: int) -> Payment | None:
    received, code = intent.get("amount_received"), intent.get("currency")
    if not is_integer(received) or not isinstance(code, str):
        return None
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    return Payment(
        state=PaymentState.PAID,
        requested_minor=requested,
        paid_minor=received,
        fees_minor=_fee(charge, code),
        currency=code.upper(),
        paid_at=_instant(charge.get("created")),
    )


def _fee(charge: Mapping[str, Any], code: str) -> int | None:
    """The fee is known in the currency in which they settle, which may be another."""
    match charge.get("balance_transaction"):
        case {"fee": int(fee), "currency": str(settled)} if settled == code:
            return fee
        case _:
            return None


def payout_of(transfer: Mapping[str, Any]) -> PayoutReport | None:
    """Read a transfer to a connected account: there at once, and perhaps taken back."""
    amount, code = transfer.get("amount"), transfer.get("currency")
    taken_back = transfer.get("reversed")
    if not is_integer(amount) or not isinstance(code, str) or not isinstance(taken_back, bool):
        return None
    return PayoutReport(
        state=PayoutState.REVERSED if taken_back else PayoutState.SUCCEEDED,
        amount_minor=amount,
        currency=code.upper(),
        provider_reference=str(transfer.get("id") or "")[:100],
        code="reversed" if taken_back else "",
    )


def refund_of(refund: Mapping[str, Any]) -> RefundReport | None:
    """Read a refund."""
    state = _REFUNDS.get(str(refund.get("status")))
    if state is None:
        return None
    code = str(refund.get("failure_reason") or "failed") if state == RefundState.FAILED else ""
    return RefundReport(state, str(refund.get("id") or "")[:100], code[:60])


def balances_of(data: Mapping[str, Any]) -> tuple[Balance, ...] | None:
    """Add up what is available and what is pending, by currency."""
    held: dict[str, list[int]] = {}
    for place, name in enumerate(("available", "pending")):
        for row in data.get(name) or []:
            match row:
                case {"amount": int(amount), "currency": str(code)}:
                    held.setdefault(code.upper(), [0, 0])[place] += amount
                case _:
                    return None
    return tuple(Balance(code, *amounts) for code, amounts in sorted(held.items()))


def line_of(row: Mapping[str, Any]) -> SettlementLine | None:
    """Read one balance transaction with its source in it; the reference is in the metadata."""
    match row:
        case {
            "id": str(number),
            "amount": int(gross),
            "fee": int(fee),
            "net": int(net),
            "currency": str(code),
            "created": int(created),
            "reporting_category": str(category),
        }:
            return SettlementLine(
                kind=_KINDS.get(category, SettlementKind.OTHER),
                reference=_reference(row.get("source")),
                provider_reference=number[:100],
                currency=code.upper(),
                gross_minor=gross,
                fee_minor=fee,
                net_minor=net,
                at=datetime.fromtimestamp(created, tz=UTC),
            )
        case _:
            return None


def _reference(source: object) -> str:
    match source:
        case {"metadata": {"reference": str(reference)}}:
            return reference[:100]
        case {"transfer_group": str(group)}:
            return group[:100]
        case _:
            return ""


def event_of(body: bytes) -> WebhookEvent:
    """Read a signed body. Sessions name payments, refunds the payment that they are of."""
    unreadable = WebhookEvent("unreadable", f"sha256:{hashlib.sha256(body).hexdigest()}", None)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return unreadable
    match message:
        case {"id": str(number), "type": str(kind), "data": {"object": dict(shown)}} if (
            number and _is_plain(number) and _is_plain(kind)
        ):
            return WebhookEvent(
                kind=kind[:60],
                dedupe_key=number[:200],
                payment_reference=_plain(
                    shown.get("client_reference_id"), when=kind.startswith("checkout.session.")
                ),
                refunded_payment_reference=_plain(
                    _paid_for(shown), when=kind.startswith("refund.")
                ),
                payout_reference=_plain(
                    shown.get("transfer_group"), when=kind.startswith("transfer.")
                ),
            )
        case _:
            return unreadable


def _paid_for(refund: Mapping[str, Any]) -> object:
    metadata = refund.get("metadata")
    return metadata.get("payment") if isinstance(metadata, dict) else None


def _plain(value: object, *, when: bool) -> str | None:
    return value if when and isinstance(value, str) and value and _is_plain(value) else None


def is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _instant(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, tz=UTC) if is_integer(value) else None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()

"""What the mock provider's answers say, in our words. None where an answer is not one."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.errors import LedgerRefusal
from ledger.money import currency
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

_PAYMENTS = {
    "open": PaymentState.UNPAID,
    "processing": PaymentState.IN_PROGRESS,
    "succeeded": PaymentState.PAID,
    "failed": PaymentState.FAILED,
    "reversed": PaymentState.REVERSED,
}
_PAYOUTS = {
    "pending": PayoutState.PENDING,
    "succeeded": PayoutState.SUCCEEDED,
    "failed": PayoutState.FAILED,
    "reversed": PayoutState.REVERSED,
    "cancelled": PayoutState.CANCELLED,
}
_REFUNDS = {
    "pending": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}
_KINDS = {kind.value: kind for kind in SettlementKind}


def payment_of(data: dict[str, Any]) -> Payment | None:
    """Read a payment; one that is not paid says no paid amount."""
    state, code = _PAYMENTS.get(str(data.get("state"))), str(data.get("currency"))
    requested = _minor(data.get("amount"), code)
    paid = requested if data.get("paid") is None else _minor(data["paid"], code)
    if state is None or requested is None or paid is None:
        return None
    return Payment(
        state=state,
        requested_minor=requested,
        paid_minor=paid,
        fees_minor=_minor(data.get("fee"), code),
        currency=code,
        paid_at=_instant(data.get("paid_at")),
    )


def payout_of(data: dict[str, Any]) -> PayoutReport | None:
    """Read a payout."""
    state, code = _PAYOUTS.get(str(data.get("state"))), str(data.get("currency"))
    amount = _minor(data.get("amount"), code)
    if state is None or amount is None:
        return None
    return PayoutReport(
        state=state,
        amount_minor=amount,
        currency=code,
        provider_reference=str(data.get("id") or "")[:100],
        code=str(data.get("failure") or "")[:60],
        fee_minor=_minor(data.get("fee"), code),
    )


def refund_of(data: dict[str, Any]) -> RefundReport | None:
    """Read a refund."""
    state = _REFUNDS.get(str(data.get("state")))
    if state is None:
        return None
    code = "refund_failed" if state == RefundState.FAILED else ""
    return RefundReport(state, str(data.get("id") or "")[:100], code)


def balances_of(data: dict[str, Any]) -> tuple[Balance, ...] | None:
    """Read what is held by currency."""
    found = {code: _minor(amount, code) for code, amount in data.items()}
    if any(minor is None for minor in found.values()):
        return None
    return tuple(Balance(code, minor) for code, minor in found.items() if minor is not None)


def line_of(data: dict[str, Any]) -> SettlementLine | None:
    """Read one change of the balance."""
    code, at = str(data.get("currency")), _instant(data.get("at"))
    gross, fee = _minor(data.get("gross"), code), _minor(data.get("fee"), code)
    if gross is None or fee is None or at is None:
        return None
    return SettlementLine(
        kind=_KINDS.get(str(data.get("kind")), SettlementKind.OTHER),
        reference=str(data.get("reference") or "")[:100],
        provider_reference=str(data.get("id"))[:100],
        currency=code,
        gross_minor=gross,
        fee_minor=fee,
        net_minor=gross - fee,
        at=at,
    )


def event_of(body: bytes) -> WebhookEvent:
    """Read a signed body."""
    unreadable = WebhookEvent("unreadable", f"sha256:{hashlib.sha256(body).hexdigest()}", None)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return unreadable
    match message:
        case {"id": str(number), "type": str(kind), "data": dict(data)} if (
            number and _is_plain(number) and _is_plain(kind)
        ):
            return WebhookEvent(
                kind=kind[:60],
                dedupe_key=number[:200],
                payment_reference=_named(data, "reference", when=kind.startswith("payment.")),
                refunded_payment_reference=_named(data, "payment", when=kind.startswith("refund.")),
                payout_reference=_named(data, "reference", when=kind.startswith("payout.")),
            )
        case _:
            return unreadable


def _named(data: dict[str, Any], name: str, *, when: bool) -> str | None:
    value = data.get(name) if when else None
    return value if isinstance(value, str) and value and _is_plain(value) else None


def _minor(value: object, code: str) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        minor = Decimal(value).scaleb(currency(code).exponent)
    except (InvalidOperation, LedgerRefusal, ValueError):
        return None
    return int(minor) if minor.is_finite() and minor == minor.to_integral_value() else None


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()

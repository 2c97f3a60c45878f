"""What Paystack's answers say, in our words. None where an answer is not one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeGuard

from payments.providers.base import (
    Payment,
    PaymentState,
    PayoutReport,
    PayoutState,
    RefundReport,
    RefundState,
    SettlementKind,
    SettlementLine,
)

# Every status that the verify call documents. "abandoned" is also what it says of a checkout
# that nobody has touched yet, so it does not end anything.
_STATES = {
    "success": PaymentState.PAID,
    "failed": PaymentState.FAILED,
    "abandoned": PaymentState.UNPAID,
    "ongoing": PaymentState.IN_PROGRESS,
    "pending": PaymentState.IN_PROGRESS,
    "processing": PaymentState.IN_PROGRESS,
    "queued": PaymentState.IN_PROGRESS,
    "reversed": PaymentState.REVERSED,
}
# Of a transfer: which of theirs are conclusive is on their page "how transfers work".
_PAYOUT_STATES = {
    "success": PayoutState.SUCCEEDED,
    "failed": PayoutState.FAILED,
    "abandoned": PayoutState.FAILED,
    "blocked": PayoutState.FAILED,
    "rejected": PayoutState.FAILED,
    "reversed": PayoutState.REVERSED,
    "pending": PayoutState.PENDING,
    "otp": PayoutState.PENDING,
    "received": PayoutState.PENDING,
    "queued": PayoutState.PENDING,
    "processing": PayoutState.PENDING,
}
_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "processing": RefundState.PENDING,
    "needs-attention": RefundState.PENDING,
    "processed": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}


def is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 500


def says_not_found(code: str, message: str) -> bool:
    """They answer an unknown reference with 400 or 404 and, in older errors, only words."""
    return code == "transaction_not_found" or "transaction reference not found" in message.lower()


def payment_of(data: dict[str, Any]) -> Payment | None:
    """Read the `data` of a verify call; None when it is not one.

    `amount` is what was paid. What was asked for is `requested_amount`: the two differ when
    the payer bears the fees, and only the second can be compared with our record.
    """
    state = _STATES.get(str(data.get("status")))
    paid, currency, fees = data.get("amount"), data.get("currency"), data.get("fees")
    requested = data.get("requested_amount")
    if requested is None:
        requested = paid
    if state is None or not isinstance(currency, str):
        return None
    if not is_integer(paid) or not is_integer(requested):
        return None
    return Payment(
        state=state,
        requested_minor=requested,
        paid_minor=paid,
        fees_minor=fees if is_integer(fees) else None,
        currency=currency.upper(),
        paid_at=_instant(data.get("paid_at")),
    )


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def payout_of(data: dict[str, Any]) -> PayoutReport | None:
    """Read the `data` of a transfer; `recipient` is a number in some answers, not read here."""
    state = _PAYOUT_STATES.get(str(data.get("status")))
    amount, currency, fee = data.get("amount"), data.get("currency"), data.get("fee_charged")
    if state is None or not is_integer(amount) or not isinstance(currency, str):
        return None
    failed = state in {PayoutState.FAILED, PayoutState.REVERSED}
    return PayoutReport(
        state=state,
        amount_minor=amount,
        currency=currency.upper(),
        provider_reference=str(data.get("transfer_code") or "")[:100],
        code=str(data["status"])[:60] if failed else "",
        fee_minor=fee if is_integer(fee) else None,
    )


def refund_of(data: dict[str, Any]) -> RefundReport | None:
    """Read one refund, of a list or of the call that asked for it."""
    state = _REFUND_STATES.get(str(data.get("status")))
    number = data.get("id")
    if state is None or not is_integer(number):
        return None
    code = "" if state == RefundState.SUCCEEDED else str(data["status"])
    return RefundReport(state=state, provider_reference=str(number), code=code[:60])


def payment_lines(data: dict[str, Any]) -> list[SettlementLine] | None:
    """Read a row of the list of payments that succeeded."""
    reference, fee = data.get("reference"), data.get("fees") or 0
    paid = data.get("paid_at") or data.get("paidAt")
    line = _line(SettlementKind.PAYMENT, data, reference=reference, at=paid, fee=fee, sign=1)
    return None if line is None else [line]


def payout_lines(data: dict[str, Any]) -> list[SettlementLine] | None:
    """Read a transfer: what went out, and what came back of one that failed in the end."""
    reference, fee = data.get("reference"), data.get("fee_charged") or 0
    created = data.get("createdAt") or data.get("created_at")
    out = _line(SettlementKind.PAYOUT, data, reference=reference, at=created, fee=fee, sign=-1)
    if out is None or data.get("status") not in {"failed", "reversed"}:
        return None if out is None else [out]
    changed = data.get("updatedAt") or data.get("updated_at")
    back = _line(
        SettlementKind.REVERSAL, data, reference=reference, at=changed, fee=-out.fee_minor, sign=1
    )
    return None if back is None else [out, back]


def refund_lines(data: dict[str, Any]) -> list[SettlementLine] | None:
    """Read a row of the list of refunds; our reference is in the note, as we put it there."""
    if data.get("status") == "failed":
        return []
    created = data.get("createdAt") or data.get("created_at")
    note = data.get("merchant_note")
    line = _line(SettlementKind.REFUND, data, reference=note, at=created, fee=0, sign=-1)
    return None if line is None else [line]


def _line(
    kind: SettlementKind,
    data: dict[str, Any],
    *,
    reference: object,
    at: object,
    fee: object,
    sign: int,
) -> SettlementLine | None:
    amount, moment = data.get("amount"), _instant(at)
    if not is_integer(amount) or not is_integer(fee) or moment is None:
        return None
    return SettlementLine(
        kind=kind,
        reference=str(reference or "")[:100],
        provider_reference=str(data.get("transfer_code") or data.get("id") or "")[:100],
        currency=str(data.get("currency")).upper()[:3],
        gross_minor=sign * amount,
        fee_minor=fee,
        net_minor=sign * amount - fee,
        at=moment,
    )

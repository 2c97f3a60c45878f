from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import quote

from payments.providers.base import (
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    SIGNATURE_NOT_VALID,
    Checkout,
    CheckoutRequest,
    Done,
    Outcome,
    Payment,
    PaymentState,
    Refused,
    Unknown,
    WebhookEvent,
)
from payments.providers.paystack import signature
from payments.providers.paystack.client import PaystackClient

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
_LONGEST_KEY = 200


class Paystack:
    """Paystack, as its API speaks since 2024. Amounts are in minor units on both sides."""

    name = "paystack"
    currencies = frozenset({"NGN", "GHS", "KES", "ZAR", "USD", "XOF", "EGP", "RWF"})
    takes_payments = True

    def __init__(self, *, client: PaystackClient, secret_key: str) -> None:
        self._client = client
        self._secret_key = secret_key

    def spell(self, reference: str) -> str:
        """References may hold letters, digits, `-`, `.` and `=`; ours hold one underscore."""
        return reference.replace("_", "-")

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        outcome = self._client.post(
            "/transaction/initialize",
            {
                "email": request.payer_email,
                "amount": request.amount.amount_minor,
                "currency": request.amount.currency.code,
                "reference": request.reference,
                "callback_url": request.return_url,
            },
        )
        match outcome:
            case Done(value={"authorization_url": str(url), "reference": request.reference}):
                return Done(Checkout(url)) if _is_web_address(url) else Unknown("odd_address")
            case Done():
                return Unknown("unexpected_answer")
            case Refused(message=message) if "duplicate transaction reference" in message.lower():
                return Refused(DUPLICATE_REFERENCE, message)
            case _:
                return outcome

    def verify_payment(self, reference: str) -> Outcome[Payment]:
        outcome = self._client.get(f"/transaction/verify/{quote(reference, safe='')}")
        match outcome:
            case Done(value=dict(data)) if data.get("reference") == reference:
                payment = _payment(data)
                return Done(payment) if payment else Unknown("unexpected_answer")
            case Done():
                return Unknown("unexpected_answer")
            case Refused(code=code, message=message) if _says_not_found(code, message):
                return Refused(NOT_FOUND, message)
            case _:
                return outcome

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Outcome[WebhookEvent]:
        # They sign no time.
        given = headers.get(signature.HEADER, "")
        if not signature.is_valid(body=body, signature=given, secret_key=self._secret_key):
            return Refused(SIGNATURE_NOT_VALID)
        return Done(_event(body))


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 500


def _says_not_found(code: str, message: str) -> bool:
    """They answer an unknown reference with 400 or 404 and, in older errors, only words."""
    return code == "transaction_not_found" or "transaction reference not found" in message.lower()


def _payment(data: dict[str, Any]) -> Payment | None:
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
    if not _is_integer(paid) or not _is_integer(requested):
        return None
    return Payment(
        state=state,
        requested_minor=requested,
        paid_minor=paid,
        fees_minor=fees if _is_integer(fees) else None,
        currency=currency.upper(),
        paid_at=_instant(data.get("paid_at")),
    )


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _event(body: bytes) -> WebhookEvent:
    """Read a signed body. They number no events: what happened to what is the identity."""
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return WebhookEvent("unreadable", digest, None)
    match message:
        case {"event": str(kind)} if not _is_plain(kind):
            return WebhookEvent("unreadable", digest, None)
        case {"event": str(kind), "data": dict(data)}:
            reference = data.get("reference") if kind == "charge.success" else None
            return WebhookEvent(
                kind=kind[:60],
                dedupe_key=_dedupe_key(kind, data) or digest,
                payment_reference=reference if _is_storable(reference) else None,
            )
        case {"event": str(kind)}:
            return WebhookEvent(kind[:60], digest, None)
        case _:
            return WebhookEvent("unreadable", digest, None)


def _dedupe_key(kind: str, data: dict[str, Any]) -> str | None:
    for name in ("id", "reference", "transfer_code", "refund_reference"):
        if isinstance(data.get(name), int | str) and data[name] != "":
            key = f"{kind}:{name}={data[name]}:{data.get('status')}"
            return key if len(key) <= _LONGEST_KEY and _is_plain(key) else None
    return None


def _is_storable(reference: object) -> TypeGuard[str]:
    return isinstance(reference, str) and _is_plain(reference)


def _is_plain(text: str) -> bool:
    """A NUL or half a surrogate pair is good JSON and no text for a database."""
    return text.isascii() and text.isprintable()

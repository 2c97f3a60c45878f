from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from payments.simulators.errors import BooksRefusal, SimulatorRefusal
from payments.simulators.models import SimulatedPayment
from payments.simulators.operations.open_payment import PaymentAsked, open_payment

CURRENCIES = {"NGN", "GHS", "KES", "ZAR", "USD"}

_REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\"'<>]{1,480}")
_LARGEST = 1_000_000_000_00


def initialize_payment(
    *, body: Mapping[str, Any], access_code: str, now: datetime
) -> SimulatedPayment:
    """Open a checkout for what `body` asks, in the words of the provider's API.

    Without a reference, the access code becomes one. Raises `SimulatorRefusal`.
    """
    email, amount = _email(body), _amount(body)
    currency = str(body.get("currency") or "NGN").upper()
    if currency not in CURRENCIES:
        raise _refusal("Currency not supported by merchant", "unsupported_currency")
    reference = str(body.get("reference") or access_code)
    if not _REFERENCE.fullmatch(reference):
        raise _refusal("Invalid transaction reference", "invalid_transaction_reference")
    callback_url = str(body.get("callback_url") or "")
    if callback_url and not _WEB_ADDRESS.fullmatch(callback_url):
        raise _refusal("Callback URL must be a valid URL", "invalid_params")

    asked = PaymentAsked(
        provider="paystack",
        reference=reference,
        email=email,
        amount_minor=amount,
        currency=currency,
        callback_url=callback_url,
        metadata=body.get("metadata"),
    )
    try:
        return open_payment(asked=asked, access_code=access_code, now=now)
    except BooksRefusal:
        raise _refusal("Duplicate Transaction Reference", "duplicate_reference") from None


def _email(body: Mapping[str, Any]) -> str:
    email = body.get("email")
    if not isinstance(email, str) or not email:
        raise SimulatorRefusal(
            "Email Address is required",
            code="missing_params",
            next_step="Provide all required params ",
        )
    try:
        validate_email(email)
    except ValidationError:
        raise _refusal("Invalid Email Address Passed", "invalid_email_address") from None
    return email


def _amount(body: Mapping[str, Any]) -> int:
    """An integer of minor units; their API takes it as digits too."""
    given = body.get("amount")
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit()):
        raise _refusal("Invalid Amount Sent", "invalid_amount")
    if not 0 < int(text[:20]) <= _LARGEST:
        raise _refusal("Invalid Amount Sent", "invalid_amount")
    return int(text)


def _refusal(message: str, code: str) -> SimulatorRefusal:
    return SimulatorRefusal(
        message, code=code, next_step="Ensure that the value(s) you're passing are valid."
    )

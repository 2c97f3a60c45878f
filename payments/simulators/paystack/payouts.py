"""The calls of Paystack's API that pay out and give back."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from payments.simulators import operations, queries
from payments.simulators.errors import BooksRefusal, SimulatorRefusal
from payments.simulators.operations import PayoutAsked
from payments.simulators.paystack import money_out
from payments.simulators.paystack.api import listed, paystack, read_body, success
from payments.simulators.speaking import dice

PAYSTACK = "paystack"

_WORDS = {
    "duplicate_reference": (
        "Please provide a unique reference. Reference already exists on a transfer",
        "duplicate_transfer_reference",
    ),
    "balance_too_low": (
        "Your balance is not enough to fulfil this request",
        "insufficient_balance",
    ),
    "not_paid": ("Transaction has not been paid", "invalid_params"),
    "too_much": ("Refund amount cannot be more than transaction amount", "invalid_params"),
}


@paystack
@require_GET
def resolve(request: HttpRequest) -> HttpResponse:
    """`GET /bank/resolve`: every account of ten digits is somebody's, except 9999999999."""
    account = request.GET.get("account_number", "")
    if not (account.isascii() and account.isdigit() and len(account) == 10) or (
        account == "9999999999"
    ):
        raise SimulatorRefusal(
            "Could not resolve account name. Check parameters or try again.",
            code="invalid_params",
            next_step="Provide a valid account number and bank code.",
            status=422,
        )
    holder = f"TEST HOLDER {account[-4:]}"
    return success("Account number resolved", {"account_number": account, "account_name": holder})


@paystack
@require_POST
def recipients(request: HttpRequest) -> HttpResponse:
    """`POST /transferrecipient`: an account that is known keeps its code."""
    body = read_body(request)
    number, bank_code, currency, name = (
        _text(body, field) for field in ("account_number", "bank_code", "currency", "name")
    )
    if not (number and bank_code and name):
        raise SimulatorRefusal(
            "Account number, bank code and name are required", code="missing_params"
        )
    recipient = operations.add_recipient(
        provider=PAYSTACK,
        code=f"RCP_{secrets.token_hex(8)[:15]}",
        account=(number, bank_code, currency or "NGN"),
        name=name,
        now=queries.now(),
    )
    return success("Transfer recipient created successfully", money_out.recipient(recipient))


@paystack
@require_http_methods(["GET", "POST"])
def transfers(request: HttpRequest) -> HttpResponse:
    """`POST /transfer`, and `GET /transfer` lists them."""
    if request.method == "GET":
        return listed(
            request, "Transfers retrieved", queries.payouts(provider=PAYSTACK), money_out.transfer
        )
    body = read_body(request)
    recipient = queries.recipient_by_code(_text(body, "recipient"), PAYSTACK)
    if recipient is None:
        raise SimulatorRefusal("Recipient specified is invalid", code="invalid_transfer_recipient")
    asked = PayoutAsked(
        provider=PAYSTACK,
        reference=_text(body, "reference") or secrets.token_hex(10),
        code=f"TRF_{secrets.token_hex(8)}",
        recipient=recipient,
        amount_minor=_amount(body),
        currency=_text(body, "currency") or "NGN",
        reason=_text(body, "reason"),
    )
    try:
        payout = operations.pay_out(asked=asked, now=queries.now(), dice=dice)
    except BooksRefusal as refusal:
        raise _in_words(refusal) from None
    return success("Transfer has been queued", money_out.transfer(payout, of_call=True))


@paystack
@require_GET
def verify_transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """`GET /transfer/verify/{reference}`."""
    payout = queries.payout_by_reference(reference, PAYSTACK)
    if payout is None:
        raise SimulatorRefusal("Transfer not found", code="transfer_not_found", status=404)
    return success("Transfer retrieved", money_out.transfer(payout))


@paystack
@require_http_methods(["GET", "POST"])
def refunds(request: HttpRequest) -> HttpResponse:
    """`POST /refund`, twice when asked twice; `GET /refund` lists them, also of one payment."""
    if request.method == "GET":
        rows = queries.refunds(provider=PAYSTACK)
        payment = request.GET.get("transaction", "")
        if payment:
            known = payment.isascii() and payment.isdigit() and len(payment) < 18
            rows = rows.filter(payment_id=int(payment)) if known else rows.none()
        return listed(request, "Refunds retrieved", rows, money_out.refund)
    body = read_body(request)
    paid = queries.payment_by_reference(_text(body, "transaction"))
    if paid is None:
        raise SimulatorRefusal(
            "Transaction reference not found.", code="transaction_not_found", status=404
        )
    try:
        refund = operations.refund_payment(
            payment=paid,
            amount_minor=_amount(body) if "amount" in body else None,
            reference=_text(body, "merchant_note")[:200],
            now=queries.now(),
            dice=dice,
        )
    except BooksRefusal as refusal:
        raise _in_words(refusal) from None
    return success("Refund has been queued for processing", money_out.refund(refund, of_call=True))


def _in_words(refusal: BooksRefusal) -> SimulatorRefusal:
    message, code = _WORDS[refusal.code]
    return SimulatorRefusal(message, code=code)


def _amount(body: dict[str, Any]) -> int:
    text = str(body.get("amount"))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= 1_000_000_000_00):
        raise SimulatorRefusal("Invalid amount", code="invalid_amount")
    return int(text)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) and queries.is_plain(value) else ""

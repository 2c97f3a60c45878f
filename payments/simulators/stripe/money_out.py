"""The calls of Stripe's API that give back and pay out."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from payments.simulators import operations, queries
from payments.simulators.errors import BooksRefusal, SimulatorRefusal
from payments.simulators.models import SimulatedPayout
from payments.simulators.operations import PayoutAsked
from payments.simulators.speaking import dice
from payments.simulators.stripe import dialect
from payments.simulators.stripe.api import (
    STRIPE,
    amount,
    keyed,
    listed,
    missing,
    payment_of_intent,
    stripe,
)

_WORDS = {
    "balance_too_low": ("You have insufficient available funds", "balance_insufficient"),
    "not_paid": (
        "This PaymentIntent does not have a successful charge to refund",
        "charge_not_paid",
    ),
    "too_much": ("Refund amount is greater than unrefunded amount", "amount_too_large"),
    "duplicate_reference": ("This transfer group has a transfer", "parameter_invalid"),
    "too_late": ("This transfer is already fully reversed", "transfer_already_reversed"),
}


@stripe
@require_http_methods(["GET", "POST"])
@keyed
def refunds(request: HttpRequest) -> HttpResponse:
    """`POST /v1/refunds`, and `GET` lists those of a payment intent."""
    if request.method == "GET":
        rows = queries.refunds(provider=STRIPE)
        if code := request.GET.get("payment_intent", ""):
            rows = rows.filter(payment=payment_of_intent(code))
        return listed(request, rows, dialect.refund, prefix="re_")
    try:
        row = operations.refund_payment(
            payment=payment_of_intent(request.POST.get("payment_intent", "")),
            amount_minor=amount(request) if "amount" in request.POST else None,
            reference=request.POST.get("metadata[reference]", "")[:200],
            now=queries.now(),
            dice=dice,
        )
    except BooksRefusal as refusal:
        raise _in_words(refusal) from None
    return JsonResponse(dialect.refund(row))


@stripe
@require_POST
@keyed
def accounts(request: HttpRequest) -> HttpResponse:
    """`POST /v1/accounts`: a connected account with a bank account of its own."""
    bank = {name: request.POST.get(f"external_account[{name}]", "") for name in _BANK}
    if not all(bank.values()):
        raise SimulatorRefusal("Missing required param: external_account", code="parameter_missing")
    row = operations.add_recipient(
        provider=STRIPE,
        code=f"acct_{secrets.token_hex(8)}",
        account=(bank["account_number"], bank["routing_number"], bank["currency"].upper()),
        name=bank["account_holder_name"],
        now=queries.now(),
    )
    return JsonResponse({"id": row.code, "object": "account", "type": "custom"})


_BANK = ("account_number", "routing_number", "currency", "account_holder_name")


@stripe
@require_http_methods(["GET", "POST"])
@keyed
def transfers(request: HttpRequest) -> HttpResponse:
    """`POST /v1/transfers` to a connected account, and `GET` lists those of a group."""
    if request.method == "GET":
        rows = queries.payouts(provider=STRIPE)
        group = request.GET.get("transfer_group", "")
        if group:
            rows = rows.filter(reference=group) if queries.is_plain(group) else rows.none()
        return listed(request, rows, dialect.transfer, prefix="tr_")
    destination = request.POST.get("destination", "")
    recipient = queries.recipient_by_code(destination, STRIPE)
    if recipient is None:
        raise missing("destination", destination)
    asked = PayoutAsked(
        provider=STRIPE,
        reference=request.POST.get("transfer_group", ""),
        code=f"tr_{secrets.token_hex(8)}",
        recipient=recipient,
        amount_minor=amount(request),
        currency=request.POST.get("currency", "").upper(),
        reason=request.POST.get("description", ""),
    )
    try:
        row = operations.pay_out(asked=asked, now=queries.now(), dice=dice)
    except BooksRefusal as refusal:
        raise _in_words(refusal) from None
    return JsonResponse(dialect.transfer(row))


@stripe
@require_POST
@keyed
def reversals(request: HttpRequest, code: str) -> HttpResponse:
    """`POST /v1/transfers/{id}/reversals`: take it back whole."""
    row = SimulatedPayout.objects.filter(provider=STRIPE, code=code).first()
    if row is None:
        raise missing("transfer", code)
    try:
        row = operations.cancel_payout(payout_id=row.pk, now=queries.now(), dice=dice)
    except BooksRefusal as refusal:
        raise _in_words(refusal) from None
    return JsonResponse({"id": f"trr_{row.pk}", "object": "transfer_reversal", "transfer": code})


def _in_words(refusal: BooksRefusal) -> SimulatorRefusal:
    message, code = _WORDS[refusal.code]
    return SimulatorRefusal(message, code=code)

"""The page on which a payer would pay. Works without JavaScript, and with curl."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from payments.simulators import queries, tasks
from payments.simulators.models import SimulatedPayment
from payments.simulators.operations import finish_checkout
from payments.simulators.operations.finish_checkout import OUTCOMES
from payments.simulators.paystack import dialect
from payments.simulators.speaking import deliver_early, dice

# Test cards as Stripe and Paystack publish them.
_CARDS = {
    "4242424242424242": "success",
    "4000000000000077": "success",
    "4084084084084081": "success",
    "4000000000000002": "failed",
    "4000000000009995": "failed",
}


@csrf_exempt  # the address itself is the secret, as with the provider
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, provider: str, access_code: str) -> HttpResponse:
    """Show what is to be paid, or take the payer's `outcome`."""
    payment = queries.payment_by_access_code(access_code, provider)
    if payment is None:
        raise Http404
    if request.method != "POST":
        return _page(request, payment)
    outcome = _outcome(request)
    if outcome not in OUTCOMES:
        return _page(request, payment, problem="Choose success, failed or abandoned.")

    payment = finish_checkout(
        access_code=access_code, outcome=outcome, now=queries.now(), dice=dice
    )
    faults = queries.faults()
    if dice() < faults.early_webhook:
        deliver_early(faults)
    hint = partial(tasks.deliver_webhooks.apply_async, countdown=faults.webhook_seconds)
    transaction.on_commit(hint, robust=True)
    return _page(request, payment, answered=True)


def _outcome(request: HttpRequest) -> str:
    """What the payer chose, or what the provider says of the test card that they gave."""
    card = request.POST.get("card", "").replace(" ", "")
    if card in _CARDS:
        return _CARDS[card]
    return request.POST.get("outcome", "")


def _page(
    request: HttpRequest, payment: SimulatedPayment, *, answered: bool = False, problem: str = ""
) -> HttpResponse:
    context = {
        "payment": payment,
        "amount": dialect.decimal(payment.requested_minor, payment.currency),
        "answered": answered or payment.is_paid,
        "provider": payment.provider.capitalize(),
        "problem": problem,
        "back": _back(payment),
    }
    return render(request, "simulator/checkout.html", context, status=400 if problem else 200)


def _back(payment: SimulatedPayment) -> str:
    if not payment.callback_url:
        return ""
    joint = "&" if "?" in payment.callback_url else "?"
    query = urlencode({"trxref": payment.reference, "reference": payment.reference})
    return f"{payment.callback_url}{joint}{query}"

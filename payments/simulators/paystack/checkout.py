"""The page on which a payer would pay. Works without JavaScript, and with curl."""

from __future__ import annotations

import secrets
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from payments.simulators import queries, tasks
from payments.simulators.models import SimulatedPayment
from payments.simulators.operations import finish_checkout
from payments.simulators.paystack import dialect

_dice = secrets.SystemRandom().random


@csrf_exempt  # the address itself is the secret, as with the provider
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, access_code: str) -> HttpResponse:
    """Show what is to be paid, or take the payer's `outcome`."""
    payment = queries.payment_by_access_code(access_code)
    if payment is None:
        raise Http404
    if request.method != "POST":
        return _page(request, payment)
    outcome = request.POST.get("outcome", "")
    if outcome not in SimulatedPayment.Status.values:
        return _page(request, payment, problem="Choose success, failed or abandoned.")

    payment = finish_checkout(
        access_code=access_code, outcome=outcome, now=timezone.now(), dice=_dice
    )
    hint = partial(tasks.deliver_webhooks.apply_async, countdown=queries.faults().webhook_seconds)
    transaction.on_commit(hint, robust=True)
    return _page(request, payment, answered=True)


def _page(
    request: HttpRequest, payment: SimulatedPayment, *, answered: bool = False, problem: str = ""
) -> HttpResponse:
    context = {
        "payment": payment,
        "amount": dialect.decimal(payment.requested_minor, payment.currency),
        "answered": answered or payment.status == SimulatedPayment.Status.SUCCESS,
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

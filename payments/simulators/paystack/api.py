"""The calls of Paystack's API that an adapter makes here, faults included."""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from payments.simulators import queries
from payments.simulators.errors import SimulatorRefusal
from payments.simulators.operations import initialize_payment
from payments.simulators.paystack import dialect

View = Callable[..., HttpResponse]

_dice = secrets.SystemRandom().random


def spoken(view: View) -> View:
    """Check the key, answer refusals in the provider's words, and misbehave as set."""

    @csrf_exempt
    @wraps(view)
    def call(request: HttpRequest, **captured: Any) -> HttpResponse:
        faults = queries.faults()
        if _dice() < faults.error:
            return HttpResponse("<html>502 Bad Gateway</html>", status=502)
        if _dice() < faults.timeout:
            time.sleep(faults.timeout_seconds)
            return HttpResponse("<html>504 Gateway Time-out</html>", status=504)
        if _dice() < faults.delay:
            time.sleep(faults.delay_seconds)
        answer = _answer(view, request, **captured)
        if _dice() < faults.error_after:
            return HttpResponse("<html>502 Bad Gateway</html>", status=502)
        if _dice() < faults.timeout_after:
            time.sleep(faults.timeout_seconds)
        return answer

    return call


def _answer(view: View, request: HttpRequest, **captured: Any) -> HttpResponse:
    try:
        _check_key(request)
        return view(request, **captured)
    except SimulatorRefusal as refusal:
        body = {
            "status": False,
            "message": refusal.message,
            "meta": {"nextStep": refusal.next_step},
            "type": "validation_error",
            "code": refusal.code,
        }
        return JsonResponse(body, status=refusal.status)


def _check_key(request: HttpRequest) -> None:
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {settings.PAYSTACK_SECRET_KEY}".encode()):
        raise SimulatorRefusal(
            "Invalid key",
            code="invalid_Key",
            next_step="Ensure that you provide the correct authorization key for the request",
            status=401,
        )


@spoken
@require_POST
def initialize(request: HttpRequest) -> HttpResponse:
    """`POST /transaction/initialize`: open a checkout."""
    payment = initialize_payment(
        body=_body(request), access_code=secrets.token_hex(8)[:15], now=timezone.now()
    )
    return _success(
        "Authorization URL created",
        {
            "authorization_url": (
                f"{settings.PURSER_ORIGIN}/simulator/paystack/checkout/{payment.access_code}"
            ),
            "access_code": payment.access_code,
            "reference": payment.reference,
        },
    )


@spoken
@require_GET
def verify(request: HttpRequest, reference: str) -> HttpResponse:
    """`GET /transaction/verify/{reference}`: what became of a payment."""
    payment = queries.payment_by_reference(reference)
    if payment is None:
        raise SimulatorRefusal(
            "Transaction reference not found.",
            code="transaction_not_found",
            next_step="Ensure that you're passing the reference of a transaction that exists on "
            "this integration",
        )
    return _success("Verification successful", dialect.transaction(payment, no_metadata=""))


@spoken
@require_GET
def transactions(request: HttpRequest) -> HttpResponse:
    """`GET /transaction`: all payments by page, newest first."""
    per_page = _number(request, "perPage", 50, largest=100)
    page = _number(request, "page", 1, largest=1_000_000)
    rows = queries.payments(status=request.GET.get("status", ""))
    total, start = rows.count(), (page - 1) * per_page
    meta = {
        "total": total,
        "skipped": start,
        "perPage": per_page,
        "page": page,
        "pageCount": -(-total // per_page),
    }
    data = [dialect.transaction(row, no_metadata=None) for row in rows[start : start + per_page]]
    return JsonResponse(
        {"status": True, "message": "Transactions retrieved", "data": data, "meta": meta}
    )


@spoken
@require_GET
def balance(request: HttpRequest) -> HttpResponse:
    """`GET /balance`: what the provider holds for us."""
    held = queries.balances() or {"NGN": 0}
    rows = [{"currency": currency, "balance": amount} for currency, amount in held.items()]
    return _success("Balances retrieved", rows)


def _success(message: str, data: object) -> JsonResponse:
    return JsonResponse({"status": True, "message": message, "data": data})


def _body(request: HttpRequest) -> dict[str, Any]:
    """Their API takes JSON and forms alike."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SimulatorRefusal(
            "Invalid JSON body", code="invalid_params", next_step="Send a JSON object."
        )
    return body


def _number(request: HttpRequest, name: str, default: int, *, largest: int) -> int:
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
    return min(max(number, 1), largest)

"""The calls of Paystack's API that an adapter makes here, faults included."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from payments.simulators import queries
from payments.simulators.errors import SimulatorRefusal
from payments.simulators.operations import initialize_payment
from payments.simulators.paystack import dialect
from payments.simulators.speaking import spoken

T = TypeVar("T", bound=Model)


def _refuse(refusal: SimulatorRefusal) -> HttpResponse:
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


paystack = spoken(check=_check_key, refuse=_refuse)


@paystack
@require_POST
def initialize(request: HttpRequest) -> HttpResponse:
    """`POST /transaction/initialize`: open a checkout."""
    payment = initialize_payment(
        body=read_body(request), access_code=secrets.token_hex(8)[:15], now=queries.now()
    )
    return success(
        "Authorization URL created",
        {
            "authorization_url": (
                f"{settings.PURSER_ORIGIN}/simulator/paystack/checkout/{payment.access_code}"
            ),
            "access_code": payment.access_code,
            "reference": payment.reference,
        },
    )


@paystack
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
    return success("Verification successful", dialect.transaction(payment, no_metadata=""))


@paystack
@require_GET
def transactions(request: HttpRequest) -> HttpResponse:
    """`GET /transaction`: all payments by page, newest first."""
    rows = queries.payments(status=request.GET.get("status", ""))
    return listed(
        request, "Transactions retrieved", rows, partial(dialect.transaction, no_metadata=None)
    )


@paystack
@require_GET
def balance(request: HttpRequest) -> HttpResponse:
    """`GET /balance`: what the provider holds for us."""
    held = queries.balances() or {"NGN": 0}
    rows = [{"currency": currency, "balance": amount} for currency, amount in held.items()]
    return success("Balances retrieved", rows)


def listed(
    request: HttpRequest, message: str, rows: QuerySet[T], show: Callable[[T], dict[str, Any]]
) -> JsonResponse:
    """Answer one page of what happened in the time asked for, newest first."""
    for name, lookup in (("from", "created_at__gte"), ("to", "created_at__lte")):
        moment = parse_datetime(request.GET.get(name, ""))
        rows = rows.filter(**{lookup: moment}) if moment else rows
    per_page = number(request, "perPage", 50, largest=100)
    page = number(request, "page", 1, largest=1_000_000)
    total, start = rows.count(), (page - 1) * per_page
    meta = {
        "total": total,
        "skipped": start,
        "perPage": per_page,
        "page": page,
        "pageCount": -(-total // per_page),
    }
    data = [show(row) for row in rows[start : start + per_page]]
    return JsonResponse({"status": True, "message": message, "data": data, "meta": meta})


def success(message: str, data: object) -> JsonResponse:
    return JsonResponse({"status": True, "message": message, "data": data})


def read_body(request: HttpRequest) -> dict[str, Any]:
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


def number(request: HttpRequest, name: str, default: int, *, largest: int) -> int:
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
    return min(max(number, 1), largest)

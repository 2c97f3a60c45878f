"""The calls of Stripe's API that take payments and read the balance, in forms as they want them."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from payments.simulators import operations, queries
from payments.simulators.errors import BooksRefusal, SimulatorRefusal
from payments.simulators.models import SimulatedPayment
from payments.simulators.operations import PaymentAsked
from payments.simulators.speaking import View, spoken
from payments.simulators.stripe import dialect

STRIPE = "stripe"
T = TypeVar("T", bound=Model)

_SEARCH = re.compile(r"metadata\['reference'\]:'([A-Za-z0-9_-]{1,100})'")
_KEY_WORDS = {
    "key_in_use": ("idempotency_key_in_use", 409),
    "key_reused": ("idempotency_error", 400),
}


def _check_key(request: HttpRequest) -> None:
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {settings.STRIPE_SECRET_KEY}".encode()):
        raise SimulatorRefusal("Invalid API Key provided", code="api_key_invalid", status=401)


def _refuse(refusal: SimulatorRefusal) -> HttpResponse:
    kind = "idempotency_error" if "idempotency" in refusal.code else "invalid_request_error"
    error = {"type": kind, "code": refusal.code, "message": refusal.message}
    return JsonResponse({"error": error}, status=refusal.status)


stripe = spoken(check=_check_key, refuse=_refuse)


def keyed(view: View) -> View:
    """Answer a request with a key as it was answered first, also when that was lost on its way."""

    @wraps(view)
    def call(request: HttpRequest, **captured: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key:
            return view(request, **captured)
        fingerprint = hashlib.sha256(request.get_full_path().encode() + b"\n" + request.body)
        try:
            earlier = operations.begin_answer(
                provider=STRIPE,
                key=key[:255],
                fingerprint=fingerprint.hexdigest(),
                now=queries.now(),
            )
        except BooksRefusal as refusal:
            code, status = _KEY_WORDS[refusal.code]
            raise SimulatorRefusal("Keys can only be used once", code=code, status=status) from None
        if earlier is not None:
            again = {"Idempotent-Replayed": "true"}
            return HttpResponse(
                earlier.body, status=earlier.status, content_type="application/json", headers=again
            )
        try:
            answer = view(request, **captured)
        except SimulatorRefusal as refusal:
            operations.finish_answer(provider=STRIPE, key=key, status=refusal.status, body="")
            raise
        operations.finish_answer(
            provider=STRIPE, key=key, status=answer.status_code, body=answer.content.decode()
        )
        return answer

    return call


@stripe
@require_POST
@keyed
def sessions(request: HttpRequest) -> HttpResponse:
    """`POST /v1/checkout/sessions`: one line item of one price."""
    item = "line_items[0][price_data]"
    asked = PaymentAsked(
        provider=STRIPE,
        reference=request.POST.get("client_reference_id", ""),
        email=request.POST.get("customer_email", ""),
        amount_minor=amount(request, f"{item}[unit_amount]"),
        currency=request.POST.get(f"{item}[currency]", "").upper(),
        callback_url=request.POST.get("success_url", ""),
    )
    if request.POST.get("mode") != "payment" or not re.fullmatch(r"[A-Z]{3}", asked.currency):
        raise SimulatorRefusal("Invalid mode or currency", code="parameter_invalid")
    try:
        code = secrets.token_hex(10)
        row = operations.open_payment(asked=asked, access_code=code, now=queries.now())
    except BooksRefusal:
        # They would open another; nobody here asks for that, and it would hide a mistake.
        raise SimulatorRefusal("This reference has a session", code="parameter_invalid") from None
    return JsonResponse(dialect.session(row))


@stripe
@require_GET
def session(request: HttpRequest, code: str) -> HttpResponse:
    """`GET /v1/checkout/sessions/{id}`."""
    row = queries.payment_by_access_code(code.removeprefix("cs_test_"), STRIPE)
    if row is None:
        raise missing("checkout.session", code)
    return JsonResponse(dialect.session(row, expanded=bool(request.GET.getlist("expand[]"))))


@stripe
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """`GET /v1/payment_intents/search` by the reference in the metadata."""
    match = _SEARCH.fullmatch(request.GET.get("query", ""))
    if match is None:
        raise SimulatorRefusal("Invalid search query", code="parameter_invalid")
    row = queries.payment_by_reference(match[1], STRIPE)
    known = row is not None and dialect.intent_id(row) is not None
    data = [dialect.intent(row)] if row is not None and known else []
    return JsonResponse({"object": "search_result", "data": data, "has_more": False, "url": ""})


@stripe
@require_GET
def balance(request: HttpRequest) -> HttpResponse:
    """`GET /v1/balance`."""
    held = queries.balances(STRIPE).items()
    rows = [{"amount": minor, "currency": code.lower(), "source_types": {}} for code, minor in held]
    return JsonResponse({"object": "balance", "available": rows, "livemode": False, "pending": []})


@stripe
@require_GET
def balance_transactions(request: HttpRequest) -> HttpResponse:
    """`GET /v1/balance_transactions`, newest first."""
    rows = queries.movements(provider=STRIPE)
    for name, lookup in (("created[gte]", "recorded_at__gte"), ("created[lt]", "recorded_at__lt")):
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 12:
            rows = rows.filter(**{lookup: datetime.fromtimestamp(int(text), tz=UTC)})
    return listed(request, rows, dialect.balance_transaction, prefix="txn_")


def listed(
    request: HttpRequest,
    rows: QuerySet[T],
    show: Callable[[T], dict[str, Any]],
    *,
    prefix: str,
) -> HttpResponse:
    """Answer one page, newest first, after the object that `starting_after` names."""
    limit = request.GET.get("limit", "10")
    size = min(int(limit), 100) if limit.isascii() and limit.isdigit() and len(limit) < 4 else 10
    after = request.GET.get("starting_after", "").removeprefix(prefix)
    if after.isascii() and after.isdigit() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    page = list(rows[: size + 1])
    return JsonResponse(
        {
            "object": "list",
            "data": [show(row) for row in page[:size]],
            "has_more": len(page) > size,
            "url": request.path,
        }
    )


def amount(request: HttpRequest, name: str = "amount") -> int:
    """Read an amount in minor units, at most eight digits."""
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise SimulatorRefusal(f"Invalid integer: {name}", code="parameter_invalid_integer")
    return int(text)


def missing(what: str, code: str) -> SimulatorRefusal:
    """Return what they say of an object that there is not."""
    return SimulatorRefusal(f"No such {what}: '{code}'", code="resource_missing", status=404)


def payment_of_intent(code: str) -> SimulatedPayment:
    """Return the payment behind a payment intent."""
    row = queries.payment_by_access_code(code.removeprefix("pi_"), STRIPE)
    if row is None:
        raise missing("payment_intent", code)
    return row

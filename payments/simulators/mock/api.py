"""The mock provider's API. Every reference is idempotent: asked again, it answers as before."""

from __future__ import annotations

import hmac
import json
import secrets
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from payments.simulators import operations, queries
from payments.simulators.errors import BooksRefusal, SimulatorRefusal
from payments.simulators.mock import dialect
from payments.simulators.models import BalanceMovement, SimulatedPayment
from payments.simulators.operations import PaymentAsked, PayoutAsked
from payments.simulators.speaking import dice, spoken

MOCK = "mock"


def _check_key(request: HttpRequest) -> None:
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {settings.MOCK_SECRET_KEY}".encode()):
        raise SimulatorRefusal("The key is wrong.", code="unauthorized", status=401)


def _refuse(refusal: SimulatorRefusal) -> HttpResponse:
    body = {"error": {"code": refusal.code, "message": refusal.message}}
    return JsonResponse(body, status=refusal.status)


mock = spoken(check=_check_key, refuse=_refuse)


@mock
@require_POST
def payments(request: HttpRequest) -> HttpResponse:
    """`POST /payments {reference, amount, currency, email, return_url}`."""
    body = _body(request)
    currency = _text(body, "currency")
    asked = PaymentAsked(
        provider=MOCK,
        reference=_text(body, "reference"),
        email=_text(body, "email"),
        amount_minor=_minor(body, currency),
        currency=currency,
        callback_url=_text(body, "return_url"),
    )
    try:
        code = secrets.token_hex(8)[:15]
        row = operations.open_payment(asked=asked, access_code=code, now=queries.now())
    except BooksRefusal:
        earlier = _payment(asked.reference)
        if (earlier.requested_minor, earlier.currency) != (asked.amount_minor, currency):
            raise _refusal("duplicate_reference", 409) from None
        row = earlier
    return JsonResponse(dialect.payment(row), status=201)


@mock
@require_GET
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """`GET /payments/{reference}`."""
    return JsonResponse(dialect.payment(_payment(reference)))


@mock
@require_POST
def refunds(request: HttpRequest, reference: str) -> HttpResponse:
    """`POST /payments/{reference}/refunds {reference, amount}`."""
    paid, body = _payment(reference), _body(request)
    name, amount = _text(body, "reference"), _minor(body, paid.currency)
    earlier = queries.refunds(provider=MOCK).filter(payment=paid, reference=name).first()
    if earlier is not None:
        if earlier.amount_minor != amount:
            raise _refusal("duplicate_reference", 409)
        return JsonResponse(dialect.refund(earlier), status=201)
    try:
        row = operations.refund_payment(
            payment=paid, amount_minor=amount, reference=name, now=queries.now(), dice=dice
        )
    except BooksRefusal as refusal:
        raise _refusal(refusal.code, 422) from None
    return JsonResponse(dialect.refund(row), status=201)


@mock
@require_GET
def refund(request: HttpRequest, reference: str, refund: str) -> HttpResponse:
    """`GET /payments/{reference}/refunds/{refund}`."""
    rows = queries.refunds(provider=MOCK).filter(payment=_payment(reference))
    row = rows.filter(reference=refund).first() if queries.is_plain(refund) else None
    if row is None:
        raise _refusal("not_found", 404)
    return JsonResponse(dialect.refund(row))


@mock
@require_GET
def account(request: HttpRequest, bank_code: str, number: str) -> HttpResponse:
    """`GET /accounts/{bank}/{number}`: every account is somebody's, except 9999999999."""
    if number == "9999999999":
        raise _refusal("not_found", 404)
    return JsonResponse({"number": number, "bank": bank_code, "name": f"TEST HOLDER {number[-4:]}"})


@mock
@require_POST
def beneficiaries(request: HttpRequest) -> HttpResponse:
    """`POST /beneficiaries {number, bank, currency, name}`."""
    body = _body(request)
    number, bank, currency, name = (
        _text(body, field) for field in ("number", "bank", "currency", "name")
    )
    row = operations.add_recipient(
        provider=MOCK,
        code=f"mbn_{secrets.token_hex(8)}",
        account=(number, bank, currency),
        name=name,
        now=queries.now(),
    )
    return JsonResponse({"id": row.code, "name": row.name}, status=201)


@mock
@require_POST
def payouts(request: HttpRequest) -> HttpResponse:
    """`POST /payouts {reference, amount, currency, beneficiary, reason}`."""
    body = _body(request)
    recipient = queries.recipient_by_code(_text(body, "beneficiary"), MOCK)
    if recipient is None:
        raise _refusal("invalid_beneficiary", 422)
    currency = _text(body, "currency")
    asked = PayoutAsked(
        provider=MOCK,
        reference=_text(body, "reference"),
        code=f"mpo_{secrets.token_hex(8)}",
        recipient=recipient,
        amount_minor=_minor(body, currency),
        currency=currency,
        reason=_text(body, "reason"),
    )
    earlier = queries.payout_by_reference(asked.reference, MOCK)
    try:
        row = earlier or operations.pay_out(asked=asked, now=queries.now(), dice=dice)
    except BooksRefusal as refusal:
        raise _refusal(refusal.code, 409) from None
    if (row.amount_minor, row.recipient_id) != (asked.amount_minor, recipient.pk):
        raise _refusal("duplicate_reference", 409)
    return JsonResponse(dialect.payout(row), status=201)


@mock
@require_GET
def payout(request: HttpRequest, reference: str) -> HttpResponse:
    """`GET /payouts/{reference}`."""
    row = queries.payout_by_reference(reference, MOCK)
    if row is None:
        raise _refusal("not_found", 404)
    return JsonResponse(dialect.payout(row))


@mock
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """`POST /payouts/{reference}/cancel`: while it is pending."""
    row = queries.payout_by_reference(reference, MOCK)
    if row is None:
        raise _refusal("not_found", 404)
    if row.status != row.Status.CANCELLED:
        try:
            row = operations.cancel_payout(payout_id=row.pk, now=queries.now(), dice=dice)
        except BooksRefusal as refusal:
            raise _refusal(refusal.code, 409) from None
    return JsonResponse(dialect.payout(row))


@mock
@require_GET
def balances(request: HttpRequest) -> HttpResponse:
    """`GET /balances`."""
    held = queries.balances(MOCK)
    return JsonResponse({name: dialect.decimal(minor, name) for name, minor in held.items()})


@mock
@require_http_methods(["GET"])
def movements(request: HttpRequest) -> HttpResponse:
    """`GET /movements?since=&until=&after=`: what changed the balance, oldest first, by 100."""
    rows = queries.movements(provider=MOCK).order_by("id")
    for name, lookup in (("since", "recorded_at__gte"), ("until", "recorded_at__lt")):
        moment = parse_datetime(request.GET.get(name, ""))
        rows = rows.filter(**{lookup: moment}) if moment else rows
    after = request.GET.get("after", "")
    rows = rows.filter(pk__gt=int(after)) if after.isascii() and after.isdigit() else rows
    return JsonResponse(_page(rows))


def _page(rows: QuerySet[BalanceMovement]) -> dict[str, Any]:
    page = list(rows[:101])
    return {"movements": [_movement(row) for row in page[:100]], "more": len(page) > 100}


def _movement(row: BalanceMovement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "reference": row.reference,
        "source": row.source,
        "gross": dialect.decimal(row.gross_minor, row.currency),
        "fee": dialect.decimal(row.fee_minor, row.currency),
        "currency": row.currency,
        "at": row.recorded_at.isoformat(),
    }


def _payment(reference: str) -> SimulatedPayment:
    row = queries.payment_by_reference(reference, MOCK)
    if row is None:
        raise _refusal("not_found", 404)
    return row


def _refusal(code: str, status: int) -> SimulatorRefusal:
    return SimulatorRefusal(code.replace("_", " ").capitalize(), code=code, status=status)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _refusal("invalid_json", 400)
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value[:200] if isinstance(value, str) and queries.is_plain(value) else ""


def _minor(body: dict[str, Any], currency: str) -> int:
    exponent = 0 if currency in dialect.WHOLE else 2
    try:
        minor = Decimal(_text(body, "amount")).scaleb(exponent)
    except InvalidOperation:
        raise _refusal("invalid_amount", 400) from None
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 < minor < 10**15:
        raise _refusal("invalid_amount", 400)
    return int(minor)

"""The page behind a link: what is asked for, and a QR code that leads here."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from wallets import qr, request_queries
from wallets.api.request_serializers import asked_amount, link_of
from wallets.errors import PaymentRequestNotFound
from wallets.life_queries import mask

# Words and a drawing: nothing is loaded, nothing is sent.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@require_safe
def payment_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show a request to whoever has its link: they need no account to read it."""
    try:
        found = request_queries.find_request(request_id)
    except PaymentRequestNotFound:
        raise Http404 from None
    asked = found.request
    context = {
        "requester": mask(found.name) or "Somebody",
        "amount": asked_amount(asked),
        "currency": asked.wallet.currency,
        "description": asked.description,
        "status": asked.status_at(timezone.now()),
        "expires_at": asked.expires_at,
        "id": asked.pk,
        "code": SafeString(qr.svg(link_of(asked.pk)).decode()),
    }
    response = render(request, "wallets/payment_request.html", context)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response

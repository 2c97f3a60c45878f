"""Reads of requests to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from wallets.errors import PaymentRequestNotFound
from wallets.models import PaymentRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the name of who asks, which nobody but they may be told whole."""

    request: PaymentRequest
    name: str


def requests_of(owner_id: UUID) -> QuerySet[PaymentRequest]:
    """Return what a person asked to be paid."""
    return PaymentRequest.objects.filter(owner_id=owner_id).select_related(
        "wallet", "entry", "owner"
    )


def find_request(request_id: UUID) -> Asked:
    """Return a request, whoever asks for it: its id is what they were given.

    Raises `PaymentRequestNotFound`.
    """
    rows = PaymentRequest.objects.select_related("wallet", "entry", "owner")
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise PaymentRequestNotFound
    return Asked(request, request.owner.name)

"""Holds: the owner of a wallet sets money aside, pays out of it, and lets it go.

Whoever is paid cannot capture: money leaves a wallet by its owner's word alone.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from ledger import references
from ledger.money import Money, currency
from wallets import hold_queries, queries
from wallets.api.fields import money_of
from wallets.api.hold_serializers import (
    USUAL_LIFE,
    CaptureRequestSerializer,
    CaptureSerializer,
    HoldRequestSerializer,
    HoldSerializer,
    hold_document,
)
from wallets.errors import DestinationNotFound, HoldNotYours
from wallets.models import Hold, HoldPurpose, HoldStatus
from wallets.operations import Capture, HoldOrder, capture_hold, place_hold, release_hold


class WalletHoldsView(AtomicPost):
    """What is set aside of a wallet: set aside more, list it all."""

    ordering = ("-id",)

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="holds_place",
        request=HoldRequestSerializer,
        responses={201: HoldSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, number: str = "", **_kwargs: Any
    ) -> Response:
        form = HoldRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)

        hold = place_hold(
            order=HoldOrder(
                wallet=wallet,
                amount=money_of(asked["amount"], wallet.currency),
                reference=references.spell("HLD", at=now, entropy=secrets.randbits(64)),
                at=now,
                expires_at=asked.get("expires_at", now + USUAL_LIFE),
                description=asked["description"],
            )
        )

        return Response(hold_document(hold), status=201)

    @extend_schema(
        operation_id="holds_list",
        parameters=[OpenApiParameter("status", str, enum=HoldStatus.values)],
        responses=HoldSerializer(many=True),
    )
    def get(self, request: Request, number: str) -> Response:
        wallet = queries.wallet_facts(owner_id=principal_of(request).id, number=number)
        holds = hold_queries.holds_on(wallet.account_id)
        status = request.query_params.get("status")
        if status is not None and status not in HoldStatus.values:
            raise ValidationError({"status": ["Not a status of holds."]})
        if status is not None:
            holds = holds.filter(status=status)
        return page(self, request, holds, lambda found: [hold_document(hold) for hold in found])


class HoldView(APIView):
    """One hold on a wallet of the caller's."""

    scope = "read"

    @extend_schema(operation_id="holds_read", responses=HoldSerializer)
    def get(self, request: Request, reference: str) -> Response:
        hold = hold_queries.get_hold(owner_id=principal_of(request).id, reference=reference)
        return Response(hold_document(hold))


class CaptureHoldView(AtomicPost):
    """Pay out of a hold of the caller's to another wallet, in parts or as a whole."""

    scope = "transfer"
    wants_pin = True

    @extend_schema(
        operation_id="holds_capture",
        request=CaptureRequestSerializer,
        responses={200: CaptureSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        form = CaptureRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        hold = _customers(request, reference)
        unit = currency(hold.wallet.currency)
        target = queries.find_wallet(asked["destination"])
        if target is None:
            raise DestinationNotFound
        before = hold.captured_minor
        capture = Capture(
            amount=money_of(asked["amount"], unit.code) if "amount" in asked else None,
            reference=references.spell("CAP", at=now, entropy=secrets.randbits(64)),
            to=target,
            at=now,
            final=asked["final"],
            description=asked["description"],
        )

        capture_hold(hold=hold, capture=capture)

        left = hold_queries.get_hold(owner_id=principal_of(request).id, reference=reference)
        paid = capture.amount or Money(left.captured_minor - before, unit)
        return Response(
            hold_document(left)
            | {"capture_reference": capture.reference, "capture_amount": paid.decimal_string()}
        )


class ReleaseHoldView(AtomicPost):
    """Let a hold of the caller's go: what is left of it is available again."""

    scope = "transfer"

    @extend_schema(operation_id="holds_release", request=None, responses={200: HoldSerializer})
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        hold = _customers(request, reference)

        released = release_hold(hold=hold, at=timezone.now(), reason="released by its owner")

        return Response(hold_document(released))


def _customers(request: Request, reference: str) -> Hold:
    hold = hold_queries.get_hold(owner_id=principal_of(request).id, reference=reference)
    if hold.purpose != HoldPurpose.CUSTOMER:
        raise HoldNotYours
    return hold

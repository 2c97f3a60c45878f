"""Views that do one thing each, for the tests of what surrounds every view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import KeyedAnswer
from ledger import errors as ledger
from ledger.money import currency

RAISES: dict[str, Callable[[], Exception]] = {
    "funds": ledger.InsufficientFunds,
    "reversed": lambda: ledger.AlreadyReversed("It was reversed before."),
    "entry": lambda: ledger.UnknownEntry("No such entry."),
    "amount": lambda: ledger.InvalidAmount("NaN is not an amount."),
    "ours": lambda: ledger.UnbalancedEntry("secret detail"),
    "throttled": lambda: Throttled(wait=7),
    "missing": Http404,
    "forbidden": PermissionDenied,
    "suspicious": lambda: SuspiciousOperation("secret detail"),
    "large": RequestDataTooBig,
    "away": lambda: OperationalError("secret detail"),
    "unexpected": lambda: RuntimeError("secret detail"),
}


class Item(serializers.Serializer[Any]):
    amount = serializers.DecimalField(max_digits=8, decimal_places=2)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)


class Order(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    items = Item(many=True)


class Probe(APIView):
    public = True

    def get(self, request: Request, what: str = "") -> Response:
        if what in RAISES:
            error = RAISES[what]()
            raise error
        if what == "currency":
            currency("NOPE")
        return Response({"cookies": hasattr(request._request, "session")})

    def post(self, request: Request) -> Response:
        order = Order(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(order.validated_data, status=201)


class Private(APIView):
    def get(self, request: Request) -> Response:
        return Response({"id": request.user.id})


class Answers(GenericAPIView):
    public = True
    ordering = ("-claimed_at", "-request_key")

    def source(self) -> Any:
        return KeyedAnswer.objects.all()

    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.source())
        assert rows is not None
        return self.get_paginated_response(
            [getattr(r, "request_key", None) or r["request_key"] for r in rows]
        )


class RawAnswers(Answers):
    ordering_kinds: ClassVar[tuple[type, ...]] = (datetime, UUID)

    def source(self) -> Any:
        def fetch(
            *, after: tuple[Any, ...] | None, newer: bool, limit: int
        ) -> Iterable[dict[str, Any]]:
            side, direction = (">", "ASC") if newer else ("<", "DESC")
            past = f"WHERE (claimed_at, request_key) {side} (%s, %s)" if after else ""
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT claimed_at, request_key FROM accounts_keyedanswer "
                    f"{past} ORDER BY claimed_at {direction}, request_key {direction} LIMIT %s",
                    [*(after or ()), limit],
                )
                return [{"claimed_at": at, "request_key": key} for at, key in cursor.fetchall()]

        return fetch


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"session: {hasattr(request, 'session')}")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("secret detail")


urlpatterns = [
    path("api/v1/auth/away", away),
    path("api/v1/probe", Probe.as_view()),
    path("api/v1/probe/<str:what>", Probe.as_view()),
    path("api/v1/private", Private.as_view()),
    path("api/v1/answers", Answers.as_view()),
    path("api/v1/raw-answers", RawAnswers.as_view()),
    path("api/v1/auth/session", page),
    path("page", page),
    path("", include("config.api.urls")),
]

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.permission_denied"
handler404 = "config.api.problems.page_not_found"
handler500 = "config.api.problems.server_error"

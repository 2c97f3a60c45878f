"""Views whose effect is one event, for the tests of idempotency."""

import threading
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.urls import path
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import AtomicPost, StagedPost
from accounts.errors import EmailTaken, PersonNotFound
from events.operations import append_event

# What perform does besides: tests put a function here, and take it out again.
meanwhile: dict[str, Any] = {}


class Unavailable(APIException):
    status_code = 503
    default_code = "provider_unavailable"


def act(request: Request, request_key: UUID | None) -> Response:
    body = request.data
    assert isinstance(body, dict)
    with transaction.atomic():
        append_event(
            type="test.done",
            subject=str(request_key),
            owner_id=request.user.id,
            data={"key": str(request_key)},
        )
    if hook := meanwhile.get("hook"):
        hook()
    match body.get("then"):
        case "refuse":
            raise EmailTaken
        case "nobody":
            raise PersonNotFound
        case "invalid":
            raise ValidationError({"amount": ["No."]})
        case "away":
            raise Unavailable
        case "crash":
            raise RuntimeError("crash")
    return Response({"thread": threading.get_ident(), "amount": body.get("amount")}, status=201)


class Atomic(AtomicPost):
    scope = "transfer"

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        assert connection.in_atomic_block
        return act(request, request_key)


class Staged(StagedPost):
    scope = "deposit"

    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        return act(request, request_key)


class Demanding(Atomic):
    idempotency_required = True


urlpatterns = [
    path("api/v1/atomic", Atomic.as_view()),
    path("api/v1/atomic/<str:name>", Atomic.as_view()),
    path("api/v1/staged", Staged.as_view()),
    path("api/v1/demanding", Demanding.as_view()),
]

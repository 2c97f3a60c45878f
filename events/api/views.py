from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events import operations, queries, signatures, telling
from events.api.serializers import (
    DeliveryFilterSerializer,
    DeliverySerializer,
    EndpointChangeSerializer,
    EndpointSerializer,
    EventFilterSerializer,
    EventSerializer,
    MadeEndpointSerializer,
    NewEndpointSerializer,
)
from events.models import Event, WebhookEndpoint
from events.operations import EndpointChange, EndpointTerms

_INSTANT = {"type": "string", "format": "date-time"}


class EventsView(APIView):
    """What happened to the caller's own, newest first."""

    scope = "read"
    ordering = ("-id",)

    @extend_schema(
        operation_id="events_list",
        parameters=[
            OpenApiParameter("type", str, description="`deposit.completed`, or `deposit.*`."),
            OpenApiParameter("subject", str, description="A reference, wallet number or id."),
            OpenApiParameter("from", _INSTANT),
            OpenApiParameter("to", _INSTANT),
        ],
        responses=EventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        form = EventFilterSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        type_ = asked.get("type", "")
        wanted = queries.EventFilter(
            type="" if type_ == "*" else type_,
            subject=asked.get("subject", ""),
            since=asked["from"],
            until=asked["to"],
        )
        mine = queries.events_of(owner_id=caller_id(request), wanted=wanted)
        paginator = _pagination()()
        found = cast(list[Event], paginator.paginate_queryset(mine, request, view=self))
        return paginator.get_paginated_response(_own_words(found))


class EndpointsView(APIView):
    """Where the caller's events are sent: name an address, list them all."""

    ordering = ("-created_at", "-id")
    few_writes = True

    @property
    def scope(self) -> str | None:
        # Where events go is for a person to say; a program may look.
        return None if self.request.method == "POST" else "read"

    @property
    def sensitive(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(
        operation_id="webhook_endpoints_create",
        request=NewEndpointSerializer,
        responses={201: MadeEndpointSerializer},
    )
    def post(self, request: Request) -> Response:
        form = NewEndpointSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        secret = secrets.token_bytes(signatures.SECRET_BYTES)

        endpoint = operations.create_endpoint(
            owner_id=caller_id(request),
            terms=EndpointTerms(**form.validated_data),
            secret=secret,
            at=timezone.now(),
        )

        return _with_secret(endpoint, secret, status=201)

    @extend_schema(operation_id="webhook_endpoints_list", responses=EndpointSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.endpoints_of(owner_id=caller_id(request))
        paginator = _pagination()()
        found = paginator.paginate_queryset(mine, request, view=self) or []
        return paginator.get_paginated_response([EndpointSerializer(row).data for row in found])


class EndpointView(APIView):
    """One webhook endpoint of the caller's."""

    few_writes = True

    @property
    def scope(self) -> str | None:
        return "read" if self.request.method == "GET" else None

    @property
    def sensitive(self) -> bool:
        # Whoever took an access token must not lead the events elsewhere.
        return self.request.method == "PATCH" and "url" in self.request.data

    @extend_schema(operation_id="webhook_endpoints_read", responses=EndpointSerializer)
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = queries.get_endpoint(owner_id=caller_id(request), endpoint_id=endpoint_id)
        return Response(EndpointSerializer(endpoint).data)

    @extend_schema(
        operation_id="webhook_endpoints_change",
        request=EndpointChangeSerializer,
        responses=EndpointSerializer,
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        form = EndpointChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)

        endpoint = operations.change_endpoint(
            owner_id=caller_id(request),
            endpoint_id=endpoint_id,
            change=EndpointChange(**form.validated_data),
            at=timezone.now(),
        )

        return Response(EndpointSerializer(endpoint).data)

    @extend_schema(operation_id="webhook_endpoints_remove", responses={204: None})
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        operations.remove_endpoint(
            owner_id=caller_id(request), endpoint_id=endpoint_id, at=timezone.now()
        )
        return Response(status=204)


class SecretView(APIView):
    """Another secret; for a day the one before it signs as well."""

    sensitive = True

    @extend_schema(
        operation_id="webhook_endpoints_rotate_secret",
        request=None,
        responses={200: MadeEndpointSerializer},
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        secret = secrets.token_bytes(signatures.SECRET_BYTES)

        endpoint = operations.rotate_secret(
            owner_id=caller_id(request), endpoint_id=endpoint_id, secret=secret, at=timezone.now()
        )

        return _with_secret(endpoint, secret, status=200)


class DeliveriesView(APIView):
    """What was sent, or is to be sent, to one endpoint of the caller's."""

    scope = "read"
    ordering = ("-created_at", "-id")

    @extend_schema(
        operation_id="webhook_endpoints_deliveries",
        parameters=[DeliveryFilterSerializer],
        responses=DeliverySerializer(many=True),
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        form = DeliveryFilterSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        endpoint = queries.get_endpoint(owner_id=caller_id(request), endpoint_id=endpoint_id)
        rows = queries.deliveries_of(endpoint, status=form.validated_data.get("status", ""))
        paginator = _pagination()()
        found = paginator.paginate_queryset(rows, request, view=self) or []
        return paginator.get_paginated_response([DeliverySerializer(row).data for row in found])


class RedeliveryView(APIView):
    """Send something again, the same bytes under the same id."""

    few_writes = True

    @extend_schema(
        operation_id="webhook_endpoints_redeliver",
        request=None,
        responses={202: DeliverySerializer},
    )
    def post(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        delivery = operations.redeliver(
            owner_id=caller_id(request),
            endpoint_id=endpoint_id,
            delivery_id=delivery_id,
            at=timezone.now(),
        )
        return Response(DeliverySerializer(delivery).data, status=202)


def caller_id(request: Request) -> UUID:
    """Return who asks; only for views that anonymous callers cannot reach."""
    return cast(UUID, request.user.pk)


@cache
def _pagination() -> type[BasePagination]:
    name: Any = settings.REST_FRAMEWORK["DEFAULT_PAGINATION_CLASS"]
    found: type[BasePagination] = import_string(name)
    return found


def _own_words(found: Sequence[Event]) -> list[dict[str, Any]]:
    own = [one for one in telling.tell(found) if one.position.part == 0]
    return [telling.document(one) for one in reversed(own)]


def _with_secret(endpoint: WebhookEndpoint, secret: bytes, *, status: int) -> Response:
    document = {"secret": signatures.spell(secret), **EndpointSerializer(endpoint).data}
    return Response(document, status=status, headers={"Cache-Control": "no-store"})

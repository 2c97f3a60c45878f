from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import locks
from events.errors import EndpointNotFound
from events.models import WebhookEndpoint
from events.operations.append_event import append_event
from events.operations.disable_endpoint import give_up_waiting

_CHANGED = ["place", "secret", "former_secret", "former_until", "removed_at"]


def remove_endpoint(*, owner_id: UUID, endpoint_id: UUID, at: datetime) -> None:
    """Forget an endpoint of a person's and its secrets. Raises `EndpointNotFound`."""
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=endpoint_id)
        if endpoint is None or endpoint.owner_id != owner_id:
            raise EndpointNotFound

        _remove(endpoint, at=at)


def remove_endpoints_of(*, owner_id: UUID, at: datetime) -> int:
    """Forget all endpoints of a person, addresses included; return how many there were.

    For the erasure of their data, whose transaction it joins.
    """
    endpoints = locks.endpoints_of(owner_id)
    for endpoint in endpoints:
        _remove(endpoint, at=at)
    WebhookEndpoint.objects.filter(owner_id=owner_id).update(url="", description="")
    return len(endpoints)


def _remove(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    endpoint.place = endpoint.secret = endpoint.former_secret = endpoint.former_until = None
    endpoint.removed_at = at
    endpoint.save(update_fields=_CHANGED)
    give_up_waiting(endpoint, problem="endpoint_removed", at=at)
    append_event(
        type="webhook_endpoint.removed",
        subject=str(endpoint.id),
        owner_id=endpoint.owner_id,
        data={},
    )

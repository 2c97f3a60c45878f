from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from events import addresses, locks, sealing
from events.errors import TooManyEndpoints
from events.models import WebhookEndpoint
from events.models.webhook_endpoint import ENDPOINTS_AT_MOST
from events.operations.append_event import append_event


@dataclass(frozen=True, slots=True)
class EndpointTerms:
    """Where events go, and which: whole types, nouns as `transfer.*`, or `*` for all."""

    url: str
    event_types: Sequence[str] = ("*",)
    description: str = ""


def create_endpoint(
    *, owner_id: UUID, terms: EndpointTerms, secret: bytes, at: datetime
) -> WebhookEndpoint:
    """Send a person's events to an address from now on, signed with `secret`.

    Raises `AddressRefused` for an address that is never called, `TooManyEndpoints`.
    """
    addresses.read(terms.url, policy=settings.WEBHOOK_POLICY)
    with transaction.atomic():
        taken = {endpoint.place for endpoint in locks.endpoints_of(owner_id)}
        free = [place for place in range(1, ENDPOINTS_AT_MOST + 1) if place not in taken]
        if not free:
            raise TooManyEndpoints(ENDPOINTS_AT_MOST)

        endpoint_id = uuid.uuid4()
        made = append_event(
            type="webhook_endpoint.created",
            subject=str(endpoint_id),
            owner_id=owner_id,
            data={"event_types": list(terms.event_types)},
        )
        return WebhookEndpoint.objects.create(
            id=endpoint_id,
            owner_id=owner_id,
            place=free[0],
            url=terms.url,
            description=terms.description,
            event_types=list(terms.event_types),
            secret=sealing.seal(secret, endpoint_id=endpoint_id),
            starts_after=made.id,
            created_at=at,
        )

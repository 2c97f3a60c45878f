from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import locks, queries
from events.errors import DeliveryPending, EndpointDisabled, EndpointNotFound
from events.models import DeliveryStatus, EventDelivery
from events.operations.append_event import append_event


def redeliver(
    *,
    owner_id: UUID,
    endpoint_id: UUID,
    delivery_id: UUID,
    at: datetime,
    actor_id: UUID | None = None,
) -> EventDelivery:
    """Send something again that arrived or was given up: the same bytes, under the same name.

    Raises `EndpointNotFound`, `DeliveryNotFound`, `DeliveryPending` while it is still being
    tried, and `EndpointDisabled`.
    """
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=endpoint_id)
        if endpoint is None or endpoint.owner_id != owner_id:
            raise EndpointNotFound
        delivery = queries.get_delivery(
            owner_id=owner_id, endpoint_id=endpoint_id, delivery_id=delivery_id
        )
        if not endpoint.is_enabled:
            raise EndpointDisabled
        settled = EventDelivery.objects.filter(id=delivery.id).exclude(
            status=DeliveryStatus.PENDING
        )
        if not settled.update(
            status=DeliveryStatus.PENDING, step=0, next_try_at=at, settled_at=None, problem=""
        ):
            raise DeliveryPending

        append_event(
            type="webhook_endpoint.redelivery_asked",
            subject=str(endpoint_id),
            owner_id=owner_id,
            actor_id=actor_id,
            data={"delivery": str(delivery.id)},
        )
    delivery.refresh_from_db()
    return delivery

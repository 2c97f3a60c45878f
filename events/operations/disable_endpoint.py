from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import locks
from events.errors import EndpointNotFound
from events.models import DeliveryStatus, DisabledReason, EventDelivery, WebhookEndpoint
from events.operations.append_event import append_event


def disable_endpoint(
    *, endpoint_id: UUID, reason: DisabledReason, at: datetime, actor_id: UUID | None = None
) -> bool:
    """Send nothing more to an endpoint, whoever owns it; return whether that is new.

    Raises `EndpointNotFound`.
    """
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=endpoint_id)
        if endpoint is None:
            raise EndpointNotFound
        if not endpoint.is_enabled:
            return False

        disable(endpoint, reason=reason, at=at, actor_id=actor_id)
    return True


def disable(
    endpoint: WebhookEndpoint,
    *,
    reason: DisabledReason,
    at: datetime,
    actor_id: UUID | None = None,
) -> None:
    """Disable an endpoint that the caller has locked, and give up what waits for it."""
    endpoint.disabled_at, endpoint.disabled_reason = at, reason
    endpoint.save(update_fields=["disabled_at", "disabled_reason"])
    give_up_waiting(endpoint, problem="endpoint_disabled", at=at)
    append_event(
        type="webhook_endpoint.disabled",
        subject=str(endpoint.id),
        owner_id=endpoint.owner_id,
        actor_id=actor_id,
        data={"reason": reason},
    )


def give_up_waiting(endpoint: WebhookEndpoint, *, problem: str, at: datetime) -> int:
    """Give up all that is still to be sent to an endpoint; return how much that was."""
    waiting = EventDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.PENDING)
    return waiting.update(
        status=DeliveryStatus.FAILED, next_try_at=None, settled_at=at, problem=problem
    )

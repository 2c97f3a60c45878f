from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from events import addresses, locks, queries
from events.errors import EndpointNotFound
from events.models import DisabledReason, WebhookEndpoint
from events.operations.append_event import append_event
from events.operations.disable_endpoint import disable


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What is to be different; None leaves it as it is."""

    url: str | None = None
    event_types: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


def change_endpoint(
    *, owner_id: UUID, endpoint_id: UUID, change: EndpointChange, at: datetime
) -> WebhookEndpoint:
    """Change an endpoint of a person's, and return it as it is then.

    Disabled, it is sent nothing, and what waited is given up; enabled again, it hears of what
    happens from then on. Raises `EndpointNotFound`, `AddressRefused`.
    """
    if change.url is not None:
        addresses.read(change.url, policy=settings.WEBHOOK_POLICY)
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=endpoint_id)
        if endpoint is None or endpoint.owner_id != owner_id:
            raise EndpointNotFound

        changed = _apply(endpoint, change)
        if change.enabled is False and endpoint.is_enabled:
            disable(endpoint, reason=DisabledReason.OWNER, at=at)
        elif change.enabled and not endpoint.is_enabled:
            changed += _enable(endpoint)
        if changed:
            endpoint.save(update_fields=changed)
            append_event(
                type="webhook_endpoint.changed",
                subject=str(endpoint.id),
                owner_id=owner_id,
                data={"changed": sorted(changed), "enabled": endpoint.is_enabled},
            )
    return endpoint


def _apply(endpoint: WebhookEndpoint, change: EndpointChange) -> list[str]:
    wanted = {
        "url": change.url,
        "event_types": None if change.event_types is None else list(change.event_types),
        "description": change.description,
    }
    changed = [
        name
        for name, value in wanted.items()
        if value is not None and getattr(endpoint, name) != value
    ]
    for name in changed:
        setattr(endpoint, name, wanted[name])
    return changed


def _enable(endpoint: WebhookEndpoint) -> list[str]:
    endpoint.disabled_at, endpoint.disabled_reason = None, ""
    endpoint.failing_since = None
    endpoint.starts_after = queries.newest_event_id()
    return ["disabled_at", "disabled_reason", "failing_since", "starts_after"]

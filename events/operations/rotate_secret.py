from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from events import locks, sealing
from events.errors import EndpointNotFound
from events.models import WebhookEndpoint
from events.operations.append_event import append_event

OVERLAP = timedelta(hours=24)


def rotate_secret(
    *, owner_id: UUID, endpoint_id: UUID, secret: bytes, at: datetime
) -> WebhookEndpoint:
    """Sign with another secret from now on, and for a day with the one before it as well.

    Of two rotations within a day the older secret of all is forgotten at the second.
    Raises `EndpointNotFound`.
    """
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=endpoint_id)
        if endpoint is None or endpoint.owner_id != owner_id or endpoint.secret is None:
            raise EndpointNotFound

        former = sealing.unseal(endpoint.secret, endpoint_id=endpoint.id)
        endpoint.former_secret = sealing.seal(
            former, endpoint_id=endpoint.id, column=sealing.FORMER_SECRET
        )
        endpoint.former_until = at + OVERLAP
        endpoint.secret = sealing.seal(secret, endpoint_id=endpoint.id)
        endpoint.save(update_fields=["secret", "former_secret", "former_until"])
        append_event(
            type="webhook_endpoint.secret_rotated",
            subject=str(endpoint.id),
            owner_id=owner_id,
            data={"former_until": endpoint.former_until.isoformat()},
        )
    return endpoint

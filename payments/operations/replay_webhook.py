from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.operations import append_event
from payments.errors import DeliveryOpen
from payments.models import WebhookDelivery


def replay_webhook(*, delivery_id: int, actor_id: UUID | None, now: datetime) -> WebhookDelivery:
    """Let a settled event be applied once more, from what is stored of it.

    Harmless: an event is only a reason to ask its provider. The worker takes it up next. Raises
    `DeliveryOpen` for one that waits to be applied anyway.
    """
    with transaction.atomic():
        open_again = WebhookDelivery.objects.filter(pk=delivery_id, next_try_at=None).update(
            state=WebhookDelivery.State.RECEIVED, next_try_at=now, settled_at=None
        )
        if not open_again:
            raise DeliveryOpen
        delivery = WebhookDelivery.objects.get(pk=delivery_id)
        append_event(
            type="webhook.replayed",
            subject=f"webhook {delivery_id}",
            owner_id=None,
            actor_id=actor_id,
            data={"provider": delivery.provider},
        )
    return delivery

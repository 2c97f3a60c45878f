from __future__ import annotations

from datetime import datetime

from payments import queries
from payments.models import WebhookDelivery
from payments.operations.apply_webhook import apply_webhook
from payments.providers.registry import provider


def sweep_webhooks(*, now: datetime, limit: int = 200) -> list[WebhookDelivery]:
    """Apply every stored event whose time has come; returns those that this run took up.

    Finds what a lost task message left behind, and tries again what was parked.
    """
    taken = []
    for delivery_id, name in queries.webhooks_to_try(now=now, limit=limit):
        delivery = apply_webhook(delivery_id=delivery_id, provider=provider(name), now=now)
        if delivery is not None:
            taken.append(delivery)
    return taken

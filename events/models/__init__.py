"""What happened, and who is told. An `Event` is one row of the append-only log.

A `WebhookEndpoint` is where a customer wants to hear of theirs; an `EventDelivery` is one event
on its way there. An `EventRelay` is how far the log has been read.
"""

from events.models.event import Event
from events.models.event_delivery import DeliveryStatus, EventDelivery
from events.models.event_relay import EventRelay
from events.models.webhook_endpoint import DisabledReason, WebhookEndpoint

__all__ = [
    "DeliveryStatus",
    "DisabledReason",
    "Event",
    "EventDelivery",
    "EventRelay",
    "WebhookEndpoint",
]

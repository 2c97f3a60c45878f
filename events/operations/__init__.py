"""What the event log can do: append, and tell customers what happened.

Endpoints are created, changed, removed, disabled and given other secrets. Events are relayed to
their queues, sent from there, sent again on request, and forgotten after a month.
"""

from events.operations.append_event import append_event
from events.operations.change_endpoint import EndpointChange, change_endpoint
from events.operations.create_endpoint import EndpointTerms, create_endpoint
from events.operations.disable_endpoint import disable_endpoint
from events.operations.prune_deliveries import prune_deliveries
from events.operations.redeliver import redeliver
from events.operations.relay_events import relay_events
from events.operations.remove_endpoint import remove_endpoint, remove_endpoints_of
from events.operations.rotate_secret import rotate_secret
from events.operations.send_deliveries import send_deliveries

__all__ = [
    "EndpointChange",
    "EndpointTerms",
    "append_event",
    "change_endpoint",
    "create_endpoint",
    "disable_endpoint",
    "prune_deliveries",
    "redeliver",
    "relay_events",
    "remove_endpoint",
    "remove_endpoints_of",
    "rotate_secret",
    "send_deliveries",
]

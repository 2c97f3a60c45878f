"""What there is to measure about telling customers what happens."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from events import queries


def measures() -> Mapping[tuple[str, str], float]:
    """Return the figures of the queue of webhooks, by their names and what they say."""
    now = timezone.now()
    queue = queries.queue(now=now)
    lag = (now - queue.oldest).total_seconds() if queue.oldest else 0.0
    return {
        ("purser_webhook_deliveries_due", "Webhooks that should be sent now."): queue.due,
        ("purser_webhook_delivery_lag_seconds", "How long the oldest of them has waited."): lag,
        ("purser_event_relay_behind", "Events that no endpoint's queue has seen yet."): float(
            queries.relay_behind()
        ),
    }

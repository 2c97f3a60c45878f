"""What happened. An `Event` is one row of the append-only log."""

from events.models.event import Event

__all__ = ["Event"]

"""What the event log can do: append."""

from events.operations.append_event import append_event

__all__ = ["append_event"]

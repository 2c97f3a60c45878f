"""What races leave behind, and its removal."""

from __future__ import annotations

import threading

import pytest
from django.utils import timezone

from events import streams
from events.models import EventDelivery, WebhookEndpoint


def close_streams() -> None:
    """Close every stream of this process, and wait for who reads for them: their thread must not
    outlive a test and its database.
    """
    hub = streams.hub()
    for stream in list(hub._streams):
        hub.close(stream)
    for thread in threading.enumerate():
        if thread.name == "event-streams":
            thread.join(timeout=30)


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> None:
    """Races commit what they write: nothing of it is for the tests that follow."""
    marked = request.node.get_closest_marker("django_db") is not None
    request.getfixturevalue("db" if marked else "committed_db")
    EventDelivery.objects.all().delete()
    WebhookEndpoint.objects.filter(disabled_at=None).update(
        disabled_at=timezone.now(), disabled_reason="owner"
    )

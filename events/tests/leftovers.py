"""What races leave behind, and its removal."""

from __future__ import annotations

import pytest
from django.utils import timezone

from events.models import EventDelivery, WebhookEndpoint


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> None:
    """Races commit what they write: nothing of it is for the tests that follow."""
    marked = request.node.get_closest_marker("django_db") is not None
    request.getfixturevalue("db" if marked else "committed_db")
    EventDelivery.objects.all().delete()
    WebhookEndpoint.objects.filter(disabled_at=None).update(
        disabled_at=timezone.now(), disabled_reason="owner"
    )

"""What /metrics says of the queue."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.models import EventDelivery
from events.tests.factories import endpoint_of, happened, queued


def figures() -> dict[str, float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    pairs = (
        line.split(" ") for line in lines if line.startswith(("purser_webhook", "purser_event"))
    )
    return {name: float(value) for name, value in pairs}


@pytest.mark.django_db
def test_a_queue_that_grows_old() -> None:
    delivery = queued(endpoint_of(uuid4()))
    EventDelivery.objects.filter(id=delivery.id).update(
        next_try_at=timezone.now() - timedelta(seconds=90)
    )
    happened(uuid4())

    told = figures()

    assert told["purser_webhook_deliveries_due"] == 1
    assert 90 <= told["purser_webhook_delivery_lag_seconds"] < 120
    assert told["purser_event_relay_behind"] >= 1


@pytest.mark.django_db
def test_nothing_to_do() -> None:
    told = figures()

    assert told["purser_webhook_deliveries_due"] == 0
    assert told["purser_webhook_delivery_lag_seconds"] == 0

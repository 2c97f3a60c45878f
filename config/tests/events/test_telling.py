"""What transfers tell to both sides, and when owners are told that their endpoints ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts.tests.factories import client_of, person
from events import queries
from events.addresses import Policy
from events.horizon import Horizon
from events.models import DeliveryStatus, DisabledReason, Event, EventDelivery, WebhookEndpoint
from events.operations import relay_events, send_deliveries
from events.tests.factories import Clock, Receiver, endpoint_of, queued, receiver
from wallets.tests.factories import wallet_of
from wallets.tests.test_concurrency import send as transfer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trials(settings: Any) -> None:
    settings.WEBHOOK_POLICY = Policy(local=True)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def send(at: datetime | None = None) -> int:
    return send_deliveries(clock=Clock(at), chance=lambda: 0.0)


def queue(endpoint: WebhookEndpoint) -> list[str]:
    rows = EventDelivery.objects.filter(endpoint=endpoint).order_by("event_id", "part")
    return list(rows.values_list("type", flat=True))


def test_a_transfer_is_told_to_both() -> None:
    alice, bob = person(), person()
    source, target = wallet_of(alice, holding="10.00"), wallet_of(bob)
    hers, his = endpoint_of(alice.id), endpoint_of(bob.id)

    sent = transfer(client_of(alice), source, target, "2.50").json()
    relay_events(now=timezone.now())

    assert (queue(hers), queue(his)) == (["transfer.completed"], ["transfer.received"])
    told = json.loads(EventDelivery.objects.get(endpoint=his).body)
    assert told["data"] == {
        "reference": sent["reference"],
        "amount": "2.50",
        "currency": "NGN",
        "source": source.number,
        "destination": target.number,
    }
    names = {json.loads(row.body)["id"] for row in EventDelivery.objects.all()}
    assert len(names) == 2


def test_transfers_are_followed_too() -> None:
    """The database's own functions write events as everybody does."""
    alice, bob = person(), person()
    source, target = wallet_of(alice, holding="10.00"), wallet_of(bob)
    before = Horizon().advance()
    answer: Any = transfer(client_of(alice), source, target, "1.00")
    found = queries.events_between(
        after=before, upto=Horizon().advance(), owners=[alice.id], shared=[], limit=10
    )

    assert answer.json()["reference"] in [event.subject for event in found]


class TestDisabling:
    def test_410_at_once(self, server: Receiver) -> None:
        alice = person()
        endpoint = endpoint_of(alice.id, url=server.url)
        queued(endpoint)
        queued(endpoint)
        server.status = 410

        send_deliveries(clock=Clock(), rounds=1)

        endpoint.refresh_from_db()
        assert endpoint.disabled_reason == DisabledReason.GONE
        assert not EventDelivery.objects.filter(status=DeliveryStatus.PENDING).exists()
        event = Event.objects.get(type="webhook_endpoint.disabled")
        assert (event.owner_id, event.data) == (alice.id, {"reason": "gone"})
        assert [one.to for one in mail.outbox] == [[alice.email]]
        assert "410" in mail.outbox[0].body

    def test_after_three_days_of_nothing(self, server: Receiver) -> None:
        alice = person()
        endpoint = endpoint_of(alice.id, url=server.url)
        server.status = 500
        delivery = queued(endpoint)
        begun = timezone.now()
        send(begun)
        EventDelivery.objects.filter(id=delivery.id).update(next_try_at=begun)
        send(begun + timedelta(days=2, hours=23))
        endpoint.refresh_from_db()
        assert endpoint.is_enabled

        EventDelivery.objects.filter(id=delivery.id).update(next_try_at=begun)
        send(begun + timedelta(days=3))

        endpoint.refresh_from_db()
        assert endpoint.disabled_reason == DisabledReason.FAILING
        assert "three days" in mail.outbox[0].body

    def test_nothing_is_sent_then(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        queued(endpoint)
        WebhookEndpoint.objects.filter(id=endpoint.id).update(
            disabled_at=timezone.now(), disabled_reason="owner"
        )

        assert (send(), server.got) == (0, [])

    def test_an_owner_without_an_address_is_no_hindrance(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        queued(endpoint)
        server.status = 410

        send()

        assert mail.outbox == []

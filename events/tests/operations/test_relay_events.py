"""What happened gets into the queues of those who want to hear of it, each once."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import EventDelivery, EventRelay, WebhookEndpoint
from events.operations import EndpointChange, change_endpoint, relay_events
from events.tests.factories import endpoint_of, happened
from events.tests.test_horizon import writer
from events.tests.threads import at_once


def queue(endpoint: WebhookEndpoint) -> list[str]:
    rows = EventDelivery.objects.filter(endpoint=endpoint).order_by("event_id", "part")
    return list(rows.values_list("type", flat=True))


def relay() -> int:
    return relay_events(now=timezone.now())


@pytest.mark.django_db
class TestWhatIsRelayed:
    def test_ones_own_and_nobody_elses(self) -> None:
        alice, bob = endpoint_of(uuid4()), endpoint_of(uuid4())
        happened(alice.owner_id, "deposit.completed")
        happened(bob.owner_id, "payout.failed")
        happened(None, "seal.broken")

        relay()

        assert (queue(alice), queue(bob)) == (["deposit.completed"], ["payout.failed"])

    def test_again_is_nothing_new(self) -> None:
        endpoint = endpoint_of(uuid4())
        happened(endpoint.owner_id)

        assert [relay(), relay()] == [1, 0]
        EventRelay.objects.update(position=0)
        relay()
        assert queue(endpoint) == ["deposit.completed"]

    def test_to_every_endpoint_what_it_wants(self) -> None:
        owner = uuid4()
        everything = endpoint_of(owner)
        deposits = endpoint_of(owner, types=("deposit.*",))
        failures = endpoint_of(owner, types=("deposit.failed", "payout.failed"))
        relay()
        EventDelivery.objects.all().delete()
        for type_ in ("deposit.completed", "deposit.failed", "payout.failed", "wallet.opened"):
            happened(owner, type_)

        relay()

        assert queue(deposits) == ["deposit.completed", "deposit.failed"]
        assert queue(failures) == ["deposit.failed", "payout.failed"]
        assert len(queue(everything)) == 4

    def test_nothing_of_before(self) -> None:
        owner = uuid4()
        happened(owner)
        endpoint = endpoint_of(owner)
        relay()

        assert queue(endpoint) == []

    def test_nothing_of_logins(self) -> None:
        endpoint = endpoint_of(uuid4())
        happened(endpoint.owner_id, "key.created", name="secret-ish")
        relay()

        assert queue(endpoint) == []

    def test_nothing_while_disabled(self) -> None:
        endpoint = endpoint_of(uuid4(), types=("deposit.*",))
        for enabled in (False, True):
            change_endpoint(
                owner_id=endpoint.owner_id,
                endpoint_id=endpoint.id,
                change=EndpointChange(enabled=enabled),
                at=timezone.now(),
            )
            happened(endpoint.owner_id, "deposit.completed", enabled=enabled)

        relay()

        bodies = [json.loads(row.body) for row in EventDelivery.objects.filter(endpoint=endpoint)]
        assert [body["data"]["enabled"] for body in bodies] == [True]

    def test_what_is_said(self) -> None:
        endpoint = endpoint_of(uuid4())
        event = happened(endpoint.owner_id, "deposit.completed", amount="5.00", note="naïve\n☃")
        relay()

        delivery = EventDelivery.objects.get(endpoint=endpoint)
        body = json.loads(delivery.body)
        assert body["type"] == "deposit.completed"
        assert body["subject"] == "DEP_1"
        assert body["data"] == {"amount": "5.00", "note": "naïve\n☃"}
        assert body["api_version"] == "v1"
        assert body["id"].startswith("evt_")
        assert str(event.id) not in body["id"]

    def test_many_at_once(self, django_assert_max_num_queries: object) -> None:
        endpoint = endpoint_of(uuid4())
        for _ in range(1005):
            happened(endpoint.owner_id)

        with django_assert_max_num_queries(40):  # type: ignore[operator]
            assert relay() == 1005

        assert len(queue(endpoint)) == 1005


@pytest.mark.usefixtures("committed_db")
class TestRaces:
    def test_what_is_committed_late_is_not_overtaken(self) -> None:
        endpoint = endpoint_of(uuid4())
        relay()
        with writer() as slow:
            slow.write(endpoint.owner_id)
            happened(endpoint.owner_id, "payout.failed")
            relay()
            assert queue(endpoint) == []
            slow.commit()

        relay()

        assert queue(endpoint) == ["deposit.completed", "payout.failed"]

    def test_several_relays_at_once(self) -> None:
        endpoint = endpoint_of(uuid4())
        for _ in range(300):
            happened(endpoint.owner_id)

        at_once(6, lambda _: [relay() for _ in range(3)])
        relay()

        assert queue(endpoint) == ["deposit.completed"] * 300

    def test_a_place_is_given_once(self) -> None:
        owner = uuid4()

        made = at_once(4, lambda _: endpoint_of(owner))

        assert sorted(endpoint.place or 0 for endpoint in made) == [1, 2, 3, 4]

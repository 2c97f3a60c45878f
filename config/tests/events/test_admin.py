"""Endpoints and deliveries in the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.operations import erase_person
from accounts.tests.factories import as_owner, person
from events.models import DisabledReason, Event, EventDelivery, WebhookEndpoint
from events.operations import prune_deliveries, remove_endpoint
from events.tests.factories import endpoint_of, queued

pytestmark = pytest.mark.django_db

DELIVERIES = "/admin/events/eventdelivery/"
ENDPOINTS = "/admin/events/webhookendpoint/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(person(role="staff"))
    return client


def act(client: Client, path: str, action: str, *ids: Any) -> str:
    body = {"action": action, "_selected_action": [str(one) for one in ids]}
    return client.post(path, body, follow=True).content.decode()


def settle(delivery: EventDelivery) -> None:
    EventDelivery.objects.filter(id=delivery.id).update(
        status="failed", next_try_at=None, settled_at=timezone.now()
    )


def test_the_queue_is_shown_without_what_is_sent(staff: Client) -> None:
    delivery = queued(endpoint_of(uuid4()), note="for the owner alone")

    listed = staff.get(DELIVERIES, {"status__exact": "pending"}).content.decode()
    shown = staff.get(f"{DELIVERIES}{delivery.id}/change/").content.decode()

    assert "deposit.completed" in listed
    assert "for the owner alone" not in listed + shown


def test_an_endpoint_is_shown_without_address_and_secret(staff: Client) -> None:
    endpoint = endpoint_of(uuid4(), url="https://shop.example.com/token-in-path")

    shown = staff.get(f"{ENDPOINTS}{endpoint.id}/change/").content.decode()
    listed = staff.get(ENDPOINTS).content.decode()

    assert str(endpoint.owner_id) in listed
    assert "token-in-path" not in listed + shown


def test_sent_again_once(staff: Client) -> None:
    delivery = queued(endpoint_of(uuid4()))
    settle(delivery)

    first = act(staff, DELIVERIES, "send_again", delivery.id)
    second = act(staff, DELIVERIES, "send_again", delivery.id)

    assert "To be sent again: 1." in first
    assert "To be sent again: 0." in second
    assert "still being tried" in second
    delivery.refresh_from_db()
    assert delivery.status == "pending"
    event = Event.objects.get(type="webhook_endpoint.redelivery_asked")
    assert event.actor_id not in (None, delivery.endpoint.owner_id)


def test_disabled_by_staff(staff: Client) -> None:
    endpoint = endpoint_of(uuid4())

    assert "Disabled: 1." in act(staff, ENDPOINTS, "disable", endpoint.id)
    assert "Disabled: 0." in act(staff, ENDPOINTS, "disable", endpoint.id)

    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == DisabledReason.STAFF


def test_nothing_is_added_changed_or_deleted(staff: Client) -> None:
    delivery = queued(endpoint_of(uuid4()))

    for path, row in ((DELIVERIES, delivery.id), (ENDPOINTS, delivery.endpoint_id)):
        assert staff.get(f"{path}add/").status_code == 403
        assert staff.post(f"{path}{row}/change/", {}).status_code == 403
        assert staff.post(f"{path}{row}/delete/", {"post": "yes"}).status_code == 403


def test_who_may_only_look_has_no_actions(client: Client) -> None:
    onlooker = person(role="staff")
    with as_owner():
        for permission in onlooker.role.permissions.filter(codename__startswith="change_"):
            onlooker.role.permissions.remove(permission)
    client.force_login(onlooker)
    delivery = queued(endpoint_of(uuid4()))
    settle(delivery)

    assert client.get(DELIVERIES).status_code == 200
    act(client, DELIVERIES, "send_again", delivery.id)

    delivery.refresh_from_db()
    assert delivery.status == "failed"


class TestErasure:
    def test_endpoints_go_with_their_owner(self) -> None:
        alice = person()
        endpoint, gone = endpoint_of(alice.id), endpoint_of(alice.id)
        queued(endpoint)
        remove_endpoint(owner_id=alice.id, endpoint_id=gone.id, at=timezone.now())

        erase_person(person_id=alice.id, actor_id=alice.id, at=timezone.now())

        for kept in WebhookEndpoint.objects.filter(owner_id=alice.id):
            assert (kept.url, kept.description, kept.secret) == ("", "", None)
            assert kept.removed_at is not None
        assert not EventDelivery.objects.filter(status="pending").exists()


def test_deliveries_are_forgotten_after_a_month_and_not_before() -> None:
    now = timezone.now()
    endpoint = endpoint_of(uuid4())
    old, new, waiting = queued(endpoint), queued(endpoint), queued(endpoint)
    for delivery, days in ((old, 31), (new, 29)):
        settle(delivery)
        EventDelivery.objects.filter(id=delivery.id).update(settled_at=now - timedelta(days=days))

    assert prune_deliveries(now=now) == 1

    assert set(EventDelivery.objects.values_list("id", flat=True)) == {new.id, waiting.id}

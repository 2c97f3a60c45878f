"""Webhook endpoints over the API: what works, what is refused, and what nobody else sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from accounts.tests.keys import key_of
from events.models import DeliveryStatus, Event, EventDelivery, WebhookEndpoint
from events.models.webhook_endpoint import ENDPOINTS_AT_MOST
from events.operations import disable_endpoint
from events.tests.factories import endpoint_of, queued

pytestmark = pytest.mark.django_db

URL = "/api/v1/webhook-endpoints"
ASKED = {"url": "https://shop.example.com/hooks?for=me", "event_types": ["transfer.*"]}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


def create(client: APIClient, **changes: Any) -> Any:
    return client.post(URL, {**ASKED, **changes}, format="json")


class TestCreate:
    def test_the_secret_is_shown_this_once(self, app: APIClient, alice: User) -> None:
        answer = create(app, description="shop")

        assert answer.status_code == 201
        body = answer.json()
        assert body["secret"].startswith("whsec_")
        assert body["url"] == ASKED["url"]
        assert body["event_types"] == ["transfer.*"]
        assert body["enabled"] is True
        assert answer["Cache-Control"] == "no-store"
        shown = app.get(f"{URL}/{body['id']}").json()
        assert "secret" not in shown
        assert shown["description"] == "shop"
        kept = WebhookEndpoint.objects.get(owner_id=alice.id)
        assert body["secret"].encode() not in bytes(kept.secret or b"")

    def test_it_is_told(self, app: APIClient, alice: User) -> None:
        endpoint_id = create(app).json()["id"]

        event = Event.objects.get(subject=endpoint_id)
        assert (event.type, event.owner_id) == ("webhook_endpoint.created", alice.id)
        assert "secret" not in str(event.data)

    def test_it_wants_everything_unless_told_otherwise(self, app: APIClient) -> None:
        answer = app.post(URL, {"url": ASKED["url"]}, format="json")

        assert answer.json()["event_types"] == ["*"]

    @pytest.mark.parametrize(
        "url",
        [
            "http://shop.example.com/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://shop.example.com:8443/",
            "https://user:pass@shop.example.com/",
            "not an address",
            "",
        ],
    )
    def test_addresses_that_are_never_called(self, app: APIClient, alice: User, url: str) -> None:
        answer = create(app, url=url)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "url"
        assert not WebhookEndpoint.objects.filter(owner_id=alice.id).exists()

    @pytest.mark.parametrize(
        "types", [[], ["transfer"], ["user.*"], ["key.created"], ["*.completed"], ["transfer.*;"]]
    )
    def test_types_that_nobody_is_told(self, app: APIClient, types: list[str]) -> None:
        assert create(app, event_types=types).status_code == 400

    def test_only_so_many(self, app: APIClient) -> None:
        ids = [create(app).json()["id"] for _ in range(ENDPOINTS_AT_MOST)]

        assert create(app).json()["code"] == "too_many_endpoints"
        app.delete(f"{URL}/{ids[4]}")
        assert create(app).status_code == 201

    def test_a_key_may_look_and_no_more(self, alice: User, app: APIClient) -> None:
        endpoint_id = create(app).json()["id"]
        _, text = key_of(alice, "read")
        program = APIClient()
        program.credentials(HTTP_X_API_KEY=text)

        assert create(program).status_code == 403
        assert program.get(URL).json()["results"][0]["id"] == endpoint_id
        assert program.delete(f"{URL}/{endpoint_id}").status_code == 403


class TestChange:
    def test_what_is_given(self, app: APIClient) -> None:
        endpoint_id = create(app).json()["id"]

        answer = app.patch(f"{URL}/{endpoint_id}", {"event_types": ["payout.*"]}, format="json")

        assert answer.status_code == 200
        assert answer.json()["event_types"] == ["payout.*"]
        assert answer.json()["url"] == ASKED["url"]

    def test_an_address_is_judged_again(self, app: APIClient) -> None:
        endpoint_id = create(app).json()["id"]

        answer = app.patch(f"{URL}/{endpoint_id}", {"url": "https://10.0.0.1/"}, format="json")

        assert answer.status_code == 400
        assert app.get(f"{URL}/{endpoint_id}").json()["url"] == ASKED["url"]

    def test_disabled_and_enabled(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        waiting = queued(endpoint)

        off = app.patch(f"{URL}/{endpoint.id}", {"enabled": False}, format="json").json()
        on = app.patch(f"{URL}/{endpoint.id}", {"enabled": True}, format="json").json()

        assert (off["enabled"], off["disabled_reason"]) == (False, "owner")
        assert (on["enabled"], on["disabled_reason"], on["disabled_at"]) == (True, "", None)
        waiting.refresh_from_db()
        assert (waiting.status, waiting.problem) == (DeliveryStatus.FAILED, "endpoint_disabled")

    def test_nothing_changed_is_no_event(self, app: APIClient) -> None:
        endpoint_id = create(app).json()["id"]

        app.patch(f"{URL}/{endpoint_id}", {"event_types": ["transfer.*"]}, format="json")

        assert [event.type for event in Event.objects.filter(subject=endpoint_id)] == [
            "webhook_endpoint.created"
        ]


class TestRemove:
    def test_it_is_gone_with_its_secrets(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        queued(endpoint)

        assert app.delete(f"{URL}/{endpoint.id}").status_code == 204

        assert app.get(f"{URL}/{endpoint.id}").status_code == 404
        assert app.delete(f"{URL}/{endpoint.id}").status_code == 404
        assert app.get(URL).json()["results"] == []
        kept = WebhookEndpoint.objects.get(id=endpoint.id)
        assert (kept.secret, kept.former_secret) == (None, None)
        assert EventDelivery.objects.get(endpoint=endpoint).problem == "endpoint_removed"


class TestRotate:
    def test_another_secret_and_the_one_before_it_for_a_day(self, app: APIClient) -> None:
        made = create(app).json()

        answer = app.post(f"{URL}/{made['id']}/rotate-secret")

        assert answer.status_code == 200
        assert answer.json()["secret"] != made["secret"]
        assert answer.json()["former_until"] is not None
        assert answer["Cache-Control"] == "no-store"


class TestDeliveries:
    def test_the_log(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        queued(endpoint)

        row = app.get(f"{URL}/{endpoint.id}/deliveries").json()["results"][0]

        assert (row["type"], row["status"], row["attempts"]) == ("deposit.completed", "pending", 0)
        assert row["event"].startswith("evt_")
        assert "body" not in row

    def test_the_log_filtered(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        queued(endpoint)
        log = f"{URL}/{endpoint.id}/deliveries"

        assert len(app.get(log, {"status": "pending"}).json()["results"]) == 1
        assert app.get(log, {"status": "failed"}).json()["results"] == []
        assert app.get(log, {"status": "lost"}).status_code == 400

    def test_so_many_queries(
        self, app: APIClient, alice: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        endpoint = endpoint_of(alice.id)
        for _ in range(3):
            queued(endpoint)

        with django_assert_num_queries(2):
            app.get(f"{URL}/{endpoint.id}/deliveries")
        with django_assert_num_queries(1):
            app.get(URL)

    def test_sent_again(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        delivery = queued(endpoint)
        EventDelivery.objects.filter(id=delivery.id).update(
            status="delivered", attempts=1, step=1, next_try_at=None, settled_at=timezone.now()
        )
        again = f"{URL}/{endpoint.id}/deliveries/{delivery.id}/redeliver"

        first, second = app.post(again), app.post(again)

        assert (first.status_code, first.json()["status"]) == (202, "pending")
        assert (second.status_code, second.json()["reason"]) == (409, "delivery_pending")
        delivery.refresh_from_db()
        assert (delivery.attempts, delivery.step) == (1, 0)

    def test_not_to_a_disabled_endpoint(self, app: APIClient, alice: User) -> None:
        endpoint = endpoint_of(alice.id)
        delivery = queued(endpoint)
        disable_endpoint(endpoint_id=endpoint.id, reason="failing", at=timezone.now())  # type: ignore[arg-type]

        answer = app.post(f"{URL}/{endpoint.id}/deliveries/{delivery.id}/redeliver")

        assert (answer.status_code, answer.json()["reason"]) == (409, "endpoint_disabled")


class TestStrangers:
    @pytest.mark.parametrize(
        ("method", "rest"),
        [
            ("get", ""),
            ("patch", ""),
            ("delete", ""),
            ("post", "/rotate-secret"),
            ("get", "/deliveries"),
            ("post", "/deliveries/{delivery}/redeliver"),
        ],
    )
    def test_find_nothing(self, alice: User, method: str, rest: str) -> None:
        endpoint = endpoint_of(alice.id)
        delivery = queued(endpoint)
        charlie = client_of(person())

        for endpoint_id in (endpoint.id, UUID(NOBODY)):
            path = f"{URL}/{endpoint_id}{rest.format(delivery=delivery.id)}"
            assert getattr(charlie, method)(path, {}, format="json").status_code == 404

        assert WebhookEndpoint.objects.get(id=endpoint.id).is_enabled

    def test_not_a_delivery_of_another_endpoint(self, alice: User, app: APIClient) -> None:
        one, other = endpoint_of(alice.id), endpoint_of(alice.id)
        delivery = queued(one)

        answer = app.post(f"{URL}/{other.id}/deliveries/{delivery.id}/redeliver")

        assert answer.status_code == 404

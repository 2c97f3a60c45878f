"""Freezing by staff, closing, payees and alerts, as clients see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.api.throttles import _buckets
from accounts.models import User
from accounts.tests.factories import client_of, deny, person
from events.models import Event
from wallets.models import Freeze
from wallets.tests.api.parties import Parties
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

API = "/api/v1/wallets"


@pytest.fixture
def staff() -> APIClient:
    return client_of(person(role="staff"))


def freeze(client: APIClient, number: str, **body: Any) -> Any:
    return client.post(f"{API}/{number}/freeze", {"reason": "stolen"} | body, format="json")


class TestFreeze:
    def test_staff_stop_what_leaves(self, parties: Parties, staff: APIClient) -> None:
        response = freeze(staff, parties.source.number)

        assert response.status_code == 200, response.content
        assert response.json() == {
            "number": parties.source.number,
            "status": "frozen",
            "debits": True,
            "credits": False,
            "reason": "stolen",
            "expires_at": None,
        }
        assert parties.send().json()["code"] == "wallet_not_active"
        shown = parties.client.get(f"{API}/{parties.source.number}").json()
        assert shown["status"] == "frozen"
        assert "stolen" not in str(shown)

    def test_and_let_it_go_again(self, parties: Parties, staff: APIClient) -> None:
        freeze(staff, parties.source.number, credits=True)
        url = f"{API}/{parties.source.number}/unfreeze"

        response = staff.post(url, {"reason": "found"}, format="json")

        assert (response.status_code, response.json()["status"]) == (200, "active")
        assert parties.send().status_code == 201
        again = staff.post(url, {"reason": "found"}, format="json")
        assert (again.status_code, again.json()["code"]) == (409, "state_conflict")

    @pytest.mark.parametrize(
        "body",
        [
            {"debits": False, "credits": False},
            {"reason": ""},
            {"reason": None},
            {"expires_at": "2020-01-01T00:00:00Z"},
        ],
        ids=["nothing", "no reason", "null reason", "past"],
    )
    def test_what_makes_no_sense_is_refused(
        self, parties: Parties, staff: APIClient, body: dict[str, Any]
    ) -> None:
        response = freeze(staff, parties.source.number, **body)

        assert (response.status_code, response.json()["code"]) == (400, "validation_error")
        assert not Freeze.objects.filter(wallet=parties.source).exists()

    def test_nobody_else_may(self, parties: Parties, staff: APIClient) -> None:
        assert freeze(parties.client, parties.source.number).status_code == 403
        heavier = wallet_of(person(role="admin"))
        assert freeze(staff, heavier.number).status_code == 404
        deny("staff", "freeze_wallet")
        assert freeze(staff, parties.source.number).status_code == 403


class TestClose:
    def test_empty_wallet_closes_for_good(self, parties: Parties) -> None:
        bob = client_of(parties.bob)
        url = f"{API}/{parties.target.number}"

        response = bob.post(f"{url}/close", {}, format="json")

        assert (response.status_code, response.json()["status"]) == (200, "closed")
        assert parties.send().json()["code"] == "wallet_not_active"
        for again in (
            bob.post(f"{url}/close", {}, format="json"),
            bob.patch(url, {"status": "closed"}, format="json"),
        ):
            assert (again.status_code, again.json()["code"]) == (409, "state_conflict")
        assert bob.patch(url, {"status": "active"}, format="json").status_code == 400
        event = Event.objects.get(type="wallet.closed", subject=parties.target.number)
        assert event.owner_id == parties.bob.id

    def test_and_makes_room_for_a_new_one(self, parties: Parties) -> None:
        bob = client_of(parties.bob)
        bob.patch(f"{API}/{parties.target.number}", {"status": "closed"}, format="json")

        body = {"currency": "NGN", "kind": "current"}
        assert bob.post(API, body, format="json").status_code == 201
        assert bob.post(API, body, format="json").status_code == 409

    def test_money_keeps_it_open(self, parties: Parties) -> None:
        response = parties.client.post(f"{API}/{parties.source.number}/close", {}, format="json")

        assert (response.status_code, response.json()["code"]) == (422, "wallet_not_empty")
        assert "money in the wallet" in response.json()["detail"]
        assert parties.send().status_code == 201

    def test_frozen_one_is_not_closed(self, parties: Parties, staff: APIClient) -> None:
        freeze(staff, parties.target.number)

        response = client_of(parties.bob).post(f"{API}/{parties.target.number}/close")

        assert (response.status_code, response.json()["code"]) == (422, "wallet_not_active")

    def test_strangers_find_nothing_to_close(self, parties: Parties) -> None:
        url = f"{API}/{parties.target.number}"

        assert parties.client.post(f"{url}/close").status_code == 404
        assert parties.client.patch(url, {"status": "closed"}, format="json").status_code == 404

    def test_change_of_nothing_is_refused(self, parties: Parties) -> None:
        url = f"{API}/{parties.source.number}"

        assert parties.client.patch(url, {}, format="json").status_code == 400


class TestPayee:
    @pytest.fixture
    def asker(self) -> User:
        return person()

    def test_shows_no_more_than_first_letters(self, parties: Parties, asker: User) -> None:
        parties.bob.name = "Bola Ade-Ojo  Ünal"
        parties.bob.save(update_fields=["name"])

        response = client_of(asker).get(f"{API}/{parties.target.number}/payee")

        assert response.json() == {
            "number": parties.target.number,
            "name": "B*** A*** Ü***",
            "currency": "NGN",
        }

    def test_unknown_and_closed_ones_are_alike(self, parties: Parties) -> None:
        client_of(parties.bob).post(f"{API}/{parties.target.number}/close")

        answers = [
            parties.client.get(f"{API}/{number}/payee").json() | {"request_id": ""}
            for number in (parties.target.number, "0000000000000")
        ]

        assert answers[0] == answers[1]
        assert answers[0]["status"] == 404

    def test_is_asked_for_seldom(self, parties: Parties, settings: Any) -> None:
        settings.THROTTLE_RATES = {"usual": None, "sensitive": (3, 60)}
        _buckets.cache_clear()
        cache.clear()
        url = f"{API}/{parties.target.number}/payee"

        told = [parties.client.get(url).status_code for _ in range(4)]

        assert told == [200, 200, 200, 429]
        assert parties.client.get(f"{API}/{parties.source.number}").status_code == 200
        _buckets.cache_clear()


class TestAlerts:
    def test_are_set_read_and_taken_back(self, parties: Parties) -> None:
        url = f"{API}/{parties.source.number}/alerts"
        assert parties.client.get(url).json() == {"below": None, "above": None}

        response = parties.client.put(url, {"below": "10.00"}, format="json")

        assert (response.status_code, response.json()) == (200, {"below": "10.00", "above": None})
        assert parties.client.get(url).json() == {"below": "10.00", "above": None}
        parties.client.put(url, {}, format="json")
        assert parties.client.get(url).json() == {"below": None, "above": None}

    @pytest.mark.parametrize("below", ["0", "-1.00", "1.001", "x"])
    def test_want_an_amount(self, parties: Parties, below: str) -> None:
        url = f"{API}/{parties.source.number}/alerts"

        response = parties.client.put(url, {"below": below}, format="json")

        assert (response.status_code, response.json()["code"]) == (400, "validation_error")

    def test_are_the_owners(self, parties: Parties) -> None:
        url, bob = f"{API}/{parties.source.number}/alerts", client_of(parties.bob)

        assert bob.get(url).status_code == 404
        assert bob.put(url, {"below": "1.00"}, format="json").status_code == 404
        assert holds(parties.source) == "100.00"

"""The list of one's own events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from events.tests.factories import happened
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/events"


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


def types(client: APIClient, **asked: str) -> list[str]:
    return [row["type"] for row in client.get(URL, asked).json()["results"]]


def test_ones_own_newest_first(app: APIClient, alice: User) -> None:
    happened(alice.id, "deposit.started", amount="5.00")
    happened(person().id, "deposit.completed")
    happened(alice.id, "deposit.completed", amount="5.00")

    answer = app.get(URL).json()

    assert [row["type"] for row in answer["results"]] == ["deposit.completed", "deposit.started"]
    row = answer["results"][0]
    assert row["id"].startswith("evt_")
    assert row["subject"] == "DEP_1"
    assert row["data"] == {"amount": "5.00"}
    assert row["timestamp"].endswith("Z")


def test_logins_and_credentials_are_nobody_elses_reading(app: APIClient, alice: User) -> None:
    happened(alice.id, "key.created")
    happened(alice.id, "user.logged_in")

    assert types(app) == []


def test_a_transfer_says_what_it_was(app: APIClient, alice: User) -> None:
    source, destination = wallet_of(alice, holding="10.00"), wallet_of(person())
    body = {"source": source.number, "destination": destination.number, "amount": "2.50"}
    sent = app.post("/api/v1/transfers", body, format="json").json()

    row = app.get(URL, {"subject": sent["reference"]}).json()["results"][0]

    assert row["type"] == "transfer.completed"
    assert row["data"]["amount"] == "2.50"
    assert row["data"]["destination"] == destination.number


def test_filters(app: APIClient, alice: User) -> None:
    happened(alice.id, "deposit.started")
    happened(alice.id, "payout.completed")
    now = timezone.now()
    hour = timedelta(hours=1)

    assert types(app, type="deposit.*") == ["deposit.started"]
    assert types(app, type="payout.completed") == ["payout.completed"]
    assert types(app, type="*") == ["payout.completed", "deposit.started"]
    assert types(app, subject="DEP_2") == []
    assert types(app, to=(now - hour).isoformat()) == []
    assert len(types(app, **{"from": (now - hour).isoformat()})) == 2


@pytest.mark.parametrize("asked", [{"type": "user.*"}, {"from": "yesterday"}, {"cursor": "x"}])
def test_what_cannot_be_asked(app: APIClient, asked: dict[str, str]) -> None:
    assert app.get(URL, asked).status_code == 400


def test_pages_and_queries(
    app: APIClient, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        happened(alice.id, "deposit.completed", number=number)

    with django_assert_num_queries(1):
        first = app.get(URL, {"page_size": 3}).json()
    second = app.get(first["next"]).json()

    numbers = [row["data"]["number"] for row in first["results"] + second["results"]]
    assert numbers == [4, 3, 2, 1, 0]

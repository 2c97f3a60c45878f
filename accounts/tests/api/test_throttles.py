"""Whoever asks too often is told to wait, and nobody else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.api.throttles import Buckets
from accounts.models import User
from accounts.tests.factories import client_of, person

ME = "/api/v1/users/me"
WALLETS = "/api/v1/wallets"


@pytest.fixture(autouse=True)
def rates(settings: Any) -> None:
    """Two requests an hour: nothing comes back while a test runs."""
    settings.THROTTLE_RATES = {"usual": (2, 3600), "sensitive": (1, 3600)}


def test_a_bucket_gives_what_it_holds_and_fills_again() -> None:
    buckets = Buckets(4, 2.0)

    assert [buckets.take("a", now=10.0) for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert buckets.take("a", now=10.25) == 0.5 / 2
    assert [buckets.take("a", now=10.5), buckets.take("a", now=10.5)] == [0, 0.5]
    assert [buckets.take("a", now=99.0) for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert buckets.take("b", now=10.0) == 0


def test_waiting_in_vain_costs_nothing() -> None:
    buckets = Buckets(1, 1.0)
    buckets.take("a", now=0.0)

    assert [buckets.take("a", now=0.5) for _ in range(3)] == [0.5, 0.5, 0.5]
    assert buckets.take("a", now=1.0) == 0


def test_of_many_callers_the_longest_unheard_of_are_forgotten() -> None:
    buckets = Buckets(1, 1e9)
    for caller in range(20_001):
        buckets.take(caller, now=0.0)

    assert buckets.take(0, now=0.0) == 0
    assert buckets.take(20_000, now=0.0) > 0


def test_racing_takes_no_more_than_there_is() -> None:
    buckets = Buckets(100, 1e9)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: buckets.take("a", now=0.0), range(1000)))

    assert waits.count(0) == 100


@pytest.mark.django_db
def test_one_request_too_many_is_told_when_to_come_again() -> None:
    alice, bob = client_of(person()), client_of(person())
    assert [alice.get(ME).status_code for _ in range(2)] == [200, 200]

    refused = alice.get(ME)

    assert refused.status_code == 429
    assert refused.json()["code"] == "throttled"
    assert 1700 < int(refused["Retry-After"]) <= 1800
    assert bob.get(ME).status_code == 200


@pytest.mark.django_db
def test_another_credential_of_the_same_person_helps_nobody() -> None:
    alice = person()
    assert [client_of(alice).get(ME).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
def test_sensitive_writes_have_a_lower_rate_of_their_own() -> None:
    user = person()
    alice = client_of(user)
    assert alice.patch(ME, {"name": "Ada"}, format="json").status_code == 200

    assert alice.patch(ME, {"name": "Eve"}, format="json").status_code == 429

    assert User.objects.get(pk=user.pk).name == "Ada"
    assert alice.get(ME).status_code == 200


@pytest.mark.django_db
def test_a_request_that_is_refused_for_haste_may_be_sent_again_under_its_key(
    settings: Any,
) -> None:
    alice = client_of(person())
    headers = {"Idempotency-Key": "k-1"}
    [alice.get(ME) for _ in range(2)]

    answer = alice.post(
        WALLETS, {"currency": "NGN", "kind": "current"}, format="json", headers=headers
    )
    assert answer.status_code == 429

    settings.THROTTLE_RATES = {"usual": None, "sensitive": None}
    answer = alice.post(
        WALLETS, {"currency": "NGN", "kind": "current"}, format="json", headers=headers
    )
    assert answer.status_code == 201, answer.content
    assert "Idempotent-Replayed" not in answer


def refresh(address: str) -> int:
    body = {"refresh_token": "x"}
    sent = APIClient().post("/api/v1/tokens/refresh", body, format="json", REMOTE_ADDR=address)
    return sent.status_code


@pytest.mark.django_db
@override_settings(PURSER_EMBEDDED=False, SECURE_SSL_REDIRECT=False)
def test_nobody_known_is_counted_by_address() -> None:
    assert [refresh("192.0.2.1") for _ in range(3)] == [401, 401, 429]
    assert refresh("192.0.2.2") == 401


@pytest.mark.django_db
def test_on_a_machine_of_ones_own_addresses_are_not_counted() -> None:
    assert [refresh("127.0.0.1") for _ in range(3)] == [401, 401, 401]


@pytest.mark.django_db
def test_without_a_rate_nobody_waits(settings: Any) -> None:
    settings.THROTTLE_RATES = {"usual": None, "sensitive": None}
    alice = client_of(person())

    assert {alice.get(ME).status_code for _ in range(20)} == {200}

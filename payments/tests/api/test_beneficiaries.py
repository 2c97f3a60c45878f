from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import TokenFamily, User
from accounts.tests.factories import client_of, person
from payments.tests.conftest import Simulator
from payments.tests.payouts import GOOD, beneficiary_of

BENEFICIARIES = "/api/v1/beneficiaries"


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


def asked(**changes: object) -> dict[str, object]:
    return {"account_number": GOOD, "bank_code": "058", "currency": "NGN"} | changes


def post(client: APIClient, body: object, **headers: str) -> Any:
    return client.post(BENEFICIARIES, body, format="json", headers=headers)


def test_adds_one_and_shows_it_masked(client: APIClient) -> None:
    answer = post(client, asked())

    assert answer.status_code == 201
    body = answer.json()
    assert {
        "provider": "paystack",
        "name": "T*** H***** 6***",
        "account_number": "******6789",
        "bank_code": "058",
        "currency": "NGN",
    }.items() <= body.items()
    assert GOOD not in answer.text
    assert client.get(BENEFICIARIES).json()["results"] == [body]
    assert client.get(f"{BENEFICIARIES}/{body['id']}").json() == body


def test_a_repeated_request_is_answered_the_same(client: APIClient) -> None:
    first = post(client, asked(), **{"Idempotency-Key": "b1"})
    again = post(client, asked(), **{"Idempotency-Key": "b1"})

    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"


def test_wants_a_recent_proof_to_add_and_to_remove(alice: User) -> None:
    there = beneficiary_of(alice.pk)
    old = client_of(alice)
    TokenFamily.objects.filter(user=alice).update(
        authenticated_at=timezone.now() - timedelta(minutes=16)
    )

    for answer in (post(old, asked()), old.delete(f"{BENEFICIARIES}/{there.pk}")):
        assert (answer.status_code, answer.json()["code"]) == (401, "reauthentication_required")
    assert old.get(BENEFICIARIES).status_code == 200


def test_removes_one(client: APIClient, alice: User) -> None:
    there = beneficiary_of(alice.pk)

    assert client.delete(f"{BENEFICIARIES}/{there.pk}").status_code == 204

    assert client.get(f"{BENEFICIARIES}/{there.pk}").status_code == 404
    assert client.delete(f"{BENEFICIARIES}/{there.pk}").status_code == 404
    assert client.get(BENEFICIARIES).json()["results"] == []


def test_somebody_elses_is_not_there(alice: User, origin: str) -> None:
    there, charlie = beneficiary_of(alice.pk), client_of(person())

    assert charlie.get(f"{BENEFICIARIES}/{there.pk}").status_code == 404
    assert charlie.delete(f"{BENEFICIARIES}/{there.pk}").status_code == 404
    assert charlie.get(BENEFICIARIES).json()["results"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"account_number": "12 34"}, 400, "validation_error"),
        ({"account_number": "x" * 41}, 400, "validation_error"),
        ({"account_number": "9999999999"}, 422, "account_not_found"),
        ({"currency": "naira"}, 400, "validation_error"),
        ({"currency": "XOF", "provider": "paystack"}, 422, "currency_not_supported"),
        ({"provider": "nobody"}, 400, "validation_error"),
    ],
    ids=str,
)
def test_refuses(client: APIClient, changes: dict[str, object], status: int, code: str) -> None:
    answer = post(client, asked(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get(BENEFICIARIES).json()["results"] == []


def test_says_that_the_provider_is_away(client: APIClient, simulator: Simulator) -> None:
    simulator.set_faults(error=1)

    answer = post(client, asked())

    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")


def test_lists_with_a_fixed_number_of_queries(client: APIClient, alice: User) -> None:
    counts = []
    for number in range(2):
        beneficiary_of(alice.pk, f"012345678{number}")
        with CaptureQueriesContext(connection) as caught:
            assert len(client.get(BENEFICIARIES).json()["results"]) == number + 1
        counts.append(len(caught))

    assert counts[0] == counts[1]

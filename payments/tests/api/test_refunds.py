from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from accounts.operations import set_pin
from accounts.tests.factories import client_of, person
from payments.models import Deposit, Refund
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, start
from payments.tests.refunds import balances, paid_deposit, refund_of, send, settle
from wallets.models import Wallet


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    return paid_deposit(wallet, simulator)


def post(client: APIClient, deposit: Deposit, body: dict[str, object], **headers: str) -> Any:
    address = f"/api/v1/deposits/{deposit.reference}/refund"
    return client.post(address, body, format="json", headers=headers)


def test_some_of_it_or_all_that_is_left(
    client: APIClient, deposit: Deposit, wallet: Wallet
) -> None:
    some = post(client, deposit, {"amount": "2000.00"})
    rest = post(client, deposit, {})

    assert (some.status_code, rest.status_code) == (201, 201)
    said = some.json()
    assert said["reference"].startswith("RFD_")
    assert said["created_at"].endswith("Z")
    for name in ("reference", "created_at"):
        del said[name]
    assert said == {
        "status": "pending",
        "reason": "",
        "deposit": deposit.reference,
        "wallet": wallet.number,
        "amount": "2000.00",
        "currency": "NGN",
        "provider": "paystack",
        "ended_at": None,
    }
    assert rest.json()["amount"] == "3000.00"
    assert balances(wallet) == ("0.00", "5000.00")


def test_what_became_of_it_is_listed(client: APIClient, deposit: Deposit) -> None:
    settle(send(refund_of(deposit, "10.00")))
    refund_of(deposit, "20.00")

    answer = client.get(f"/api/v1/deposits/{deposit.reference}/refunds")

    found = [(row["amount"], row["status"]) for row in answer.json()["results"]]
    assert found == [("20.00", "pending"), ("10.00", "completed")]


def test_lists_in_a_fixed_number_of_queries(client: APIClient, deposit: Deposit) -> None:
    address = f"/api/v1/deposits/{deposit.reference}/refunds"
    refund_of(deposit, "10.00")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(3):
        refund_of(deposit, "10.00")

    with CaptureQueriesContext(connection) as four:
        client.get(address)

    assert len(one) == len(four)


def test_one_key_is_one_refund(client: APIClient, deposit: Deposit) -> None:
    first = post(client, deposit, {"amount": "10.00"}, **{"Idempotency-Key": "once"})
    again = post(client, deposit, {"amount": "10.00"}, **{"Idempotency-Key": "once"})
    other = post(client, deposit, {"amount": "11.00"}, **{"Idempotency-Key": "once"})

    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Refund.objects.filter(deposit=deposit).count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "5000.01"}, 422, "refund_too_large"),
        ({"amount": "0"}, 400, "validation_error"),
        ({"amount": "-1.00"}, 400, "validation_error"),
        ({"amount": "0.001"}, 400, "validation_error"),
        ({"amount": "NaN"}, 400, "validation_error"),
    ],
)
def test_refuses_and_changes_nothing(
    client: APIClient,
    deposit: Deposit,
    wallet: Wallet,
    body: dict[str, object],
    status: int,
    code: str,
) -> None:
    answer = post(client, deposit, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Refund.objects.filter(deposit=deposit).exists()
    assert balances(wallet) == ("5000.00", "0.00")


def test_only_what_was_paid(client: APIClient, wallet: Wallet) -> None:
    answer = post(client, start(wallet), {})

    assert (answer.status_code, answer.json()["code"]) == (422, "deposit_not_completed")


def test_somebody_elses_is_not_there(deposit: Deposit) -> None:
    stranger = client_of(person())

    assert post(stranger, deposit, {}).status_code == 404
    assert stranger.get(f"/api/v1/deposits/{deposit.reference}/refunds").status_code == 404
    assert not Refund.objects.filter(deposit=deposit).exists()


def test_wants_the_pin_of_who_has_one(client: APIClient, alice: User, deposit: Deposit) -> None:
    set_pin(owner_id=alice.pk, pin="4071", at=NOON)

    answer = post(client, deposit, {})

    assert answer.status_code in {401, 403, 422}
    assert not Refund.objects.filter(deposit=deposit).exists()

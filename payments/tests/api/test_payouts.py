from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.operations import set_pin
from accounts.tests.factories import client_of, person
from payments import queries
from payments.models import Beneficiary, Payout
from payments.operations import sweep_payouts
from payments.tests.factories import NOON, at_once, wallet_of
from payments.tests.payouts import (
    ask_for,
    beneficiary_of,
    fund,
    let_happen,
    money_of_wallet,
    send,
)
from wallets.models import Wallet

PAYOUTS = "/api/v1/payouts"


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


@pytest.fixture
def beneficiary(alice: User, wallet: Wallet) -> Beneficiary:
    fund(wallet)
    return beneficiary_of(alice.pk)


def asked(wallet: Wallet, beneficiary: Beneficiary, /, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "wallet": wallet.number,
        "amount": "1000.00",
        "beneficiary": str(beneficiary.pk),
    }
    return plain | changes


def post(client: APIClient, body: object, key: str | None = "k1", query: str = "") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(f"{PAYOUTS}{query}", body, format="json", headers=headers)


def test_asks_for_a_payout(client: APIClient, wallet: Wallet, beneficiary: Beneficiary) -> None:
    answer = post(client, asked(wallet, beneficiary, description="Rent"))

    assert answer.status_code == 201
    body = answer.json()
    assert body["reference"].startswith("PAY_")
    assert {
        "status": "pending",
        "wallet": wallet.number,
        "beneficiary": str(beneficiary.pk),
        "amount": "1000.00",
        "currency": "NGN",
        "provider": "paystack",
        "description": "Rent",
        "approvals_needed": 0,
        "sent_at": None,
        "ended_at": None,
    }.items() <= body.items()
    assert client.get(f"{PAYOUTS}/{body['reference']}").json() == body
    assert client.get(PAYOUTS).json()["results"] == [body]
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")


def test_needs_a_key(client: APIClient, wallet: Wallet, beneficiary: Beneficiary) -> None:
    answer = post(client, asked(wallet, beneficiary), key=None)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_one_key_is_one_payout_and_one_answer(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    first = post(client, asked(wallet, beneficiary))
    again = post(client, asked(wallet, beneficiary))

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Payout.objects.filter(wallet=wallet).count() == 1
    other = post(client, asked(wallet, beneficiary, amount="1.00"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_one_key_ten_times_at_once_is_one_payout(
    alice: User, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    answers = at_once(10, lambda _: post(client_of(alice), asked(wallet, beneficiary)))

    codes = {answer.status_code for answer in answers}  # type: ignore[union-attr]
    assert codes <= {201, 409}
    assert Payout.objects.filter(wallet=wallet).count() == 1
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")


def test_a_dry_run_says_what_would_be_and_does_nothing(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    answer = post(client, asked(wallet, beneficiary), key=None, query="?dry_run=true")

    assert answer.status_code == 200
    body = answer.json()
    assert "reference" not in body
    assert body["balance"] == {"available": "9000.00", "held": "1000.00", "total": "10000.00"}
    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    assert not Payout.objects.filter(wallet=wallet).exists()
    refused = post(
        client, asked(wallet, beneficiary, amount="10000.01"), key=None, query="?dry_run=true"
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_funds")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": "10000.01"}, 422, "insufficient_funds"),
        ({"amount": "0"}, 400, "validation_error"),
        ({"amount": "-1"}, 400, "validation_error"),
        ({"amount": "1.001"}, 400, "validation_error"),
        ({"amount": "NaN"}, 400, "validation_error"),
        ({"beneficiary": "x"}, 400, "validation_error"),
        ({"beneficiary": "00000000-0000-4000-8000-000000000000"}, 404, "not_found"),
        ({"wallet": "1234567890123"}, 404, "not_found"),
        ({"provider": "nobody"}, 400, "validation_error"),
        ({"description": "x" * 256}, 400, "validation_error"),
    ],
    ids=str,
)
def test_refuses(
    client: APIClient,
    wallet: Wallet,
    beneficiary: Beneficiary,
    changes: dict[str, object],
    status: int,
    code: str,
) -> None:
    answer = post(client, asked(wallet, beneficiary, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_somebody_elses_wallet_beneficiary_and_payout_are_not_there(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    bob = person()
    theirs = wallet_of(bob)
    fund(theirs)
    payout = ask_for(wallet, beneficiary)
    charlie = client_of(bob)

    assert post(charlie, asked(wallet, beneficiary)).status_code == 404
    assert post(charlie, asked(theirs, beneficiary), key="k2").status_code == 404
    assert charlie.get(f"{PAYOUTS}/{payout.reference}").status_code == 404
    assert charlie.get(PAYOUTS).json()["results"] == []
    cancel = charlie.post(f"{PAYOUTS}/{payout.reference}/cancel")
    assert cancel.status_code == 404
    assert queries.get_payout(owner_id=wallet.owner_id, reference=payout.reference).is_open


def test_cancels_what_was_not_sent(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    payout = ask_for(wallet, beneficiary)

    answer = client.post(f"{PAYOUTS}/{payout.reference}/cancel")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    again = client.post(f"{PAYOUTS}/{payout.reference}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")


def test_does_not_cancel_what_was_sent(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    payout = send(ask_for(wallet, beneficiary))

    answer = client.post(f"{PAYOUTS}/{payout.reference}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "state_conflict")
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")


def test_from_asking_to_paid(client: APIClient, wallet: Wallet, beneficiary: Beneficiary) -> None:
    reference = post(client, asked(wallet, beneficiary)).json()["reference"]
    sweep_payouts(now=timezone.now())
    assert client.get(f"{PAYOUTS}/{reference}").json()["status"] == "processing"
    let_happen()

    sweep_payouts(now=timezone.now() + timedelta(minutes=5))

    assert client.get(f"{PAYOUTS}/{reference}").json()["status"] == "completed"
    assert client.get(f"{PAYOUTS}?status=completed").json()["results"] != []
    assert client.get(f"{PAYOUTS}?status=failed").json()["results"] == []
    assert client.get(f"{PAYOUTS}?status=odd").status_code == 400


def test_wants_the_pin_of_who_has_one(
    alice: User, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    set_pin(owner_id=alice.pk, pin="4071", at=NOON)
    client = client_of(alice)

    assert post(client, asked(wallet, beneficiary)).status_code == 403
    right = client.post(
        PAYOUTS,
        asked(wallet, beneficiary),
        format="json",
        headers={"Idempotency-Key": "k1", "X-Transaction-Pin": "4071"},
    )

    assert right.status_code == 201


def test_lists_with_a_fixed_number_of_queries(
    client: APIClient, wallet: Wallet, beneficiary: Beneficiary
) -> None:
    counts = []
    for _ in range(2):
        ask_for(wallet, beneficiary, "1.00")
        ask_for(wallet, beneficiary, "1.00")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(PAYOUTS).status_code == 200
        counts.append(len(caught))

    assert counts[0] == counts[1]

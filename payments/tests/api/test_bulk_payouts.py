from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from payments.models import Payout, PayoutBatch
from payments.operations import run_payout_batch, run_payout_batches
from payments.tests.factories import NOON, at_once
from payments.tests.payouts import beneficiary_of, fund, money_of_wallet
from wallets.models import Wallet

BULK = "/api/v1/payouts/bulk"


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


@pytest.fixture
def table(alice: User, wallet: Wallet) -> str:
    """Two good rows, one for nobody, one that costs too much, and one that is none."""
    fund(wallet, "1000.00")
    there = beneficiary_of(alice.pk).pk
    rows = [f"{there},{amount}," for amount in ("400.00", "700.00", "x", "600.00")]
    rows.insert(1, f"{uuid4()},1.00,")
    return "beneficiary,amount,description\n" + "\n".join(rows)


def post(client: APIClient, wallet: Wallet, csv: str, query: str = "", key: str = "b1") -> Any:
    body = {"wallet": wallet.number, "csv": csv}
    return client.post(f"{BULK}{query}", body, format="json", headers={"Idempotency-Key": key})


def told(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["state"], row["code"]) for row in body["rows"]]


ENDS = [
    ("started", ""),
    ("refused", "beneficiary_not_found"),
    ("refused", "insufficient_funds"),
    ("refused", "invalid_amount"),
    ("started", ""),
]


def test_a_preview_says_what_would_become_of_each_and_does_nothing(
    client: APIClient, wallet: Wallet, table: str
) -> None:
    answer = post(client, wallet, table, "?dry_run=true")

    assert answer.status_code == 200
    assert told(answer.json()) == ENDS
    assert answer.json()["id"] is None
    assert money_of_wallet(wallet) == ("1000.00", "0.00")
    assert not PayoutBatch.objects.filter(wallet=wallet).exists()


def test_starts_each_row_for_itself_and_says_how_far_it_is(
    client: APIClient, wallet: Wallet, table: str
) -> None:
    answer = post(client, wallet, table)
    assert answer.status_code == 202
    body = answer.json()
    assert (body["waiting"], body["started"], body["refused"]) == (3, 0, 2)

    run_payout_batch(batch_id=UUID(body["id"]), now=NOON)

    body = client.get(f"{BULK}/{body['id']}").json()
    assert (body["waiting"], body["started"], body["refused"]) == (0, 2, 3)
    assert told(body) == ENDS
    assert body["rows"][0]["reference"].startswith("PAY_")
    assert body["rows"][0]["status"] == "pending"
    assert money_of_wallet(wallet) == ("0.00", "1000.00")


def test_ten_workers_start_each_row_once(client: APIClient, wallet: Wallet, table: str) -> None:
    batch = UUID(post(client, wallet, table).json()["id"])

    at_once(10, lambda _: run_payout_batch(batch_id=batch, now=NOON))
    run_payout_batches(now=NOON)

    assert Payout.objects.filter(wallet=wallet).count() == 2
    assert money_of_wallet(wallet) == ("0.00", "1000.00")


def test_one_key_is_one_table(client: APIClient, wallet: Wallet, table: str) -> None:
    first, again = (post(client, wallet, table) for _ in range(2))

    assert again.content == first.content
    assert PayoutBatch.objects.filter(wallet=wallet).count() == 1


def test_refuses_what_is_no_table_and_who_has_no_key(
    client: APIClient, wallet: Wallet, table: str
) -> None:
    answer = post(client, wallet, "a,b\n1,2")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "csv")
    body = {"wallet": wallet.number, "csv": table}
    assert client.post(BULK, body, format="json").json()["code"] == "idempotency_key_required"


def test_somebody_elses_is_not_there(client: APIClient, wallet: Wallet, table: str) -> None:
    batch = post(client, wallet, table).json()["id"]
    charlie = client_of(person())

    assert charlie.get(f"{BULK}/{batch}").status_code == 404
    assert post(charlie, wallet, table).status_code == 404

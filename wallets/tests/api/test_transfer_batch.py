"""POST /transfers/batch: many at once, each with a result of its own, or all or none."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import person
from wallets.models import Transfer
from wallets.tests.api.parties import URL, Parties
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db


def send(parties: Parties, *transfers: dict[str, Any], key: str = "", **rest: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"transfers": list(transfers), **rest}
    return parties.client.post(f"{URL}/batch", body, format="json", headers=headers)


def test_each_has_its_result_in_order(parties: Parties) -> None:
    foreign = wallet_of(person(), code="USD")
    response = send(
        parties,
        parties.body(amount="60"),
        parties.body(amount="50"),
        parties.body(amount="1", destination="0000000000000"),
        parties.body(amount="1", source=parties.target.number),
        parties.body(amount="1", destination=foreign.number),
        parties.body(amount="1", destination=parties.source.number),
        parties.body(amount="5", destination="eve-batch@example.com"),
        parties.body(amount="35"),
    )

    assert response.status_code == 200, response.content
    told = response.json()
    assert (told["sent"], told["failed"]) == (3, 5)
    assert [(one["index"], one["status"], one.get("code", "")) for one in told["results"]] == [
        (0, "completed", ""),
        (1, "failed", "insufficient_funds"),
        (2, "failed", "not_found"),
        (3, "failed", "not_found"),
        (4, "failed", "currency_mismatch"),
        (5, "failed", "same_wallet"),
        (6, "pending", ""),
        (7, "completed", ""),
    ]
    assert (holds(parties.source), holds(parties.target)) == ("0.00", "95.00")


def test_atomic_is_all_or_none(parties: Parties) -> None:
    bodies = [parties.body(amount="60"), parties.body(amount="50")]

    response = send(parties, *bodies, atomic=True)

    assert (response.status_code, response.json()["code"]) == (422, "insufficient_funds")
    assert "Transfer 1" in response.json()["detail"]
    assert holds(parties.source) == "100.00"
    assert not Transfer.objects.filter(source=parties.source).exists()
    assert send(parties, *[parties.body(amount="50")] * 2, atomic=True).status_code == 201
    assert holds(parties.target) == "100.00"


def test_same_key_is_one_batch(parties: Parties) -> None:
    first = send(parties, parties.body(amount="10"), parties.body(amount="10"), key="b")
    again = send(parties, parties.body(amount="10"), parties.body(amount="10"), key="b")
    other = send(parties, parties.body(amount="11"), key="b")

    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert holds(parties.target) == "20.00"


@pytest.mark.parametrize(
    "transfers",
    [None, [], [1], [{}], "x"],
    ids=str,
)
def test_what_is_no_batch_is_refused(parties: Parties, transfers: Any) -> None:
    body = {} if transfers is None else {"transfers": transfers}

    response = parties.client.post(f"{URL}/batch", body, format="json")

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")


def test_invalid_item_is_named_and_nothing_moves(parties: Parties) -> None:
    response = send(parties, parties.body(), parties.body(amount="-1"))

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "transfers.1.amount"
    assert holds(parties.source) == "100.00"


def test_a_thousand_cost_as_many_queries_as_one(parties: Parties) -> None:
    def queries(count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            response = send(parties, *[parties.body(amount="0.01")] * count, key=f"n{count}")
        assert response.status_code == 201
        return len(caught)

    queries(1)
    assert queries(1000) == queries(2)
    assert send(parties, *[parties.body(amount="0.01")] * 1001).status_code == 400
    assert holds(parties.target) == "10.03"

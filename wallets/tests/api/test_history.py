"""GET /wallets/{number}/transactions."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tests.factories import client_of, person
from wallets.models import Wallet
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/wallets"


class History:
    """Alice was funded with 100.00, sent 1.00 to 5.00 and got 0.50 back."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source, self.target = wallet_of(self.alice, holding="100.00"), wallet_of(self.bob)
        self.client = client_of(self.alice)
        for amount in range(1, 6):
            self.send(self.client, self.source, self.target, f"{amount}.00")
        self.send(client_of(self.bob), self.target, self.source, "0.50")

    def send(self, client: Any, source: Wallet, target: Wallet, amount: str) -> None:
        body = {
            "source": source.number,
            "destination": target.number,
            "amount": amount,
            "description": f"number {amount}",
            "metadata": {"n": amount},
        }
        assert client.post("/api/v1/transfers", body, format="json").status_code == 201

    def lines(self, **query: Any) -> list[dict[str, Any]]:
        response = self.client.get(f"{URL}/{self.source.number}/transactions", query)
        assert response.status_code == 200, response.content
        results: list[dict[str, Any]] = response.json()["results"]
        return results


@pytest.fixture
def history() -> History:
    return History()


def test_history_is_newest_first_with_running_balance(history: History) -> None:
    lines = history.lines()

    assert [line["amount"] for line in lines] == [
        "0.50", "-5.00", "-4.00", "-3.00", "-2.00", "-1.00", "100.00",
    ]  # fmt: skip
    assert [line["balance_after"] for line in lines[:3]] == ["85.50", "85.00", "90.00"]
    assert {line["type"] for line in lines} == {"transfer_in", "transfer_out", "adjustment"}


def test_history_line_tells_of_its_transfer(history: History) -> None:
    line = history.lines()[1]

    transfer = history.client.get(f"/api/v1/transfers/{line['reference']}").json()
    assert line.pop("id") == f"{transfer['reference']}:{1 if _sent_first(history) else 2}"
    assert line.pop("created_at") >= transfer["created_at"]
    assert line == {
        "type": "transfer_out",
        "amount": "-5.00",
        "balance_after": "85.00",
        "currency": "NGN",
        "reference": transfer["reference"],
        "counterparty": history.target.number,
        "description": "number 5.00",
        "metadata": {"n": "5.00"},
    }


def _sent_first(history: History) -> bool:
    return history.source.account_id < history.target.account_id


def test_history_pages_meet_without_gap_or_overlap(history: History) -> None:
    path = f"{URL}/{history.source.number}/transactions"
    seen, url = [], f"{path}?page_size=3"
    while url:
        page = history.client.get(url).json()
        seen += [line["id"] for line in page["results"]]
        url = page["next"]

    assert seen == [line["id"] for line in history.lines()]


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ({"type": "transfer_in"}, ["0.50"]),
        ({"type": "refund"}, []),
        ({"min_amount": "4.00"}, ["-5.00", "-4.00", "100.00"]),
        ({"max_amount": "1.00"}, ["0.50", "-1.00"]),
        ({"min_amount": "2", "max_amount": "3", "type": "transfer_out"}, ["-3.00", "-2.00"]),
        ({"to": "2020-01-01T00:00:00Z"}, []),
        ({"from": "2120-01-01T00:00:00Z"}, []),
    ],
)
def test_history_filters(history: History, query: dict[str, str], amounts: list[str]) -> None:
    assert [line["amount"] for line in history.lines(**query)] == amounts


def test_history_between_instants_includes_the_first_only(history: History) -> None:
    lines = history.lines()

    between = history.lines(**{"from": lines[4]["created_at"], "to": lines[2]["created_at"]})

    assert between == lines[3:5]


@pytest.mark.parametrize("query", ["min_amount=x", "max_amount=1.001", "from=x", "to=1"])
def test_bad_filter_is_refused(history: History, query: str) -> None:
    response = history.client.get(f"{URL}/{history.source.number}/transactions?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


def test_stranger_to_a_wallet_reads_no_history_line(history: History) -> None:
    response = client_of(history.bob).get(f"{URL}/{history.source.number}/transactions")

    assert response.status_code == 404

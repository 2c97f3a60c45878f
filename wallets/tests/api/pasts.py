"""Alice, whose wallet has a past: funded with 100.00, 1.00 to 5.00 sent to Bob, 0.50 back."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from accounts.tests.factories import client_of, person
from wallets.models import Wallet
from wallets.tests.factories import wallet_of

URL = "/api/v1/wallets"


class Past:
    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.alice.name = "Alice Ọlá"
        self.alice.save(update_fields=["name"])
        self.source, self.target = wallet_of(self.alice, holding="100.00"), wallet_of(self.bob)
        self.client = client_of(self.alice)
        for amount in range(1, 6):
            self.send(self.client, self.source, self.target, f"{amount}.00")
        self.send(client_of(self.bob), self.target, self.source, "0.50")

    def send(
        self, client: Any, source: Wallet, target: Wallet, amount: str, text: str = ""
    ) -> dict[str, Any]:
        body = {
            "source": source.number,
            "destination": target.number,
            "amount": amount,
            "description": text or f"number {amount}",
            "metadata": {"n": amount},
        }
        response = client.post("/api/v1/transfers", body, format="json")
        assert response.status_code == 201, response.content
        made: dict[str, Any] = response.json()
        return made

    def get(self, what: str, accept: str = "application/json", **query: Any) -> Any:
        path = f"{URL}/{self.source.number}/{what}"
        return self.client.get(path, query, headers={"Accept": accept})

    def lines(self, **query: Any) -> list[dict[str, Any]]:
        response = self.get("transactions", **query)
        assert response.status_code == 200, response.content
        results: list[dict[str, Any]] = response.json()["results"]
        return results


def rows_of(response: Any) -> list[dict[str, str]]:
    """Read an answer that is CSV."""
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text, newline="")))

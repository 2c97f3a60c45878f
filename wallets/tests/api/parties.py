"""Alice, who has money, Bob, who receives, and what a refusal must look like."""

from __future__ import annotations

from typing import Any

from accounts.tests.factories import client_of, person
from wallets.models import Transfer
from wallets.tests.factories import holds, wallet_of

URL = "/api/v1/transfers"


class Parties:
    """Alice has 100.00, Bob receives."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source = wallet_of(self.alice, holding="100.00")
        self.target = wallet_of(self.bob)
        self.client = client_of(self.alice)

    def body(self, **changes: Any) -> dict[str, Any]:
        return {
            "source": self.source.number,
            "destination": self.target.number,
            "amount": "25.50",
        } | changes

    def send(self, key: str | None = None, **changes: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(URL, self.body(**changes), format="json", headers=headers)


def refused(response: Any, status: int, code: str, parties: Parties) -> None:
    """A refusal says why and changes nothing."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert response.json()["request_id"]
    assert (holds(parties.source), holds(parties.target)) == ("100.00", "0.00")
    assert not Transfer.objects.exists()

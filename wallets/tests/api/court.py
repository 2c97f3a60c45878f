"""Alice, who disputes what she sent to Bob, and two of the staff who look at it."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from ledger.models import LedgerAccount
from wallets.tests.api.parties import Parties
from wallets.tests.factories import holds, wallet_of

API = "/api/v1"


class Court:
    """Alice sent 25.50 of her 100.00 to Bob, and wants it back; two of the staff look at it."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties
        self.transfer = parties.send().json()["reference"]
        self.alice, self.bob = parties.client, client_of(parties.bob)
        self.judges = [person(role="staff"), person(role="staff")]
        self.first, self.second = (client_of(judge) for judge in self.judges)

    def file(self, client: APIClient | None = None, **changes: Any) -> Any:
        body = {"transfer": self.transfer, "reason": "unauthorised", "description": "Not me."}
        return (client or self.alice).post(f"{API}/disputes", body | changes, format="json")

    def filed(self, **changes: Any) -> str:
        response = self.file(**changes)
        assert response.status_code == 201, response.content
        return str(response.json()["reference"])

    def act(self, client: APIClient, reference: str, verb: str, **body: Any) -> Any:
        part = "disputes" if client in (self.alice, self.bob) else "dispute-queue"
        return client.post(f"{API}/{part}/{reference}/{verb}", body, format="json")

    def decided(self, reference: str, outcome: str, **proposal: Any) -> Any:
        proposal = {"outcome": outcome, "reason": "We looked."} | proposal
        response = self.act(self.first, reference, "propose", **proposal)
        assert response.status_code == 200, response.content
        return self.act(self.second, reference, "decide", approve=True)

    def money(self) -> tuple[str, str]:
        return holds(self.parties.source), holds(self.parties.target)

    def held(self) -> int:
        return LedgerAccount.objects.get(pk=self.parties.target.account_id).held_minor


def kinds(client: APIClient, reference: str, part: str = "disputes") -> list[str]:
    found = client.get(f"{API}/{part}/{reference}").json()
    return [step["kind"] for step in found["timeline"]]


def sent_to(court: Court, owner: User) -> str:
    return str(court.parties.send(destination=wallet_of(owner).number).json()["reference"])

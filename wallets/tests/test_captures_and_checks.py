"""What holds pay is a payment without a request: the proof of the books knows both."""

from __future__ import annotations

import pytest

from accounts.tests.factories import client_of, person
from ledger.operations import all_checks
from ledger.operations.verify import run_checks
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db


def test_capture_leaves_the_books_proved() -> None:
    alice = person()
    source, target = wallet_of(alice, holding="10.00"), wallet_of(person())
    client = client_of(alice)
    placed = client.post(
        f"/api/v1/wallets/{source.number}/holds", {"amount": "4.00"}, format="json"
    )

    captured = client.post(
        f"/api/v1/holds/{placed.json()['reference']}/capture",
        {"destination": target.number, "amount": "1.00"},
        format="json",
    )

    assert captured.status_code == 200
    assert [found for found in run_checks(all_checks()) if not found.ok] == []

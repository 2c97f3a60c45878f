"""How often a request goes to the database and back, counted in the protocol itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from ledger.tests.protocol import round_trips
from wallets.models import Wallet
from wallets.queries import remember_newest_wallets
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


def test_reading_a_value_is_one_round_trip(tmp_path: Path) -> None:
    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["x"])

    assert round_trips(tmp_path / "log", read) == 1


@pytest.mark.parametrize("key", ["", "k1"])
def test_transfer_takes_one_round_trip_and_a_second_for_new_wallets(
    tmp_path: Path, key: str
) -> None:
    """Which wallets (remembered afterwards), and the transfer, which judges who asks as well."""
    alice = person()
    target, other = wallet_of(person()), wallet_of(person())
    source = wallet_of(alice, holding="10.00")
    client = client_of(alice)

    def send(key: str, target: Wallet = target) -> None:
        headers = {"Idempotency-Key": key} if key else {}
        body = {"source": source.number, "destination": target.number, "amount": "1.00"}
        response = client.post("/api/v1/transfers", body, format="json", headers=headers)
        assert response.status_code == 201

    send(key and "k-", other)  # a connection prepares each statement once
    send(key and "k0", other)
    assert round_trips(tmp_path / "first", lambda: send(key)) == 2
    assert round_trips(tmp_path / "second", lambda: send(key and "k2")) == 1
    assert round_trips(tmp_path / "replay", lambda: send(key)) == 1


def test_a_caller_who_was_never_met_is_looked_up(tmp_path: Path) -> None:
    alice = person()
    target, source = wallet_of(person()), wallet_of(alice, holding="10.00")
    body = {"source": source.number, "destination": target.number, "amount": "1.00"}

    def send(client: APIClient) -> None:
        assert client.post("/api/v1/transfers", body, format="json").status_code == 201

    met, new = client_of(alice), client_of(alice)
    send(met)
    send(met)  # a connection prepares each statement once

    assert round_trips(tmp_path / "log", lambda: send(new)) == 2


def test_transfer_between_wallets_met_at_the_start_takes_one_at_once(tmp_path: Path) -> None:
    alice = person()
    target, other = wallet_of(person()), wallet_of(person())
    source = wallet_of(alice, holding="10.00")
    client = client_of(alice)

    def send(target: Wallet) -> None:
        body = {"source": source.number, "destination": target.number, "amount": "1.00"}
        assert client.post("/api/v1/transfers", body, format="json").status_code == 201

    send(other)  # a connection prepares each statement once
    send(other)
    assert remember_newest_wallets(3) == 3

    assert round_trips(tmp_path / "log", lambda: send(target)) == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", 2), ("/balance", 2), ("/balance?at=2026-01-01T00:00:00Z", 2), ("/transactions", 2)],
)
def test_reads_of_a_wallet(tmp_path: Path, path: str, expected: int) -> None:
    alice = person()
    wallet = wallet_of(alice, holding="10.00")
    client = client_of(alice)

    def read() -> None:
        assert client.get(f"/api/v1/wallets/{wallet.number}{path}").status_code == 200

    read()  # a connection prepares each statement once
    assert round_trips(tmp_path / "log", read) == expected

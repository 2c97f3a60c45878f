"""The transaction PIN of who has set one is asked for before money leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import TransactionPin, User
from accounts.operations import set_pin
from accounts.tests.factories import client_of, pair_of, person
from accounts.tests.test_concurrency import at_once
from events.models import Event
from ledger.tests.protocol import round_trips
from wallets.models import Transfer, Wallet
from wallets.tests.factories import wallet_of

TRANSFERS = "/api/v1/transfers"
RIGHT, WRONG = "2580", "1470"


@pytest.fixture
def alice(db: None) -> User:
    return person("alice@example.com")


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


@pytest.fixture
def pair(alice: User) -> tuple[Wallet, Wallet]:
    return wallet_of(alice, holding="100"), wallet_of(person("bob@example.com"))


def send(client: APIClient, pair: tuple[Wallet, Wallet], pin: str | None = None) -> Any:
    source, destination = pair
    body = {"source": source.number, "destination": destination.number, "amount": "1"}
    headers = {} if pin is None else {"x-transaction-pin": pin}
    return client.post(TRANSFERS, body, format="json", headers=headers)


class TestAsking:
    @pytest.fixture(autouse=True)
    def kept(self, alice: User) -> None:
        set_pin(owner_id=alice.id, pin=RIGHT, at=timezone.now())

    @pytest.mark.parametrize(
        ("pin", "reason"), [(None, "pin_required"), ("", "pin_not_valid"), (WRONG, "pin_not_valid")]
    )
    def test_without_it_no_money_leaves(
        self, app: APIClient, pair: tuple[Wallet, Wallet], pin: str | None, reason: str
    ) -> None:
        answer = send(app, pair, pin)

        assert answer.status_code == 403
        assert answer.json()["code"] == "permission_denied"
        assert answer.json()["reason"] == reason
        assert not Transfer.objects.exists()

    def test_a_right_one_forgets_wrong_ones(
        self, app: APIClient, alice: User, pair: tuple[Wallet, Wallet]
    ) -> None:
        for _ in range(3):
            for _ in range(4):
                send(app, pair, WRONG)
            assert send(app, pair, RIGHT).status_code == 201

        assert TransactionPin.objects.get(owner=alice).failures == 0

    def test_after_five_wrong_ones_the_right_one_is_of_no_use(
        self, app: APIClient, alice: User, pair: tuple[Wallet, Wallet]
    ) -> None:
        reasons = [send(app, pair, WRONG).json()["reason"] for _ in range(5)]

        assert reasons == ["pin_not_valid"] * 4 + ["pin_locked"]
        assert send(app, pair, RIGHT).json()["reason"] == "pin_locked"
        assert Event.objects.filter(type="pin.locked", owner_id=alice.id).count() == 1
        assert not Transfer.objects.exists()

    def test_it_is_asked_again_when_a_request_is_repeated(
        self, app: APIClient, pair: tuple[Wallet, Wallet]
    ) -> None:
        source, destination = pair
        body = {"source": source.number, "destination": destination.number, "amount": "1"}
        headers = {"idempotency-key": "k1", "x-transaction-pin": RIGHT}
        first = app.post(TRANSFERS, body, format="json", headers=headers)

        without = app.post(TRANSFERS, body, format="json", headers={"idempotency-key": "k1"})
        again = app.post(TRANSFERS, body, format="json", headers=headers)

        assert without.status_code == 403
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert Transfer.objects.count() == 1

    def test_what_only_reads_or_tries_wants_none(
        self, app: APIClient, pair: tuple[Wallet, Wallet]
    ) -> None:
        source, destination = pair
        body = {"source": source.number, "destination": destination.number, "amount": "1"}

        assert app.get(TRANSFERS).status_code == 200
        assert app.get(f"/api/v1/wallets/{source.number}").status_code == 200
        assert app.post(f"{TRANSFERS}?dry_run=true", body, format="json").status_code == 200

    def test_who_has_none_is_not_asked(self, pair: tuple[Wallet, Wallet]) -> None:
        carol = person()
        wallet = wallet_of(carol, holding="5")

        assert send(client_of(carol), (wallet, pair[1])).status_code == 201
        assert send(client_of(carol), (wallet, pair[1]), WRONG).status_code == 201


def test_who_has_none_pays_no_round_trip_for_it(alice: User, tmp_path: Path) -> None:
    client = client_of(alice)
    bad = {"source": "x", "destination": "y", "amount": "-1"}

    def ask() -> None:
        assert client.post(TRANSFERS, bad, format="json").status_code == 400

    assert round_trips(tmp_path / "log", ask) == 1


@pytest.mark.usefixtures("committed_db")
class TestRaces:
    def test_of_twenty_wrong_ones_at_once_five_are_looked_at(self) -> None:
        alice = person()
        pair = wallet_of(alice, holding="100"), wallet_of(person())
        set_pin(owner_id=alice.id, pin=RIGHT, at=timezone.now())
        token = pair_of(alice).access_token

        answers = at_once(20, lambda _: send(_client(token), pair, WRONG))

        reasons = sorted(answer.json()["reason"] for answer in answers)
        assert reasons == ["pin_locked"] * 16 + ["pin_not_valid"] * 4
        assert TransactionPin.objects.get(owner=alice).failures == 5
        assert Event.objects.filter(type="pin.locked", owner_id=alice.id).count() == 1
        assert send(_client(token), pair, RIGHT).status_code == 403

    def test_twenty_right_ones_at_once_all_count(self) -> None:
        alice = person()
        pair = wallet_of(alice, holding="100"), wallet_of(person())
        set_pin(owner_id=alice.id, pin=RIGHT, at=timezone.now())
        token = pair_of(alice).access_token

        answers = at_once(20, lambda _: send(_client(token), pair, RIGHT))

        assert [answer.status_code for answer in answers] == [201] * 20


def _client(token: str) -> APIClient:
    return APIClient(headers={"authorization": f"Bearer {token}"})

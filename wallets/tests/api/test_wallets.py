"""Opening, reading and labelling wallets; balances and histories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import client_of, person
from events.models import Event
from ledger.models import JournalEntry, LedgerAccount
from ledger.money import Money
from wallets import numbers
from wallets.models import Wallet
from wallets.tests.factories import fund, holds, wallet_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/wallets"


def open_(client: Any, **body: Any) -> Any:
    return client.post(URL, {"currency": "NGN", "kind": "current"} | body, format="json")


def test_wallet_is_opened_empty_with_a_number_of_its_own() -> None:
    alice = person()

    response = open_(client_of(alice), label="Savings")

    assert response.status_code == 201, response.content
    answer = response.json()
    assert numbers.is_valid(answer.pop("number"))
    assert answer.pop("created_at").endswith("Z")
    assert answer == {
        "currency": "NGN",
        "kind": "current",
        "label": "Savings",
        "status": "active",
        "balance": {"available": "0.00", "held": "0.00", "total": "0.00"},
    }
    assert Event.objects.get(type="wallet.opened").owner_id == alice.id


def test_one_wallet_for_each_currency_and_kind() -> None:
    client = client_of(person())
    for body in ({}, {"currency": "USD"}, {"kind": "offline"}):
        assert open_(client, **body).status_code == 201

    again = open_(client)

    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")
    assert Wallet.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": "ngn"}, "currency"),
        ({"currency": None}, "currency"),
        ({"kind": "savings"}, "kind"),
        ({"label": "x" * 61}, "label"),
        ({"label": ["x"]}, "label"),
    ],
)
def test_bad_wallet_is_refused(change: dict[str, Any], field: str) -> None:
    response = open_(client_of(person()), **change)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Wallet.objects.exists()
    assert not LedgerAccount.objects.filter(code__startswith="wallet:").exists()


def test_same_key_opens_one_wallet() -> None:
    client = client_of(person())
    headers = {"Idempotency-Key": "w1"}
    body = {"currency": "NGN", "kind": "current"}

    first, again = (client.post(URL, body, format="json", headers=headers) for _ in range(2))

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_own_wallets_are_listed_and_nobody_elses() -> None:
    alice = person()
    mine = [wallet_of(alice, code=code, holding="5") for code in ("NGN", "JPY", "KWD")]
    wallet_of(person())

    results = client_of(alice).get(URL).json()["results"]

    assert [row["number"] for row in results] == [wallet.number for wallet in mine[::-1]]
    assert [row["balance"]["total"] for row in results] == ["5.000", "5", "5.00"]


def test_label_can_be_changed_and_nothing_else() -> None:
    alice = person()
    wallet = wallet_of(alice)
    path = f"{URL}/{wallet.number}"

    response = client_of(alice).patch(
        path, {"label": "Rent", "number": "1", "currency": "USD"}, format="json"
    )

    assert response.status_code == 200
    assert response.json() == client_of(alice).get(path).json()
    assert (response.json()["label"], response.json()["number"]) == ("Rent", wallet.number)


@pytest.mark.parametrize("path", ["", "/balance", "/transactions"])
def test_stranger_finds_no_wallet(path: str) -> None:
    wallet = wallet_of(person(), holding="5.00")
    for number in (wallet.number, "0000000000000", "x", "1" * 400):
        response = client_of(person()).get(f"{URL}/{number}{path}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_stranger_cannot_label() -> None:
    wallet = wallet_of(person())

    response = client_of(person()).patch(f"{URL}/{wallet.number}", {"label": "x"}, format="json")

    wallet.refresh_from_db()
    assert (response.status_code, wallet.label) == (404, "")


def test_balance_counts_what_is_held_apart() -> None:
    alice = person()
    wallet = wallet_of(alice, holding="10.00")
    _hold(wallet, 250)

    answer = client_of(alice).get(f"{URL}/{wallet.number}/balance").json()

    assert answer.pop("as_of").endswith("Z")
    assert answer == {"available": "7.50", "held": "2.50", "total": "10.00", "currency": "NGN"}


def _hold(wallet: Wallet, minor: int) -> None:
    """Hold money as the owner of the tables can: no operation places holds yet."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE ledger_ledgeraccount SET held_minor = %s WHERE id = %s",
            [minor, wallet.account_id],
        )
        cursor.execute("RESET ROLE")


def test_what_is_held_cannot_be_sent() -> None:
    alice = person()
    wallet, target = wallet_of(alice, holding="10.00"), wallet_of(person())
    _hold(wallet, 250)
    body = {"source": wallet.number, "destination": target.number}

    answers = [
        client_of(alice).post("/api/v1/transfers", body | {"amount": amount}, format="json")
        for amount in ("7.51", "7.50")
    ]

    assert [answer.status_code for answer in answers] == [422, 201]
    assert holds(wallet) == "2.50"


def test_balance_at_a_past_instant() -> None:
    alice = person()
    wallet = wallet_of(alice, holding="10.00")
    between = JournalEntry.objects.latest("id").recorded_at
    fund(wallet, Money.of("5.00", "NGN"))
    client = client_of(alice)

    def total(at: str) -> str:
        answer = client.get(f"{URL}/{wallet.number}/balance", {"at": at}).json()
        return str(answer["total"])

    assert total("2020-01-01T00:00:00Z") == "0.00"
    assert total(between.isoformat()) == "10.00"
    assert total((timezone.now() + timedelta(days=1)).isoformat()) == "15.00"


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z",
           "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59", "0002-01-01T00:00:00+23:59",
           "9" * 300]
)  # fmt: skip
def test_bad_instant_is_refused(at: str) -> None:
    alice = person()
    wallet = wallet_of(alice)

    response = client_of(alice).get(f"{URL}/{wallet.number}/balance", {"at": at})

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")

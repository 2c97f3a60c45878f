"""What a wallet's document says of the money that its devices may spend."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from accounts.tests.factories import client_of, person
from offline.models import Certificate
from offline.tests.phones import API, Phone, offline_wallet
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

URL = f"{API}/wallets"


def test_wallet_shows_what_its_certificates_hold_and_until_when() -> None:
    alice, shop = Phone(holding="100.00").load("60.00"), Phone()
    shop.sync_one(alice.pay(shop, 1_500))
    wallet_of(alice.owner, holding="5.00")

    read = alice.client.get(f"{URL}/{alice.wallet.number}").json()
    listed = alice.client.get(URL).json()["results"]

    assert read["balance"] == {"available": "40.00", "held": "0.00", "total": "40.00"}
    assert read["offline"]["held"] == "45.00"
    until = parse_datetime(read["offline"]["held_until"])
    assert until == Certificate.objects.get().submit_until
    assert ["offline" in entry for entry in listed if entry["kind"] == "current"] == [False]
    assert [entry for entry in listed if entry["kind"] == "offline"] == [read]


def test_nothing_is_held_of_a_new_wallet_or_of_one_that_only_receives() -> None:
    client = client_of(person())
    body = {"currency": "NGN", "kind": "offline"}
    opened = client.post(URL, body, format="json").json()
    shop = Phone().load("0.00")

    assert opened["offline"] == {"held": "0.00", "held_until": None}
    read = shop.client.get(f"{URL}/{shop.wallet.number}").json()
    assert read["offline"] == {"held": "0.00", "held_until": None}
    label = shop.client.patch(f"{URL}/{shop.wallet.number}", {"label": "Till"}, format="json")
    assert label.json() == read | {"label": "Till"}
    assert client.get(f"{URL}/{shop.wallet.number}").status_code == 404


def test_wallet_is_loaded_and_unloaded_by_the_name_that_devices_know() -> None:
    owner = person()
    client = client_of(owner)
    current, offline = wallet_of(owner, holding="50.00"), offline_wallet(owner)
    there = {"source": current.number, "destination": offline.number, "amount": "30.00"}
    back = {"source": offline.number, "destination": current.number, "amount": "10.00"}

    answers = [
        client.post(f"{URL}/transfer", body, format="json", headers={"Idempotency-Key": key})
        for body, key in ((there, "there"), (there, "there"), (back, "back"))
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert (holds(current), holds(offline)) == ("30.00", "20.00")
    more = client.post(f"{URL}/transfer", back | {"amount": "20.01"}, format="json")
    assert (more.status_code, more.json()["code"]) == (422, "insufficient_funds")
    assert client.get(f"{URL}/transfer").status_code == 405


def test_list_asks_once_for_all_wallets() -> None:
    owner = person()
    client = client_of(owner)
    offline_wallet(owner, code="NGN")
    counts = []
    for code in ("USD", "EUR", "KES"):
        client.get(URL)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(URL)
        counts.append(len(captured))
        offline_wallet(owner, code=code)

    assert len(set(counts)) == 1

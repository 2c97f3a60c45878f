"""Wallets in an export, and money that keeps its owner's data from being erased."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.errors import ErasureRefused
from accounts.models import User
from accounts.operations import erase_person
from accounts.tests.factories import client_of, person
from wallets.models import Wallet
from wallets.tests.books import broken_books
from wallets.tests.factories import holds, wallet_of


def transfer(payer: User, source: Wallet, destination: Wallet, amount: str) -> None:
    body = {"source": source.number, "destination": destination.number, "amount": amount}
    answer = client_of(payer).post("/api/v1/transfers", body, format="json")
    assert answer.status_code == 201, answer.content


def exported(user: User) -> dict[str, Any]:
    answer: Any = client_of(user).get("/api/v1/users/me/export")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


@pytest.mark.django_db
def test_money_is_told_in_major_units_to_both_sides_and_nobody_else() -> None:
    alice, bob = person(), person()
    hers, his = wallet_of(alice, holding="100.00"), wallet_of(bob)
    transfer(alice, hers, his, "30.50")

    told = exported(alice)

    assert [(row["number"], row["balance"]) for row in told["wallets.json"]] == [
        (hers.number, "69.50")
    ]
    sent = told["transfers.json"][0]
    assert (sent["amount"], sent["destination"]) == ("30.50", his.number)
    assert [row["amount"] for row in told["transactions.json"]] == ["100.00", "-30.50"]
    assert [row["amount"] for row in exported(bob)["transactions.json"]] == ["30.50"]
    assert exported(person())["transfers.json"] == []


@pytest.mark.django_db
def test_currencies_have_their_own_decimals() -> None:
    alice = person()
    wallet_of(alice, holding="500", code="JPY")
    wallet_of(alice, holding="1.500", code="KWD")

    told = {row["currency"]: row["balance"] for row in exported(alice)["wallets.json"]}

    assert told == {"JPY": "500", "KWD": "1.500"}


@pytest.mark.usefixtures("committed_db")
def test_money_keeps_its_owner_known_and_the_books_outlive_them() -> None:
    alice, bob = person(), person()
    hers, his = wallet_of(alice, holding="100.00"), wallet_of(bob)
    before = broken_books()

    with pytest.raises(ErasureRefused) as refused:
        erase_person(person_id=alice.id, actor_id=alice.id, at=timezone.now())
    assert refused.value.open_items == ["money in a wallet"]
    assert User.objects.get(id=alice.id).erased_at is None

    transfer(alice, hers, his, "100.00")
    erase_person(person_id=alice.id, actor_id=alice.id, at=timezone.now())

    assert holds(his) == "100.00"
    assert broken_books() == before
    assert exported(bob)["transfers.json"][0]["source"] == hers.number

"""Whoever asks again and again is told in a word that nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from config.tests.belongings import deposit as deposit_in
from payments.models import Deposit
from wallets.tests.factories import wallet_of
from wallets.tests.test_concurrency import send

pytestmark = pytest.mark.django_db


def ask(client: APIClient, path: str, tag: str = "") -> Any:
    return client.get(f"/api/v1/{path}", headers={"If-None-Match": tag} if tag else {})


def test_a_deposit_until_something_happens() -> None:
    alice = person()
    deposit = deposit_in(alice, wallet_of(alice))
    app, path = client_of(alice), f"deposits/{deposit.reference}"

    first = ask(app, path)
    again = ask(app, path, first["ETag"])
    Deposit.objects.filter(pk=deposit.pk).update(status="failed")
    changed = ask(app, path, first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert (changed.status_code, changed.json()["status"]) == (200, "failed")
    assert changed["ETag"] != first["ETag"]


def test_a_transfer_and_nobody_elses() -> None:
    alice = person()
    source, target = wallet_of(alice, holding="10.00"), wallet_of(person())
    app = client_of(alice)
    path = f"transfers/{send(app, source, target, '1.00').json()['reference']}"
    tag = ask(app, path)["ETag"]

    assert ask(app, path, tag).status_code == 304
    assert ask(client_of(person()), path, tag).status_code == 404
    assert ask(APIClient(), path, tag).status_code == 401

"""Holds and captures within limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wallets import tariff
from wallets.models import Hold
from wallets.tests.api.parties import Parties
from wallets.tests.api.test_holds import act, balance, place
from wallets.tests.factories import holds
from wallets.tests.rules import agree_on_limits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    tariff.forget()
    yield
    tariff.forget()


def test_holds_and_captures_count_within_limits(parties: Parties) -> None:
    agree_on_limits("hold", day_count=2)
    agree_on_limits("payment", each_minor=1000)

    made = [place(parties, "15.00").status_code for _ in range(3)]
    assert made == [201, 201, 422]
    assert balance(parties)["held"] == "30.00"

    reference = Hold.objects.filter(wallet=parties.source).latest("id").reference
    target = parties.target.number
    told = act(parties, reference, "capture", destination=target, amount="10.01")
    assert (told.status_code, told.json()["code"]) == (422, "limit_exceeded")
    told = act(parties, reference, "capture", destination=target, amount="10.00")
    assert told.status_code == 200


def test_receiver_never_holds_more_than_they_may(parties: Parties) -> None:
    reference = place(parties).json()["reference"]
    agree_on_limits("balance", each_minor=5000)

    told = act(parties, reference, "capture", destination=parties.target.number, amount="50.01")

    assert (told.status_code, told.json()["code"]) == (422, "receiver_cannot_take")
    assert (holds(parties.target), balance(parties)["held"]) == ("0.00", "60.00")
    told = act(parties, reference, "capture", destination=parties.target.number, amount="50.00")
    assert told.status_code == 200

"""Fees and limits of transfers over the API: charged, quoted, refused, told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.factories import client_of, person
from ledger import chart
from ledger.queries import chart_balance
from wallets import tariff
from wallets.models import Transfer
from wallets.tests.api.parties import URL, Parties, refused
from wallets.tests.factories import holds, wallet_of
from wallets.tests.rules import agree_on_fee, agree_on_limits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    tariff.forget()
    yield
    tariff.forget()


def dry(parties: Parties, **changes: Any) -> Any:
    return parties.client.post(f"{URL}?dry_run=true", parties.body(**changes), format="json")


def limits_of(parties: Parties) -> Any:
    return parties.client.get(f"/api/v1/wallets/{parties.source.number}/limits").json()


def test_fee_is_paid_on_top_and_shown(parties: Parties) -> None:
    agree_on_fee("transfer", {"flat": 50, "basis_points": 100})

    response = parties.send(amount="20.00")

    assert response.status_code == 201
    assert response.json()["fee"] == "0.70"
    assert (holds(parties.source), holds(parties.target)) == ("79.30", "20.00")
    assert chart_balance(chart.fees("NGN")) == 70
    lines = parties.client.get(f"/api/v1/wallets/{parties.source.number}/transactions").json()
    told = {(line["type"], line["amount"]) for line in lines["results"]}
    assert {("transfer_out", "-20.00"), ("fee", "-0.70")} <= told


def test_fee_is_part_of_the_funds_check(parties: Parties) -> None:
    agree_on_fee("transfer", {"flat": 50})

    refused(parties.send(amount="99.51"), 422, "insufficient_funds", parties)
    assert parties.send(amount="99.50").status_code == 201
    assert holds(parties.source) == "0.00"


def test_fee_of_a_role_comes_before_everybodys(parties: Parties) -> None:
    agree_on_fee("transfer", {"flat": 50})
    agree_on_fee("transfer", {"flat": 10}, role="user")
    agree_on_fee("*", {"flat": 70})

    assert parties.send(amount="1").json()["fee"] == "0.10"


def test_reversal_keeps_the_fee_unless_asked(parties: Parties) -> None:
    agree_on_fee("transfer", {"flat": 50})
    staff = client_of(person(role="staff"))

    for return_fee, left in ((False, "99.50"), (True, "99.50")):
        reference = parties.send(amount="10").json()["reference"]
        told = staff.post(
            f"{URL}/{reference}/reverse", {"return_fee": return_fee}, format="json"
        ).json()
        assert told["fee"] == ("0.50" if return_fee else "0.00")
        assert holds(parties.source) == left


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    flat=st.integers(0, 300),
    basis_points=st.integers(0, 1000),
    least=st.integers(0, 100),
    minor=st.integers(1, 500),
)
def test_estimates_equal_charges(
    parties: Parties, flat: int, basis_points: int, least: int, minor: int
) -> None:
    agree_on_fee("transfer", {"flat": flat, "basis_points": basis_points, "least": least})
    source = wallet_of(person(), holding="100.00")
    client = client_of(source.owner)
    body = {
        "source": source.number,
        "destination": parties.target.number,
        "amount": f"{minor // 100}.{minor % 100:02}",
    }

    estimate = client.post(f"{URL}?dry_run=true", body, format="json").json()
    charged = client.post(URL, body, format="json").json()

    assert charged["fee"] == estimate["fee"]
    assert estimate["balance"]["available"] == holds(source)


def test_dry_run_says_what_is_left_and_uses_nothing_up(parties: Parties) -> None:
    agree_on_limits("transfer", day_count=2, day_minor=5000)

    for _ in range(3):
        answer = dry(parties, amount="20.00").json()
        assert answer["limits"]["day"] == {
            "count": {"most": 2, "left": 1},
            "amount": {"most": "50.00", "left": "30.00"},
        }

    assert limits_of(parties)["operations"]["transfer"]["day"]["count"]["left"] == 2


@pytest.mark.parametrize(
    "limits",
    [{"each_minor": 2549}, {"day_minor": 2549}, {"month_minor": 2549}, {"day_count": 0}],
    ids=str,
)
def test_beyond_a_limit_nothing_moves(parties: Parties, limits: dict[str, Any]) -> None:
    agree_on_limits("transfer", **limits)

    refused(parties.send(key="k"), 422, "limit_exceeded", parties)
    refused(dry(parties), 422, "limit_exceeded", parties)
    again = parties.send(key="k")
    assert again["Idempotent-Replayed"] == "true"


def test_limit_is_told_and_used_up(parties: Parties) -> None:
    agree_on_limits("transfer", day_count=2, each_minor=3000)
    assert parties.send().status_code == 201

    told = limits_of(parties)

    assert (told["currency"], told["kyc_tier"]) == ("NGN", 2)
    assert told["balance"] == {"most": "5000000.00", "left": "4999925.50"}
    assert told["operations"]["transfer"] == {
        "each": "30.00",
        "day": {"count": {"most": 2, "left": 1}, "amount": {"most": None, "left": None}},
        "month": {"count": {"most": None, "left": None}, "amount": {"most": None, "left": None}},
    }
    assert told["operations"]["payout"]["day"]["count"] == {"most": 50_000, "left": 50_000}
    assert parties.send().status_code == 201
    assert parties.send().json()["code"] == "limit_exceeded"
    stranger = client_of(parties.bob).get(f"/api/v1/wallets/{parties.source.number}/limits")
    assert stranger.status_code == 404


def test_too_much_for_the_receiver_waits(parties: Parties) -> None:
    full = wallet_of(person(kyc_tier=0), holding="49990")

    first = parties.send(destination=full.number, amount="10.00").json()
    second = parties.send(destination=full.number, amount="0.01").json()

    assert (first["status"], second["status"]) == ("completed", "pending")
    assert holds(full) == "50000.00"
    assert dry(parties, destination=full.number).json()["status"] == "pending"
    assert Transfer.objects.filter(destination=full).count() == 2

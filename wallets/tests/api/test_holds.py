"""Holds as clients place, capture, release and read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import client_of
from ledger.money import Money
from wallets.models import Hold
from wallets.operations import HoldOrder, place_hold
from wallets.tests.api.parties import Parties
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

API = "/api/v1"


def place(parties: Parties, amount: str = "60.00", key: str | None = None, **more: Any) -> Any:
    return parties.client.post(
        f"{API}/wallets/{parties.source.number}/holds",
        {"amount": amount} | more,
        format="json",
        headers={"Idempotency-Key": key} if key else {},
    )


def act(parties: Parties, reference: str, verb: str, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    url = f"{API}/holds/{reference}/{verb}"
    return parties.client.post(url, body, format="json", headers=headers)


def balance(parties: Parties) -> dict[str, str]:
    found = parties.client.get(f"{API}/wallets/{parties.source.number}/balance").json()
    return {name: found[name] for name in ("available", "held", "total")}


def payouts_hold(parties: Parties) -> Hold:
    order = HoldOrder(
        parties.source, Money.of("1.00", "NGN"), "HLD_P", timezone.now(), purpose="payout"
    )
    return place_hold(order=order)


def test_available_falls_when_a_hold_is_made(parties: Parties) -> None:
    response = place(parties, description="Deposit for the flat")

    assert response.status_code == 201, response.content
    made = response.json()
    assert made["reference"].startswith("HLD_")
    expires = made.pop("expires_at")
    assert expires > made.pop("created_at")
    del made["reference"]
    assert made == {
        "wallet": parties.source.number,
        "status": "open",
        "purpose": "customer",
        "amount": "60.00",
        "captured": "0.00",
        "remaining": "60.00",
        "currency": "NGN",
        "description": "Deposit for the flat",
        "closed_at": None,
    }
    assert balance(parties) == {"available": "40.00", "held": "60.00", "total": "100.00"}
    assert parties.send(amount="40.01").json()["code"] == "insufficient_funds"


def test_hold_reads_back_to_its_owner_and_to_nobody_else(parties: Parties) -> None:
    made = place(parties).json()
    url, bob = f"{API}/holds/{made['reference']}", client_of(parties.bob)

    assert parties.client.get(url).json() == made
    listed = parties.client.get(f"{API}/wallets/{parties.source.number}/holds")
    assert listed.json()["results"] == [made]
    for answer in (
        bob.get(url),
        bob.get(f"{API}/wallets/{parties.source.number}/holds"),
        bob.post(f"{url}/release", {}, format="json"),
        bob.post(f"{url}/capture", {"destination": parties.target.number}, format="json"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_captures_in_parts_and_then_the_rest(parties: Parties) -> None:
    reference = place(parties).json()["reference"]

    first = act(parties, reference, "capture", destination=parties.target.number, amount="20.00")
    assert first.status_code == 200, first.content
    assert first.json()["capture_amount"] == "20.00"
    assert (first.json()["status"], first.json()["remaining"]) == ("open", "40.00")
    rest = act(parties, reference, "capture", destination=parties.target.number).json()

    assert (rest["status"], rest["captured"], rest["capture_amount"]) == (
        "captured",
        "60.00",
        "40.00",
    )
    assert (holds(parties.source), holds(parties.target)) == ("40.00", "60.00")
    lines = client_of(parties.bob).get(f"{API}/wallets/{parties.target.number}/transactions")
    found = lines.json()["results"]
    assert [(line["type"], line["amount"]) for line in found] == [
        ("payment", "40.00"),
        ("payment", "20.00"),
    ]


def test_final_capture_lets_the_rest_go(parties: Parties) -> None:
    reference = place(parties).json()["reference"]

    answer = act(
        parties,
        reference,
        "capture",
        destination=parties.target.number,
        amount="20.00",
        final=True,
    ).json()

    assert (answer["status"], answer["captured"], answer["remaining"]) == (
        "captured",
        "20.00",
        "0.00",
    )
    assert balance(parties) == {"available": "80.00", "held": "0.00", "total": "80.00"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "60.01"}, 422, "capture_exceeds_hold"),
        ({"amount": "0"}, 400, "validation_error"),
        ({"amount": "1.001"}, 400, "validation_error"),
        ({"destination": "1234567890123"}, 404, "not_found"),
        ({"destination": "x"}, 400, "validation_error"),
        ({"destination": None}, 400, "validation_error"),
    ],
)
def test_refused_capture_changes_nothing(
    parties: Parties, body: dict[str, Any], status: int, code: str
) -> None:
    reference = place(parties).json()["reference"]

    answer = act(parties, reference, "capture", **{"destination": parties.target.number} | body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert balance(parties) == {"available": "40.00", "held": "60.00", "total": "100.00"}


def test_capture_to_its_own_wallet_is_refused(parties: Parties) -> None:
    reference = place(parties).json()["reference"]

    answer = act(parties, reference, "capture", destination=parties.source.number)

    assert (answer.status_code, answer.json()["code"]) == (422, "same_wallet")


def test_released_hold_is_over(parties: Parties) -> None:
    reference = place(parties).json()["reference"]

    answer = act(parties, reference, "release")

    assert (answer.status_code, answer.json()["status"]) == (200, "released")
    assert balance(parties) == {"available": "100.00", "held": "0.00", "total": "100.00"}
    for again in (
        act(parties, reference, "release"),
        act(parties, reference, "capture", destination=parties.target.number),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "state_conflict")


def test_one_key_is_one_effect_and_the_same_bytes(parties: Parties) -> None:
    first, again = place(parties, key="a"), place(parties, key="a")
    assert (first.content, again.headers["Idempotent-Replayed"]) == (again.content, "true")
    reference, target = first.json()["reference"], parties.target.number

    answers = [
        act(parties, reference, "capture", key="b", destination=target, amount="10.00")
        for _ in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert balance(parties) == {"available": "40.00", "held": "50.00", "total": "90.00"}


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "-1.00"},
        {"amount": "0.001"},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2999-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"description": "x" * 256},
    ],
)
def test_hold_that_makes_no_sense_is_refused(parties: Parties, body: dict[str, Any]) -> None:
    answer = place(parties, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert not Hold.objects.filter(wallet=parties.source).exists()


def test_what_a_payout_holds_is_not_the_owners_to_settle(parties: Parties) -> None:
    hold = payouts_hold(parties)

    for verb, body in (("release", {}), ("capture", {"destination": parties.target.number})):
        answer = act(parties, hold.reference, verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "state_conflict")
    assert parties.client.get(f"{API}/holds/HLD_P").json()["purpose"] == "payout"


def test_lists_by_status(parties: Parties) -> None:
    kept, gone = (place(parties, "10.00").json()["reference"] for _ in range(2))
    act(parties, gone, "release")
    url = f"{API}/wallets/{parties.source.number}/holds"

    for status, expected in (("open", [kept]), ("released", [gone]), ("expired", [])):
        found = parties.client.get(url, {"status": status}).json()["results"]
        assert [hold["reference"] for hold in found] == expected
    assert parties.client.get(url, {"status": "lost"}).status_code == 400


def test_list_reads_holds_once_however_long(parties: Parties) -> None:
    for _ in range(5):
        place(parties, "1.00")
    url = f"{API}/wallets/{parties.source.number}/holds"
    parties.client.get(url)

    with CaptureQueriesContext(connection) as asked:
        parties.client.get(url)

    holds_asked = [query for query in asked.captured_queries if "wallets_hold" in query["sql"]]
    assert len(holds_asked) == 1


def expired(parties: Parties) -> Hold:
    reference = place(parties).json()["reference"]
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE wallets_hold SET expires_at = now() - interval '1 s' WHERE reference = %s",
            [reference],
        )
        cursor.execute("SET ROLE purser_app")
    return Hold.objects.get(reference=reference)


def test_hold_whose_time_is_over_is_not_captured(parties: Parties) -> None:
    hold = expired(parties)

    answer = act(parties, hold.reference, "capture", destination=parties.target.number)

    assert (answer.status_code, answer.json()["code"]) == (409, "state_conflict")
    assert (holds(parties.source), holds(parties.target)) == ("100.00", "0.00")


def test_what_was_held_at_a_past_instant_is_known(parties: Parties) -> None:
    url = f"{API}/wallets/{parties.source.number}/balance"

    def instant() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return str(cursor.fetchone()[0].isoformat())

    instants = [instant()]
    reference = place(parties).json()["reference"]
    instants.append(instant())
    act(parties, reference, "capture", destination=parties.target.number, amount="20.00")
    instants.append(instant())
    act(parties, reference, "release")
    instants.append(instant())

    found = [parties.client.get(url, {"at": at}).json() for at in instants]
    assert [(told["total"], told["held"], told["available"]) for told in found] == [
        ("100.00", "0.00", "100.00"),
        ("100.00", "60.00", "40.00"),
        ("80.00", "40.00", "40.00"),
        ("80.00", "0.00", "80.00"),
    ]


def test_near_expiry_is_taken_at_its_word(parties: Parties) -> None:
    soon = timezone.now() + timedelta(seconds=30)

    assert place(parties, expires_at=soon.isoformat()).status_code == 201

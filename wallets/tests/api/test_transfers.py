"""POST and GET /transfers."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from events.models import Event
from ledger.models import JournalEntry
from ledger.operations import block_account
from wallets.operations import close_wallet
from wallets.tests.api.parties import URL, Parties, refused
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db


def test_money_moves_and_the_answer_says_how(parties: Parties) -> None:
    response = parties.send(currency="NGN", description="Rent", metadata={"month": 1})

    assert response.status_code == 201, response.content
    answer = response.json()
    assert answer.pop("reference").startswith("TRF_")
    assert answer.pop("created_at").endswith("Z")
    assert answer == {
        "status": "completed",
        "amount": "25.50",
        "fee": "0.00",
        "currency": "NGN",
        "source": parties.source.number,
        "destination": parties.target.number,
        "description": "Rent",
        "metadata": {"month": 1},
    }
    assert (holds(parties.source), holds(parties.target)) == ("74.50", "25.50")


def test_transfer_reads_back_as_it_was_answered_to_both_sides(parties: Parties) -> None:
    answer = parties.send(description="Rent", metadata={"a": [1, None]}).json()

    for client in (parties.client, client_of(parties.bob)):
        assert client.get(f"{URL}/{answer['reference']}").json() == answer
        assert client.get(URL).json()["results"] == [answer]


def test_transfer_is_one_event_with_its_cause(parties: Parties) -> None:
    response = parties.client.post(
        URL, parties.body(), format="json", headers={"X-Request-ID": "req-7"}
    )

    event = Event.objects.get(type="transfer.completed")
    assert event.subject == response.json()["reference"]
    assert event.owner_id == parties.alice.id
    assert (event.actor_id, event.request_id) == (parties.alice.id, "req-7")
    entry = JournalEntry.objects.get(reference=event.subject)
    assert (entry.actor_id, entry.request_id) == (parties.alice.id, "req-7")


def test_whole_balance_can_be_sent(parties: Parties) -> None:
    assert parties.send(amount="100.00").status_code == 201
    assert holds(parties.source) == "0.00"


def test_more_than_the_balance_is_refused(parties: Parties) -> None:
    refused(parties.send(amount="100.01"), 422, "insufficient_funds", parties)


def test_json_number_is_an_amount(parties: Parties) -> None:
    assert parties.send(amount=Decimal("25.5")).json()["amount"] == "25.50"


BAD_AMOUNTS = [
    "0", "0.00", "-1", "-0", "1e3", "1_000", "1,000.00", "10.001", "NaN", "Infinity", "-Infinity",
    "", " ", " 10", "10 ", "+10", ".5", "5.", "0x10", "\uff11\uff10", "\u0661\u0660",
    "10.00 NGN", "1e999999999", "9" * 400, True, False, None, [], {}, ["10"], {"amount": "10"},
]  # fmt: skip


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=lambda value: repr(value)[:20])
def test_bad_amount_is_refused(parties: Parties, amount: object) -> None:
    response = parties.send(amount=amount)

    refused(response, 400, "validation_error", parties)
    assert {error["field"] for error in response.json()["errors"]} == {"amount"}


BAD_BODIES = [
    '{"source": "%s", "destination": "%s", "amount": NaN}',
    '{"source": "%s", "destination": "%s", "amount": Infinity}',
    '{"source": "%s", "destination": "%s", "amount": 1e3}',
    '{"source": "%s", "destination": "%s", "amount": 1E400}',
    '{"source": "%s", "destination": "%s", "amount": -0}',
    '{"source": "%s", "destination": "%s", "amount": -0.0}',
    '{"source": "%s", "destination": "%s", "amount": 1_000}',
    '{"source": "%s", "destination": "%s", "amount": 010}',
    '{"source": "%s", "destination": "%s", "amount": "1", "amount": "2"}',
    '{"source": "%s", "destination": "%s", "amount": "1", "metadata": {"a": 1, "a": 2}}',
    '{"source": "%s", "destination": "%s", "amount": "1", "description": "\\u0000"}',
    '{"source": "%s", "destination": "%s", "amount": "1", "description": "\\ud800"}',
    '{"source": "%s", "destination": "%s", "amount": "1"',
    '["%s", "%s"]',
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bad_json_is_refused(parties: Parties, body: str) -> None:
    text = body % (parties.source.number, parties.target.number)

    response = parties.client.post(URL, text, content_type="application/json")

    refused(response, 400, "validation_error", parties)


@pytest.mark.parametrize("field", ["source", "destination", "amount"])
def test_missing_field_is_named(parties: Parties, field: str) -> None:
    body = parties.body()
    del body[field]

    response = parties.client.post(URL, body, format="json")

    refused(response, 400, "validation_error", parties)
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_wallet_cannot_send_to_itself(parties: Parties) -> None:
    refused(parties.send(destination=parties.source.number), 422, "same_wallet", parties)


def test_currency_must_be_the_wallets(parties: Parties) -> None:
    refused(parties.send(currency="USD"), 422, "currency_mismatch", parties)


def test_unknown_currency_is_refused(parties: Parties) -> None:
    refused(parties.send(currency="XXX"), 400, "validation_error", parties)


def test_destination_must_be_in_the_same_currency(parties: Parties) -> None:
    dollars = wallet_of(parties.bob, code="USD")

    refused(parties.send(destination=dollars.number), 422, "currency_mismatch", parties)


def test_decimals_follow_the_currency(parties: Parties) -> None:
    yen = wallet_of(parties.alice, holding="100", code="JPY")
    other = wallet_of(parties.bob, code="JPY")
    there = {"source": yen.number, "destination": other.number}

    refused(parties.send(amount="1.0", **there), 400, "validation_error", parties)
    assert parties.send(amount="1", **there).json()["amount"] == "1"


def test_somebody_elses_wallet_is_not_found(parties: Parties) -> None:
    charlie = client_of(person())

    response = charlie.post(URL, parties.body(), format="json")

    refused(response, 404, "not_found", parties)


def test_unknown_destination_is_not_found(parties: Parties) -> None:
    refused(parties.send(destination="0000000000000"), 404, "not_found", parties)


@pytest.mark.parametrize("closed", ["source", "target"])
def test_blocked_source_and_closed_target_are_not_active(parties: Parties, closed: str) -> None:
    if closed == "target":
        with transaction.atomic():
            close_wallet(wallet=parties.target, at=timezone.now())
    else:
        block_account(account_id=parties.source.account_id, debits=True, credits_=True)

    refused(parties.send(), 422, "wallet_not_active", parties)


def test_caller_must_be_known(parties: Parties) -> None:
    response = APIClient().post(URL, parties.body(), format="json")

    refused(response, 401, "not_authenticated", parties)


def test_stranger_sees_nothing(parties: Parties) -> None:
    reference = parties.send().json()["reference"]
    charlie = client_of(person())

    assert charlie.get(f"{URL}/{reference}").status_code == 404
    assert charlie.get(URL).json() == {"results": [], "next": None, "previous": None}


def test_list_pages_newest_first(parties: Parties) -> None:
    sent = [parties.send(amount="1.00", key=uuid4().hex).json()["reference"] for _ in range(5)]

    first = parties.client.get(URL, {"page_size": 2}).json()
    second = parties.client.get(first["next"]).json()
    third = parties.client.get(second["next"]).json()

    pages = [[row["reference"] for row in page["results"]] for page in (first, second, third)]
    assert [*chain(*pages)] == sent[::-1]
    assert third["next"] is None
    assert parties.client.get(third["previous"]).json()["results"] == second["results"]


def test_metadata_comes_back_as_it_was_sent(parties: Parties) -> None:
    metadata = {"ratio": 1.5, "nested": {"list": [0.1, 2, "x", None, True]}, "": "\U0001f600"}
    sent = parties.send(metadata=metadata)

    read = parties.client.get(f"{URL}/{sent.json()['reference']}")

    assert sent.status_code == 201
    assert sent.json()["metadata"] == read.json()["metadata"] == metadata

"""GET /wallets/{number}/transactions?q=, and whom a line names."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import client_of, person
from ledger import chart
from ledger.money import Money
from wallets.models import Wallet
from wallets.operations import Incoming, receive
from wallets.tests.api.pasts import Past
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> Past:
    return Past()


def _amounts(past: Past, q: str) -> list[str]:
    return [line["amount"] for line in past.lines(q=q)]


def test_part_of_a_description_is_found_whatever_its_case(past: Past) -> None:
    past.send(past.client, past.source, past.target, "7.00", text="Bread and Butter")

    assert _amounts(past, "butter") == ["-7.00"]
    assert _amounts(past, "NUMBER 0") == ["0.50"]
    assert _amounts(past, "cheese") == []


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash"])
def test_signs_of_patterns_are_only_signs(past: Past, text: str) -> None:
    past.send(past.client, past.source, past.target, "7.00", text=f"about {text} of it")
    past.send(past.client, past.source, past.target, "8.00", text="about 1000 axb backslash")

    assert _amounts(past, text) == ["-7.00"]


def test_reference_finds_its_line_alone(past: Past) -> None:
    line = past.lines()[2]

    assert past.lines(q=line["reference"]) == [line]
    assert past.lines(q="TRF_01M8756FP3BH4MX2G1MF") == []


def test_number_finds_what_came_from_and_went_to_a_wallet(past: Past) -> None:
    other = wallet_of(person())
    past.send(past.client, past.source, other, "9.00")

    assert _amounts(past, other.number) == ["-9.00"]
    assert len(_amounts(past, past.target.number)) == 6
    assert _amounts(past, past.source.number) == []


def test_search_goes_together_with_the_other_filters_and_with_pages(past: Past) -> None:
    found = past.lines(q="number", type="transfer_out", min_amount="4.00")
    assert [line["amount"] for line in found] == ["-5.00", "-4.00"]

    seen, url = [], None
    page = past.get("transactions", q="number", page_size=4).json()
    while True:
        seen += [line["amount"] for line in page["results"]]
        url = page["next"]
        if url is None:
            break
        page = past.client.get(url).json()
    assert seen == ["0.50", "-5.00", "-4.00", "-3.00", "-2.00", "-1.00"]


def test_search_of_nothing_but_spaces_is_none(past: Past) -> None:
    assert past.lines(q="  ") == past.lines()


def test_search_that_is_too_long_is_refused(past: Past) -> None:
    response = past.get("transactions", q="x" * 101)

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "q")


def test_search_sees_no_line_of_another_wallet(past: Past) -> None:
    stranger = person()
    wallet = wallet_of(stranger, holding="1.00")
    reference = past.lines()[0]["reference"]

    response = client_of(stranger).get(
        f"/api/v1/wallets/{wallet.number}/transactions", {"q": reference}
    )

    assert response.json()["results"] == []


def test_what_came_from_outside_has_a_description_and_no_counterparty(past: Past) -> None:
    _receive(past.source, "bank credit")

    (line,) = past.lines(q="bank CREDIT")

    assert (line["type"], line["counterparty"]) == ("deposit", None)
    assert (line["description"], line["metadata"]) == ("bank credit", {})


def _receive(wallet: Wallet, description: str) -> None:
    with transaction.atomic():
        receive(
            wallet=wallet,
            incoming=Incoming(
                amount=Money.of("3.00", "NGN"),
                source=chart.opening("NGN"),
                reference="DEP_of_this_test",
                kind="deposit",
                occurred_at=timezone.now(),
                description=description,
            ),
        )

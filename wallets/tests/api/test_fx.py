"""Rates, quotes and conversions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.factories import client_of, person
from events.models import Event
from ledger import chart
from ledger.models import JournalEntry
from ledger.operations import block_account
from ledger.queries import chart_balance
from wallets.models import Conversion, FxQuote
from wallets.tests.factories import holds, wallet_of
from wallets.tests.rates import rates, spread

pytestmark = pytest.mark.django_db

FX = "/api/v1/fx"


class Changer:
    """Alice has 100.00 USD and wants naira; a dollar is 1,500 and the house keeps 1 %."""

    def __init__(self) -> None:
        rates()
        self.alice = person()
        self.dollars = wallet_of(self.alice, holding="100.00", code="USD")
        self.naira = wallet_of(self.alice, code="NGN")
        self.client = client_of(self.alice)

    def ask(self, **changes: Any) -> Any:
        body = {"source_currency": "USD", "target_currency": "NGN", "source_amount": "40.00"}
        body = {k: v for k, v in (body | changes).items() if v is not None}
        return self.client.post(f"{FX}/quotes", body, format="json")

    def quote(self, **changes: Any) -> str:
        response = self.ask(**changes)
        assert response.status_code == 201, response.content
        return str(response.json()["id"])

    def convert(self, quote: str, *, key: str = "", query: str = "", **changes: Any) -> Any:
        body = {"quote": quote, "source": self.dollars.number, "destination": self.naira.number}
        headers = {"Idempotency-Key": key} if key else {}
        url = f"{FX}/conversions{query}"
        return self.client.post(url, body | changes, format="json", headers=headers)


@pytest.fixture
def changer() -> Changer:
    return Changer()


def refused(response: Any, status: int, code: str, changer: Changer) -> None:
    assert response.status_code == status, response.content
    assert response.json()["code"] == code
    assert (holds(changer.dollars), holds(changer.naira)) == ("100.00", "0.00")
    assert not Conversion.objects.exists()
    assert not FxQuote.objects.filter(used_at__isnull=False).exists()


def test_quote_of_what_is_given(changer: Changer) -> None:
    answer = changer.ask().json()

    assert answer.pop("id")
    assert answer.pop("rates_as_of").endswith("Z")
    created, expires = answer.pop("created_at"), answer.pop("expires_at")
    assert created < expires
    assert answer == {
        "status": "open",
        "source_currency": "USD",
        "target_currency": "NGN",
        "source_amount": "40.00",
        "target_amount": "59400.00",
        "rate": "1485",
        "mid_rate": "1500",
        "spread_bp": 100,
    }


def test_quote_of_what_is_got_and_of_other_decimals(changer: Changer) -> None:
    got = changer.ask(source_amount=None, target_amount="1000.00").json()
    assert (got["source_amount"], got["target_amount"]) == ("0.68", "1000.00")
    yen = changer.ask(target_currency="JPY", source_amount="0.99").json()
    assert yen["target_amount"] == "147"
    dinar = changer.ask(target_currency="KWD", source_amount="0.99").json()
    assert dinar["target_amount"] == "0.294"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source_amount": None}, "source_amount"),
        ({"target_amount": "1.00"}, "source_amount"),
        ({"source_amount": "1.001"}, "source_amount"),
        ({"source_amount": "0"}, "source_amount"),
        ({"source_amount": "-1"}, "source_amount"),
        ({"source_amount": None, "target_amount": "1.001"}, "target_amount"),
        ({"target_currency": "USD"}, "target_currency"),
        ({"target_currency": "XXX"}, "target_currency"),
    ],
    ids=str,
)
def test_bad_question_is_refused(changer: Changer, changes: dict[str, Any], field: str) -> None:
    response = changer.ask(**changes)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert not FxQuote.objects.exists()


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [("USD", "BRL", "rate_not_available"), ("NGN", "USD", "amount_too_small")],
)
def test_what_gives_nothing_is_refused(
    changer: Changer, source: str, target: str, code: str
) -> None:
    response = changer.ask(source_currency=source, target_currency=target, source_amount="0.01")

    assert (response.status_code, response.json()["code"]) == (422, code)


def test_quote_is_read_by_its_owner_alone(changer: Changer) -> None:
    quote = changer.quote()

    assert changer.client.get(f"{FX}/quotes/{quote}").json()["status"] == "open"
    assert client_of(person()).get(f"{FX}/quotes/{quote}").status_code == 404


def test_conversion_is_one_entry_over_the_platforms_positions(changer: Changer) -> None:
    before = {
        code: (chart_balance(chart.fx_position(code)), chart_balance(chart.fx_spread(code)))
        for code in ("USD", "NGN")
    }
    quote = changer.quote()

    response = changer.convert(quote)

    assert response.status_code == 201, response.content
    answer = response.json()
    assert answer.pop("created_at").endswith("Z")
    reference = answer.pop("reference")
    assert reference.startswith("CNV_")
    assert answer == {
        "status": "completed",
        "quote": quote,
        "source": changer.dollars.number,
        "destination": changer.naira.number,
        "source_currency": "USD",
        "target_currency": "NGN",
        "source_amount": "40.00",
        "target_amount": "59400.00",
        "rate": "1485",
    }
    assert (holds(changer.dollars), holds(changer.naira)) == ("60.00", "59400.00")
    moved = {
        code: (
            chart_balance(chart.fx_position(code)) - before[code][0],
            chart_balance(chart.fx_spread(code)) - before[code][1],
        )
        for code in ("USD", "NGN")
    }
    assert moved == {"USD": (4000, 0), "NGN": (-6000000, 60000)}
    entry = JournalEntry.objects.get(reference=reference)
    assert (entry.kind, entry.posting_count) == ("conversion", 5)


def test_conversion_shows_in_both_histories_and_as_an_event(changer: Changer) -> None:
    reference = changer.convert(changer.quote()).json()["reference"]

    for wallet, kind, amount in (
        (changer.dollars, "conversion_out", "-40.00"),
        (changer.naira, "conversion_in", "59400.00"),
    ):
        url = f"/api/v1/wallets/{wallet.number}/transactions"
        line = changer.client.get(url).json()["results"][0]
        assert (line["type"], line["amount"], line["reference"]) == (kind, amount, reference)
        assert line["description"] == "40.00 USD to 59400.00 NGN"
    event = Event.objects.get(type="conversion.completed")
    assert (event.subject, event.owner_id, event.actor_id) == (
        reference,
        changer.alice.id,
        changer.alice.id,
    )


def test_conversion_reads_back_and_is_nobody_elses(changer: Changer) -> None:
    answer = changer.convert(changer.quote()).json()

    url = f"{FX}/conversions/{answer['reference']}"
    assert changer.client.get(url).json() == answer
    assert changer.client.get(f"{FX}/conversions").json()["results"] == [answer]
    stranger = client_of(person())
    assert stranger.get(url).status_code == 404
    assert stranger.get(f"{FX}/conversions").json()["results"] == []


def test_without_a_spread_nothing_is_earned(changer: Changer) -> None:
    spread(0)

    reference = changer.convert(changer.quote()).json()["reference"]

    assert holds(changer.naira) == "60000.00"
    assert JournalEntry.objects.get(reference=reference).posting_count == 4


def test_quote_is_used_once(changer: Changer) -> None:
    quote = changer.quote()
    assert changer.convert(quote).status_code == 201

    again = changer.convert(quote)

    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")
    assert again.json()["reason"] == "quote_used"
    assert holds(changer.dollars) == "60.00"
    assert changer.client.get(f"{FX}/quotes/{quote}").json()["status"] == "used"


def test_same_key_converts_once_with_the_same_bytes(changer: Changer) -> None:
    quote = changer.quote()

    first, again = (changer.convert(quote, key="k1") for _ in range(2))

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Conversion.objects.count() == 1


def test_quote_expires(changer: Changer) -> None:
    quote = changer.quote()
    past = timezone.now() - timedelta(seconds=31)
    FxQuote.objects.filter(pk=quote).delete()
    old = FxQuote(
        id=quote, owner=changer.alice, source_currency="USD", target_currency="NGN",
        source_minor=4000, target_minor=5940000, worth_minor=6000000, rate=1485, mid_rate=1500,
        spread_bp=100, rates_source="file", rates_as_of=past, created_at=past,
        expires_at=past + timedelta(seconds=30),
    )  # fmt: skip
    old.save(force_insert=True)

    refused(changer.convert(quote), 422, "quote_expired", changer)
    assert changer.client.get(f"{FX}/quotes/{quote}").json()["status"] == "expired"


def test_somebody_elses_quote_or_wallet_is_not_found(changer: Changer) -> None:
    quote = changer.quote()
    other = wallet_of(person(), code="NGN")

    refused(changer.convert(quote, destination=other.number), 404, "not_found", changer)
    refused(changer.convert("0" * 8 + quote[8:]), 404, "not_found", changer)
    changer.client = client_of(other.owner)
    refused(changer.convert(quote, destination=other.number), 404, "not_found", changer)


def test_wallets_must_be_of_the_quotes_currencies(changer: Changer) -> None:
    quote = changer.quote()
    swapped = {"source": changer.naira.number, "destination": changer.dollars.number}

    refused(changer.convert(quote, **swapped), 422, "currency_mismatch", changer)


def test_more_than_is_there_is_refused_and_the_quote_stays(changer: Changer) -> None:
    quote = changer.quote(source_amount="100.01")

    refused(changer.convert(quote, key="k1"), 422, "insufficient_funds", changer)


@pytest.mark.parametrize("side", ["dollars", "naira"])
def test_blocked_wallet_is_not_active(changer: Changer, side: str) -> None:
    quote = changer.quote()
    account = getattr(changer, side).account_id
    block_account(account_id=account, debits=True, credits_=True)

    refused(changer.convert(quote), 422, "wallet_not_active", changer)

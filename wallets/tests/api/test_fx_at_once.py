"""Conversions with real threads and transactions of their own."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.tests.factories import client_of
from accounts.tests.test_concurrency import at_once
from ledger.models import JournalEntry
from ledger.tests.protocol import round_trips
from wallets.errors import OutsideTransaction
from wallets.models import Conversion, FxQuote
from wallets.operations import prune_quotes, record_rates
from wallets.rate_sources import Sheet
from wallets.tests.api.test_fx import FX, Changer
from wallets.tests.factories import holds

pytestmark = pytest.mark.usefixtures("committed_db")


def test_one_quote_from_twenty_threads_is_converted_once() -> None:
    changer = Changer()
    quote = changer.quote()
    body = {
        "quote": quote,
        "source": changer.dollars.number,
        "destination": changer.naira.number,
    }
    clients = [client_of(changer.alice) for _ in range(20)]

    answers = at_once(20, lambda n: clients[n].post(f"{FX}/conversions", body, format="json"))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {a.json()["reason"] for a in answers if a.status_code == 409} == {"quote_used"}
    assert (holds(changer.dollars), holds(changer.naira)) == ("60.00", "59400.00")
    assert Conversion.objects.filter(quote__id=quote).count() == 1


def test_many_quotes_spend_what_is_there_and_no_more() -> None:
    changer = Changer()
    quotes = [changer.quote(source_amount="30.00") for _ in range(8)]
    clients = [client_of(changer.alice) for _ in range(8)]

    def convert(number: int) -> int:
        body = {
            "quote": quotes[number],
            "source": changer.dollars.number,
            "destination": changer.naira.number,
        }
        return clients[number].post(f"{FX}/conversions", body, format="json").status_code

    assert Counter(at_once(8, convert)) == {201: 3, 422: 5}
    assert holds(changer.dollars) == "10.00"
    assert FxQuote.objects.filter(pk__in=quotes, used_at=None).count() == 5


def test_dry_run_says_what_would_be_left_and_changes_nothing() -> None:
    changer = Changer()
    quote = changer.quote()
    entries = JournalEntry.objects.count()

    response = changer.convert(quote, key="k1", query="?dry_run=true")

    assert response.status_code == 200, response.content
    answer = response.json()
    assert "reference" not in answer
    assert answer["target_amount"] == "59400.00"
    assert answer["balances"]["source"] == {
        "available": "60.00",
        "held": "0.00",
        "total": "60.00",
    }
    assert answer["balances"]["destination"]["total"] == "59400.00"
    assert JournalEntry.objects.count() == entries
    assert changer.convert(quote, key="k1").status_code == 201


def test_dry_run_refuses_as_the_real_one_would() -> None:
    changer = Changer()
    quote = changer.quote(source_amount="100.01")

    response = changer.convert(quote, query="?dry_run=true")

    assert (response.status_code, response.json()["code"]) == (422, "insufficient_funds")


def test_rates_are_recorded_inside_a_transaction_alone() -> None:
    now = timezone.now()
    with pytest.raises(OutsideTransaction):
        record_rates(sheet=Sheet("file", "USD", now, {"USD": Decimal(1)}), now=now)


def test_quotes_that_nobody_used_go_after_a_day() -> None:
    changer = Changer()
    used, unused = changer.quote(), changer.quote()
    assert changer.convert(used).status_code == 201

    assert prune_quotes(now=timezone.now()) == 0
    prune_quotes(now=timezone.now() + timedelta(days=2))

    assert list(FxQuote.objects.filter(owner=changer.alice).values_list("pk", flat=True)) == [
        FxQuote.objects.get(conversion__isnull=False, owner=changer.alice).pk
    ]
    assert changer.client.get(f"{FX}/quotes/{unused}").status_code == 404


def test_requests_go_to_the_database_so_often_at_most(tmp_path: Path) -> None:
    changer = Changer()
    changer.convert(changer.quote(source_amount="1.00"))  # a connection prepares once

    def ask() -> None:
        assert changer.ask(source_amount="2.00").status_code == 201

    def convert() -> None:
        assert changer.convert(quote).status_code == 201

    asked = round_trips(tmp_path / "ask", ask)
    quote = changer.quote(source_amount="2.00")
    converted = round_trips(tmp_path / "convert", convert)

    assert asked <= 7
    assert converted <= 22

"""GET /wallets/{number}/statement in its three formats."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.factories import client_of
from wallets.statements import reading
from wallets.tests.api.pasts import URL, Past, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> Past:
    return Past()


def _statement(past: Past, **query: Any) -> dict[str, Any]:
    response = past.get("statement", **query)
    assert response.status_code == 200, response.content
    document: dict[str, Any] = response.json()
    return document


def test_opening_plus_lines_is_closing(past: Past) -> None:
    statement = _statement(past)

    assert (statement["opening_balance"], statement["closing_balance"]) == ("0.00", "85.50")
    assert [line["amount"] for line in statement["lines"]] == [
        "100.00", "-1.00", "-2.00", "-3.00", "-4.00", "-5.00", "0.50",
    ]  # fmt: skip
    assert statement["lines"] == past.lines()[::-1]
    assert statement["time_zone"] == "UTC"
    assert (statement["holder"], statement["wallet"]) == ("Alice Ọlá", past.source.number)


def test_totals_count_every_line_by_type(past: Past) -> None:
    totals = _statement(past)["totals"]

    by_type = totals.pop("by_type")
    assert totals == {"lines": 7, "paid_in": "100.50", "paid_out": "-15.00"}
    assert by_type == [
        {"type": "adjustment", "lines": 1, "paid_in": "100.00", "paid_out": "0.00"},
        {"type": "transfer_in", "lines": 1, "paid_in": "0.50", "paid_out": "0.00"},
        {"type": "transfer_out", "lines": 5, "paid_in": "0.00", "paid_out": "-15.00"},
    ]


def test_periods_that_meet_hand_the_balance_over(past: Past) -> None:
    middle = past.lines()[3]["created_at"]

    before = _statement(past, to=middle)
    after = _statement(past, **{"from": middle})

    assert before["closing_balance"] == after["opening_balance"] == "97.00"
    assert [line["amount"] for line in before["lines"]] == ["100.00", "-1.00", "-2.00"]
    assert after["lines"] == past.lines()[3::-1]


def test_days_are_whole_and_both_belong_to_the_period(past: Past) -> None:
    today = timezone.now().date()

    statement = _statement(past, **{"from": today.isoformat(), "to": today.isoformat()})

    assert statement["from"] == f"{today}T00:00:00Z"
    assert statement["to"] == f"{today + timedelta(days=1)}T00:00:00Z"
    assert len(statement["lines"]) == 7


def test_period_before_the_wallet_is_empty(past: Past) -> None:
    statement = _statement(past, **{"from": "2020-01-01", "to": "2020-01-31"})

    assert statement["lines"] == []
    assert (statement["opening_balance"], statement["closing_balance"]) == ("0.00", "0.00")
    assert statement["totals"] == {"lines": 0, "paid_in": "0.00", "paid_out": "0.00", "by_type": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=2026-02-30", "from"),
        ("to=2026-01-01T00:00:00", "to"),
        ("from=2026-02-02&to=2026-02-01", "to"),
        ("from=2026-02-02T00:00:00Z&to=2026-02-02T00:00:00Z", "to"),
        ("from=2999-01-01&to=2999-12-31", "from"),
        ("to=9999-12-31", "to"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("format=xml", "format"),
    ],
)
def test_bad_question_is_refused(past: Past, query: str, field: str) -> None:
    response = past.client.get(f"{URL}/{past.source.number}/statement?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("wanted", ["json", "csv", "pdf"])
def test_stranger_gets_no_statement(past: Past, wanted: str) -> None:
    path = f"{URL}/{past.source.number}/statement?format={wanted}"

    assert client_of(past.bob).get(path).status_code == 404


@pytest.mark.parametrize("wanted", ["json", "pdf"])
def test_too_many_lines_are_for_csv(
    past: Past, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 6)

    response = past.get("statement", format=wanted)

    assert (response.status_code, response.json()["code"]) == (422, "statement_too_long")
    assert len(rows_of(past.get("statement", format="csv"))) == 9


@pytest.mark.parametrize("how", [{"format": "csv"}, {"accept": "text/csv"}])
def test_csv_begins_and_ends_with_the_balance(past: Past, how: dict[str, str]) -> None:
    first, *rows, last = rows_of(past.get("statement", **how))

    assert (first["type"], first["balance_after"]) == ("opening_balance", "0.00")
    assert (last["type"], last["balance_after"]) == ("closing_balance", "85.50")
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("85.50")
    assert [row["id"] for row in rows] == [line["id"] for line in past.lines()[::-1]]

"""GET /wallets/{number}/transactions with `Accept: text/csv`."""

from __future__ import annotations

import json

import pytest

from accounts.tests.factories import client_of
from wallets import histories
from wallets.statements.sheet import COLUMNS
from wallets.tests.api.pasts import URL, Past, rows_of

pytestmark = pytest.mark.django_db

CSV = "text/csv"


@pytest.fixture
def past() -> Past:
    return Past()


def test_csv_says_what_json_says(past: Past) -> None:
    rows = rows_of(past.get("transactions", CSV))

    lines = past.lines()
    assert len(rows) == 7
    assert [tuple(row) for row in rows] == [COLUMNS] * 7
    for row, line in zip(rows, lines, strict=True):
        assert json.loads(row.pop("metadata") or "{}") == line.pop("metadata")
        assert row == line | {"counterparty": line["counterparty"] or ""}


def test_csv_comes_whole_however_many_steps_it_takes(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "_STEP", 3)

    rows = rows_of(past.get("transactions", CSV))

    assert [row["id"] for row in rows] == [line["id"] for line in past.lines()]


def test_csv_is_filtered_and_never_paged(past: Past) -> None:
    rows = rows_of(past.get("transactions", CSV, type="transfer_out", q="number", page_size=1))

    assert [row["amount"] for row in rows] == ["-5.00", "-4.00", "-3.00", "-2.00", "-1.00"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_formulas_of_others_stay_text(past: Past, sign: str) -> None:
    past.send(past.client, past.source, past.target, "1.00", text=f'{sign}HYPERLINK("x";"y")')

    row = rows_of(past.get("transactions", CSV))[0]

    assert row["description"] == f'\'{sign}HYPERLINK("x";"y")'
    assert row["amount"] == "-1.00"


def test_quotes_commas_and_line_ends_survive(past: Past) -> None:
    text = 'one, "two"\nthree; Ọlá'
    past.send(past.client, past.source, past.target, "1.00", text=text)

    assert rows_of(past.get("transactions", CSV))[0]["description"] == text


def test_csv_of_an_empty_history_has_its_head(past: Past) -> None:
    response = past.get("transactions", CSV, to="2020-01-01T00:00:00Z")

    assert b"".join(response.streaming_content).decode().strip() == ",".join(COLUMNS)


def test_csv_names_its_file_and_is_not_stored(past: Past) -> None:
    response = past.get("transactions", CSV)

    assert response["Content-Disposition"] == f'attachment; filename="{past.source.number}.csv"'
    assert response["Cache-Control"] == "no-store"
    assert list(response.streaming_content)


@pytest.mark.parametrize(("query", "field"), [("from=x", "from"), ("min_amount=x", "min_amount")])
def test_refusals_stay_problem_documents(past: Past, query: str, field: str) -> None:
    response = past.client.get(
        f"{URL}/{past.source.number}/transactions?{query}", headers={"Accept": CSV}
    )

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["errors"][0]["field"] == field


def test_stranger_gets_no_csv(past: Past) -> None:
    response = client_of(past.bob).get(
        f"{URL}/{past.source.number}/transactions", headers={"Accept": CSV}
    )

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_what_is_neither_json_nor_csv_is_not_acceptable(past: Past) -> None:
    assert past.get("transactions", "image/png").status_code == 406

"""How many queries reading a wallet takes: the same for every wallet, however long its past."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wallets import histories
from wallets.tests.api.pasts import URL, Past

pytestmark = pytest.mark.django_db

# Who asks is one more.
_COSTS = {
    "balance": 1,
    "balance?at=2026-01-01T00:00:00Z": 2,
    "transactions": 2,
    "transactions?q=number&type=transfer_out&page_size=2": 2,
    "transactions?q=3819807117577": 2,
}
_STATEMENT = 4  # wallet, owner, sums, lines


@pytest.fixture
def past() -> Past:
    return Past()


def _queries(past: Past, what: str, accept: str = "application/json") -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = past.client.get(f"{URL}/{past.source.number}/{what}", headers={"Accept": accept})
        assert response.status_code == 200
        if response.streaming:
            b"".join(response.streaming_content)
    return len(asked) - 1


@pytest.mark.parametrize("what", list(_COSTS))
def test_reading_takes_a_fixed_number_of_queries(past: Past, what: str) -> None:
    few = _queries(past, what)
    for _ in range(20):
        past.send(past.client, past.source, past.target, "0.10")

    assert few == _queries(past, what) <= _COSTS[what]


@pytest.mark.parametrize("wanted", ["json", "csv", "pdf"])
def test_statement_takes_a_fixed_number_and_one_for_each_step(
    past: Past, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    assert _queries(past, f"statement?format={wanted}") <= _STATEMENT
    for _ in range(13):
        past.send(past.client, past.source, past.target, "0.10")
    monkeypatch.setattr(histories, "_STEP", 10)

    assert _queries(past, f"statement?format={wanted}") <= _STATEMENT + 1

"""How often reading a past goes to the database: the same for every wallet, however long it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.tests.protocol import round_trips
from wallets import histories
from wallets.tests.api.pasts import URL, Past

pytestmark = pytest.mark.usefixtures("committed_db")

_WHO_ASKS = 1
_STATEMENT = 4  # wallet, owner, sums, lines


def _trips(past: Past, what: str, log: Path) -> int:
    def read() -> None:
        response: Any = past.client.get(f"{URL}/{past.source.number}/{what}")
        assert response.status_code == 200
        if response.streaming:
            assert b"".join(response.streaming_content)

    read()  # a connection prepares each statement once
    return round_trips(log, read) - _WHO_ASKS


def _grow(past: Past) -> None:
    for _ in range(15):
        past.send(past.client, past.source, past.target, "0.10")


@pytest.mark.parametrize(
    "what",
    [
        "balance",
        "transactions",
        "transactions?q=number&type=transfer_out&page_size=2",
        "transactions?q=3819807117577",
        "transactions?q=TRF_01M8756FP3BH4MX2G1MF",
    ],
)
def test_reading_takes_one_query(tmp_path: Path, what: str) -> None:
    past = Past()

    assert _trips(past, what, tmp_path / "few") == 1
    _grow(past)
    assert _trips(past, what, tmp_path / "many") == 1


@pytest.mark.parametrize("wanted", ["json", "csv", "pdf"])
def test_statement_takes_a_fixed_number_and_one_for_each_further_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    past = Past()

    assert _trips(past, f"statement?format={wanted}", tmp_path / "few") == _STATEMENT
    _grow(past)
    monkeypatch.setattr(histories, "_STEP", 10)
    assert _trips(past, f"statement?format={wanted}", tmp_path / "many") == _STATEMENT + 2

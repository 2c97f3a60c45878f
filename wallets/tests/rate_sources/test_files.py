"""Rates in files that an operator keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from wallets import rate_sources
from wallets.errors import RatesNotValid
from wallets.rate_sources import read_csv, read_json

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_numbers_are_read_as_they_are_written() -> None:
    rates = b'"rates": {"NGN": 1530.10, "KWD": "0.3"}'
    text = b'{"base": "USD", "as_of": "2026-11-24T10:00:00+01:00", ' + rates + b"}"

    sheet = read_json(text, NOW)

    assert sheet.as_of == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert sheet.rates == {"USD": 1, "NGN": Decimal("1530.10"), "KWD": Decimal("0.3")}


def test_columns_are_read() -> None:
    at = "2026-11-24T10:00:00Z"
    rows = ("base,currency,rate,as_of", f"USD,NGN,1530.10,{at}", f"USD,EUR,0.92,{at}")
    text = b"\xef\xbb\xbf" + "\n".join(rows).encode()

    sheet = read_csv(text, NOW)

    assert sheet.as_of == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert sheet.rates == {"USD": 1, "NGN": Decimal("1530.10"), "EUR": Decimal("0.92")}


def test_rates_without_a_time_are_of_now() -> None:
    assert read_json(b'{"base": "USD", "rates": {"NGN": "1500"}}', NOW).as_of == NOW
    assert read_csv(b"base,currency,rate\nUSD,NGN,1500\n", NOW).as_of == NOW


def test_what_comes_along_to_try_things_with_is_valid() -> None:
    demo = Path(rate_sources.__file__).with_name("demo.json").read_bytes()

    assert {"USD", "NGN", "EUR", "JPY", "KWD"} <= set(read_json(demo, NOW).rates)


def test_unknown_currencies_are_left_out() -> None:
    assert set(read_json(b'{"base": "USD", "rates": {"NGN": "1", "XAU": "x"}}', NOW).rates) == {
        "USD",
        "NGN",
    }


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"base": "USD"}', '{"base": "USD", "rates": []}',
        '{"base": "XXX", "rates": {"NGN": "1"}}', '{"rates": {"NGN": "1"}}',
        '{"base": "USD", "rates": {}}', '{"base": "USD", "rates": {"NGN": NaN}}',
        '{"base": "USD", "rates": {"NGN": -1}}', '{"base": "USD", "rates": {"NGN": 1e3}}',
        '{"base": "USD", "rates": {"USD": 1}}', '{"base": "USD", "rates": {"NGN": null}}',
        '{"base": "USD", "as_of": "noon", "rates": {"NGN": "1"}}',
        '{"base": "USD", "as_of": "2026-11-24T10:00:00", "rates": {"NGN": "1"}}',
        "[" * 100_000, "\x00", "\u0661",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(RatesNotValid):
        read_json(text.encode(), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "", "base,currency\nUSD,NGN\n", "base,currency,rate\n",
        "base,currency,rate\nUSD,NGN,x\n", "base,currency,rate\nUSD,NGN\n",
        "base,currency,rate\nUSD,NGN,1\nEUR,GBP,1\n", "base,currency,rate\nUSD,NGN,1\nUSD,NGN,2\n",
    ],
    ids=lambda text: text[:40].replace("\n", "/"),
)  # fmt: skip
def test_other_csv_is_refused(text: str) -> None:
    with pytest.raises(RatesNotValid):
        read_csv(text.encode(), NOW)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(RatesNotValid):
        read_json(b"\xff\xfe", NOW)

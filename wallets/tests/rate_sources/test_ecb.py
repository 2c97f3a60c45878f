"""The reference rates of the European Central Bank, read from a stored document."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from wallets.errors import RatesNotValid
from wallets.rate_sources import read_ecb

DOCUMENT = (Path(__file__).parents[1] / "fixtures" / "eurofxref-daily.xml").read_bytes()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def cube(inside: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}'
        '<e:Envelope xmlns:e="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
        f"<Cube>{inside}</Cube></e:Envelope>"
    ).encode()


def test_document_is_read_with_its_day_in_frankfurt() -> None:
    sheet = read_ecb(DOCUMENT, NOW)

    assert (sheet.source, sheet.pivot) == ("ecb", "EUR")
    assert sheet.as_of == datetime(2026, 11, 23, 13, 15, tzinfo=UTC)
    assert len(sheet.rates) == 28
    assert sheet.rates["EUR"] == 1
    assert sheet.rates["GBP"] == Decimal("0.83380")
    assert sheet.rates["IDR"] == Decimal("17268.77")


def test_the_newest_of_several_days_counts() -> None:
    days = "".join(
        f'<Cube time="2026-11-{day}"><Cube currency="USD" rate="1.{day}"/></Cube>'
        for day in (20, 23, 19)
    )

    assert read_ecb(cube(days), NOW).rates["USD"] == Decimal("1.23")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
DAY = '<Cube time="2026-11-23"><Cube currency="USD" rate="1.1"/></Cube>'
REFUSED = {
    "a bomb": cube(DAY, BOMB),
    "another file": cube(DAY, OUTSIDE),
    "no xml": b"{}",
    "nothing": b"",
    "half of it": DOCUMENT[:900],
    "no day": cube('<Cube currency="USD" rate="1.1"/>'),
    "no rate": cube('<Cube time="2026-11-23"></Cube>'),
    "no such day": cube('<Cube time="2026-02-30"><Cube currency="USD" rate="1"/></Cube>'),
    "zero": cube('<Cube time="2026-11-23"><Cube currency="USD" rate="0"/></Cube>'),
    "minus": cube('<Cube time="2026-11-23"><Cube currency="USD" rate="-1"/></Cube>'),
    "infinity": cube('<Cube time="2026-11-23"><Cube currency="USD" rate="Infinity"/></Cube>'),
    "exponent": cube('<Cube time="2026-11-23"><Cube currency="USD" rate="1e3"/></Cube>'),
    "two of one": cube(f'{DAY[:-7]}<Cube currency="USD" rate="2"/></Cube>'),
    "too deep": cube("<Cube>" * 50 + "</Cube>" * 50),
    "too large": DOCUMENT + b" " * 1_000_000,
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_other_documents_are_refused(name: str) -> None:
    with pytest.raises(RatesNotValid):
        read_ecb(REFUSED[name], NOW)

"""Files that an operator keeps: JSON and CSV.

JSON is `{"base": "USD", "as_of": "2026-11-24T15:00:00Z", "rates": {"NGN": "1530.25"}}`; CSV has
the columns `base,currency,rate` and perhaps `as_of`. Rates without a time are of the moment
when they are read: such a file never grows old by itself.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

from wallets.errors import RatesNotValid
from wallets.rate_sources.sheet import LARGEST_FILE, Sheet, instant


def read_json(content: bytes, now: datetime) -> Sheet:
    """Read a JSON file; raises `RatesNotValid`. Numbers are read as they are written."""
    try:
        document: Any = json.loads(
            _text(content), parse_float=str, parse_int=str, parse_constant=str
        )
    except (ValueError, RecursionError) as error:
        raise RatesNotValid(f"This is not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("rates"), dict):
        raise RatesNotValid('The file is not {"base": ..., "rates": {...}}.')
    as_of = document.get("as_of")
    return Sheet.of(
        source="file",
        pivot=str(document.get("base")),
        as_of=now if as_of is None else instant(str(as_of)),
        written=[(str(code), str(rate)) for code, rate in document["rates"].items()],
    )


def read_csv(content: bytes, now: datetime) -> Sheet:
    """Read a CSV file; raises `RatesNotValid`."""
    try:
        rows = list(csv.DictReader(io.StringIO(_text(content)), strict=True))
    except csv.Error as error:
        raise RatesNotValid(f"This is not CSV: {error}") from None
    if not rows or not {"base", "currency", "rate"} <= set(rows[0]):
        raise RatesNotValid("The file has no rows with base, currency and rate.")
    if len({(row["base"], row.get("as_of")) for row in rows}) > 1:
        raise RatesNotValid("All rows have one base and one time.")
    as_of = rows[0].get("as_of")
    return Sheet.of(
        source="file",
        pivot=str(rows[0]["base"]),
        as_of=instant(as_of) if as_of else now,
        written=[(str(row["currency"]), str(row["rate"])) for row in rows],
    )


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise RatesNotValid("The file is too large.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RatesNotValid("The file is not UTF-8.") from None

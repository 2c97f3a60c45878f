"""Payouts as a table: CSV with a line of names, read row by row. Pure.

`beneficiary` (an id) and `amount` are wanted, `description` is not. What is wrong with a row is
a code in it, and keeps no other row from being paid.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from ledger.errors import LedgerRefusal
from ledger.money import Currency, Money
from payments.errors import TableNotValid

MOST_ROWS = 1000
_WANTED, _KNOWN = {"beneficiary", "amount"}, {"beneficiary", "amount", "description"}
_LONGEST_DESCRIPTION = 255


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One payout that is asked for; `code` says why it can be none."""

    number: int
    beneficiary_id: UUID | None = None
    amount: Money | None = None
    description: str = ""
    code: str = ""


def read_table(text: str, *, currency: Currency) -> list[BulkRow]:
    """Read all rows, numbered from 1; raises `TableNotValid`."""
    try:
        table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
        names = {name.strip() for name in table.fieldnames or ()}
        if not names >= _WANTED or names - _KNOWN:
            raise TableNotValid("The first line names the columns: beneficiary,amount,description")
        rows = [
            _read(number, {str(name).strip(): value for name, value in row.items()}, currency)
            for number, row in enumerate(table, start=1)
        ]
    except csv.Error as error:
        raise TableNotValid(f"This is no CSV: {error}.") from None
    if not 0 < len(rows) <= MOST_ROWS:
        raise TableNotValid(f"1 to {MOST_ROWS:,} rows.")
    return rows


def _read(number: int, row: dict[str, str | None], currency: Currency) -> BulkRow:
    description = (row.get("description") or "").strip()
    if "None" in row or len(description) > _LONGEST_DESCRIPTION or not description.isprintable():
        return BulkRow(number, code="malformed")
    try:
        beneficiary = UUID((row.get("beneficiary") or "").strip())
    except ValueError:
        return BulkRow(number, code="malformed_beneficiary")
    try:
        amount = Money.of((row.get("amount") or "").strip(), currency.code)
    except LedgerRefusal as refusal:
        return BulkRow(number, beneficiary, code=refusal.code)
    if amount.amount_minor <= 0:
        return BulkRow(number, beneficiary, code="invalid_amount")
    return BulkRow(number, beneficiary, amount, description)

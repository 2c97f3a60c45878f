from __future__ import annotations

from uuid import UUID

import pytest

from ledger.money import currency
from payments.bulk import MOST_ROWS, read_table
from payments.errors import TableNotValid

NAIRA = currency("NGN")
ID = UUID("11111111-1111-4111-8111-111111111111")


def test_reads_rows_in_any_order_of_columns() -> None:
    (row,) = read_table(f"amount, beneficiary,description\r\n12.50,{ID},Rent\r\n", currency=NAIRA)

    assert (row.number, row.beneficiary_id, row.description, row.code) == (1, ID, "Rent", "")
    assert row.amount is not None
    assert row.amount.amount_minor == 1250


def test_takes_the_mark_that_spreadsheets_write() -> None:
    (row,) = read_table(f"\ufeffbeneficiary,amount\n{ID},1\n", currency=NAIRA)

    assert (row.code, row.description) == ("", "")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("x,1,", "malformed_beneficiary"),
        (f"{ID},,", "invalid_amount"),
        (f"{ID},0,", "invalid_amount"),
        (f"{ID},-1,", "invalid_amount"),
        (f"{ID},1.001,", "invalid_amount"),
        (f"{ID},1,a,b", "malformed"),
        (f"{ID},1,{'x' * 256}", "malformed"),
        (f"{ID},1,a\x00b", "malformed"),
        (f"{ID},{'9' * 30},", "invalid_amount"),
    ],
    ids=lambda value: value[:20].replace("\x00", "NUL"),
)
def test_a_row_that_is_no_payout_says_so_and_spoils_no_other(line: str, code: str) -> None:
    rows = read_table(f"beneficiary,amount,description\n{line}\n{ID},1,\n", currency=NAIRA)

    assert [row.code for row in rows] == [code, ""]


@pytest.mark.parametrize(
    "text",
    ["", "beneficiary\n1", "beneficiary,amount,more\n", "beneficiary,amount\n", 'a"b,"c\n'],
    ids=["empty", "no amount", "unknown column", "no rows", "no csv"],
)
def test_refuses_what_is_no_table(text: str) -> None:
    with pytest.raises(TableNotValid):
        read_table(text, currency=NAIRA)


def test_refuses_more_rows_than_are_taken_at_once() -> None:
    line = f"{ID},1\n"
    assert len(read_table("beneficiary,amount\n" + line * MOST_ROWS, currency=NAIRA)) == MOST_ROWS
    with pytest.raises(TableNotValid):
        read_table("beneficiary,amount\n" + line * (MOST_ROWS + 1), currency=NAIRA)

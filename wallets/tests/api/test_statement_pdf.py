"""GET /wallets/{number}/statement as PDF, read back by a library that did not write it."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from wallets.tests.api.pasts import Past

pytestmark = pytest.mark.django_db

_FIGURE = r"(-?[\d,]+\.\d\d)"
_LINE = re.compile(rf"(?m)^(?:TRF|OPN)_\S+(?: · \d{{13}})?\n{_FIGURE}\n{_FIGURE}$")
_HEAD = re.compile(
    rf"Opening balance\n{_FIGURE}\nPaid in\n{_FIGURE}\nPaid out\n{_FIGURE}\n"
    rf"Closing balance\n{_FIGURE}"
)


class Read:
    """A statement as somebody reads it who has nothing but the file."""

    def __init__(self, response: Any) -> None:
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        self.file = PdfReader(BytesIO(response.content))
        self.pages = [page.extract_text() for page in self.file.pages]
        self.text = "\n".join(self.pages)
        head = _HEAD.search(self.text)
        assert head, self.text
        self.opening, self.paid_in, self.paid_out, self.closing = map(_decimal, head.groups())
        found = _LINE.findall(self.text)
        self.amounts = [_decimal(amount) for amount, _ in found]
        self.balances = [_decimal(balance) for _, balance in found]


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@pytest.mark.parametrize("how", [{"format": "pdf"}, {"accept": "application/pdf"}])
def test_pdf_read_back_adds_up(how: dict[str, str]) -> None:
    read = Read(Past().get("statement", **how))

    assert read.opening + sum(read.amounts) == read.closing == Decimal("85.50")
    assert sum(amount for amount in read.amounts if amount > 0) == read.paid_in
    assert sum(amount for amount in read.amounts if amount < 0) == read.paid_out
    assert read.balances[-1] == read.closing
    assert len(read.amounts) == 7


def test_pdf_says_whose_wallet_which_time_and_what_time_zone() -> None:
    past = Past()

    read = Read(past.get("statement", format="pdf", **{"from": "2026-01-01", "to": "2999-01-31"}))

    assert "Alice Olá" in read.text  # the type has no Ọ
    assert "01 January 2026 to 31 January 2999 (UTC)" in read.text
    assert "All times are UTC." in read.text
    assert past.source.number in read.text.replace(" ", "")
    assert read.file.metadata is not None
    assert read.file.metadata.title == f"Statement of wallet {past.source.number}"


def test_pdf_of_many_lines_has_numbered_pages_and_no_line_is_lost() -> None:
    past = Past()
    for _ in range(60):
        past.send(past.client, past.source, past.target, "0.10", text="again " * 20)

    read = Read(past.get("statement", format="pdf"))

    count = len(read.pages)
    assert count == 3
    for number, page in enumerate(read.pages, 1):
        assert f"Page {number} of {count}" in page
    assert len(read.amounts) == 67
    assert read.opening + sum(read.amounts) == read.closing == Decimal("79.50")


@pytest.mark.parametrize("lines", [18, 19, 20, 21, 25])
def test_totals_never_leave_the_page(lines: int) -> None:
    past = Past()
    for _ in range(lines - 7):
        past.send(past.client, past.source, past.target, "0.10")

    read = Read(past.get("statement", format="pdf"))

    assert len(read.amounts) == lines
    assert f"Total\n{lines}\n100.50" in read.pages[-1]
    assert f"Page {len(read.pages)} of {len(read.pages)}" in read.pages[-1]


def test_pdf_of_an_empty_period_is_a_page_without_lines() -> None:
    response = Past().get("statement", format="pdf", **{"from": "2020-01-01", "to": "2020-01-31"})

    read = Read(response)

    assert (read.opening, read.closing, read.amounts) == (Decimal(0), Decimal(0), [])
    assert "Page 1 of 1" in read.text


def test_markup_and_control_signs_of_others_are_only_text() -> None:
    past = Past()
    past.send(past.client, past.source, past.target, "0.10", text="<b>(\\)\x07 % <</JS")

    assert "<b>(\\)? % <</JS" in Read(past.get("statement", format="pdf")).text

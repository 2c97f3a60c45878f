from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.money import Money
from payments.judgement import Finding, judge
from payments.providers.base import NOT_FOUND, Done, Payment, PaymentState, Refused, Unknown

EXPECTED = Money.of("300.50", "NGN")
PAID_AT = datetime(2024, 8, 22, 9, 15, 2, tzinfo=UTC)
PAID = Payment(
    state=PaymentState.PAID,
    requested_minor=30050,
    paid_minor=30050,
    fees_minor=451,
    currency="NGN",
    paid_at=PAID_AT,
)


def test_exactly_what_was_asked_for_is_credited() -> None:
    found = judge(Done(PAID), expected=EXPECTED)

    assert (found.finding, found.fee_minor, found.paid_at) == (Finding.CREDIT, 451, PAID_AT)


def test_fees_that_the_payer_bears_are_not_ours() -> None:
    payment = replace(PAID, paid_minor=40333, fees_minor=10283)

    found = judge(Done(payment), expected=EXPECTED)

    assert (found.finding, found.fee_minor) == (Finding.CREDIT, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": "GHS"}, "currency"),
        ({"requested_minor": 30049}, "requested_amount"),
        ({"requested_minor": 30051, "paid_minor": 30051}, "requested_amount"),
        ({"paid_minor": 30049}, "short"),
        ({"paid_minor": 0}, "short"),
        ({"paid_minor": 40333}, "excess"),
        ({"paid_minor": 30051, "fees_minor": None}, "excess"),
    ],
)
def test_anything_else_that_was_paid_is_a_mismatch(change: dict[str, Any], reason: str) -> None:
    found = judge(Done(replace(PAID, **change)), expected=EXPECTED)

    assert (found.finding, found.reason) == (Finding.MISMATCH, reason)


@pytest.mark.parametrize(
    ("state", "finding"),
    [
        (PaymentState.UNPAID, Finding.UNPAID),
        (PaymentState.IN_PROGRESS, Finding.IN_PROGRESS),
        (PaymentState.FAILED, Finding.FAILED),
        (PaymentState.REVERSED, Finding.FAILED),
    ],
)
def test_nothing_but_paid_is_credited(state: PaymentState, finding: Finding) -> None:
    assert judge(Done(replace(PAID, state=state)), expected=EXPECTED).finding == finding


def test_only_not_found_means_unpaid_among_the_refusals() -> None:
    assert judge(Refused(NOT_FOUND), expected=EXPECTED).finding == Finding.UNPAID
    assert judge(Refused("invalid_Key"), expected=EXPECTED).finding == Finding.UNKNOWN
    assert judge(Unknown("ReadTimeout"), expected=EXPECTED).finding == Finding.UNKNOWN

"""The checks of exchanges, payment requests and schedules hold, and name what was broken."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.models import JournalEntry
from ledger.operations.verify import run_checks
from wallets.models import Conversion, FxQuote, PaymentRequest, ScheduledRun
from wallets.operations import run_schedules
from wallets.promise_checks import PROMISE_CHECKS
from wallets.tests.api.test_fx import Changer
from wallets.tests.api.test_payment_requests import Shop
from wallets.tests.factories import wallet_of
from wallets.tests.schedules import START, Standing
from wallets.tests.test_checks import corrupt

pytestmark = pytest.mark.django_db

CONVERSION, QUOTE, PAYMENT, RUN = (check.name for check in PROMISE_CHECKS)


def broken() -> dict[str, str]:
    return {f.name: f.detail for f in run_checks(PROMISE_CHECKS, step=3) if not f.ok}


@pytest.fixture(autouse=True)
def work(db: None) -> None:
    """An exchange, a payment and a run that was made, and each of what came to nothing."""
    changer, shop, standing = Changer(), Shop(), Standing()
    assert changer.convert(changer.quote()).status_code == 201
    changer.quote()
    assert shop.pay(shop.request()).status_code == 201
    shop.request()
    standing.schedule("60.00")
    run_schedules(now=START)
    run_schedules(now=START.replace(day=2))


def test_hold_after_some_work() -> None:
    findings = run_checks(PROMISE_CHECKS, step=3)

    assert [f.detail for f in findings] == [""] * len(PROMISE_CHECKS)
    assert [f.checked for f in findings] == [1, 1, 1, 2]


def test_name_a_conversion_of_other_amounts() -> None:
    entry = Conversion.objects.get().entry_id
    corrupt("UPDATE wallets_fxquote SET source_minor = source_minor - 1 WHERE used_at IS NOT NULL")

    assert broken() == {CONVERSION: f"the conversion of entry {entry} does not match its quote"}


def test_name_a_conversion_that_is_gone() -> None:
    entry = Conversion.objects.get().entry_id
    quote = FxQuote.objects.get(used_at__isnull=False).pk
    corrupt("DELETE FROM wallets_conversion")

    assert set(broken()) == {CONVERSION, QUOTE}
    assert str(entry) in broken()[CONVERSION]
    assert str(quote) in broken()[QUOTE]


def test_name_a_conversion_into_somebody_elses_wallet() -> None:
    other = wallet_of(Shop().alice, code="EUR")
    corrupt("UPDATE wallets_conversion SET destination_id = %s", other.pk)

    assert set(broken()) == {CONVERSION}


def test_name_a_quote_that_was_used_after_its_time() -> None:
    corrupt("UPDATE wallets_fxquote SET used_at = expires_at + interval '1 s' "
            "WHERE used_at IS NOT NULL")  # fmt: skip

    assert set(broken()) == {QUOTE}


@pytest.mark.parametrize(
    "change",
    [
        "paid_minor = paid_minor + 1",
        "amount_minor = 1",
        "payer_id = wallet_id",
    ],
)
def test_name_a_payment_that_is_not_what_was_asked(change: str) -> None:
    entry = PaymentRequest.objects.get(status="paid").entry_id
    corrupt(f"UPDATE wallets_paymentrequest SET {change} WHERE status = 'paid'")

    assert str(entry) in broken()[PAYMENT]


def test_name_an_entry_that_no_request_asked_for() -> None:
    entry = JournalEntry.objects.get(kind="payment")
    corrupt("DELETE FROM wallets_paymentrequest")

    assert broken() == {PAYMENT: f"the payment of entry {entry.pk} does not match its request"}


@pytest.mark.parametrize(("was", "says"), [("waiting", "completed"), ("completed", "failed")])
def test_name_a_run_that_says_otherwise(was: str, says: str) -> None:
    run: Any = ScheduledRun.objects.get(status=was)
    corrupt("UPDATE wallets_scheduledrun SET status = %s WHERE id = %s", says, run.pk)

    assert broken() == {RUN: f"run {run.reference} ({says}) does not match a transfer"}

"""`ledger_verify` names what is wrong between offline payments and the books."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from ledger import chart
from ledger.checks import Check
from ledger.entries import Entry, Line
from ledger.operations import open_account, open_customer_account, post
from ledger.operations.verify import run_checks
from offline import checks
from offline.models import Certificate, Voucher
from offline.tests.phones import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid() -> Voucher:
    """Alice has paid Bob 10.00 of 100.00."""
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    bob.sync_one(alice.pay(bob, 1_000))
    return Voucher.objects.get()


def broken(check: Check) -> str:
    (finding,) = run_checks([check])
    return finding.detail


def by_force(sql: str) -> None:
    """Write as a superuser of the database might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")
        for table in ("offline_voucher", "offline_certificate"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("SET ROLE purser_app")


def move(account_id: int, amount: int, reference: str) -> None:
    opening = open_account(chart.opening("NGN"))[0]
    lines = (Line(account_id, amount, "adjustment"), Line(opening, -amount, "adjustment"))
    post(Entry(reference=reference, kind="adjustment", lines=lines, occurred_at=timezone.now()))


def test_all_is_well_and_was_looked_at(paid: Voucher) -> None:
    for finding in run_checks(checks.OFFLINE_CHECKS):
        assert finding.ok, finding
        assert finding.checked >= 1, finding


def test_hold_with_more_or_less_than_its_certificate_says(paid: Voucher) -> None:
    account_id = Certificate.objects.values_list("account_id", flat=True).get()
    assert account_id
    move(account_id, -1, "TST_short")

    assert "has 8999" in broken(checks.HOLDS_MATCH_CERTIFICATES)


def test_hold_without_a_certificate(paid: Voucher) -> None:
    open_customer_account(chart.offline_hold("A" * 22, "NGN"))

    assert "nothing" in broken(checks.HOLDS_MATCH_CERTIFICATES)


def test_certificate_that_paid_other_than_its_vouchers(paid: Voucher) -> None:
    by_force("UPDATE offline_certificate SET settled_minor = settled_minor + 1")

    assert paid.certificate_id in broken(checks.CERTIFICATES_MATCH_VOUCHERS)


def test_settled_voucher_without_its_entry(paid: Voucher) -> None:
    by_force("UPDATE offline_voucher SET transaction_id = gen_random_uuid()")

    assert "is settled" in broken(checks.VOUCHERS_MATCH_ENTRIES)
    assert paid.reference in broken(checks.OFFLINE_ENTRIES_HAVE_REASONS)


def test_voucher_that_paid_another_amount_or_payee(paid: Voucher) -> None:
    by_force("UPDATE offline_voucher SET payee_id = payer_id")

    assert "is settled" in broken(checks.VOUCHERS_MATCH_ENTRIES)


def test_entry_named_for_a_certificate_that_is_none(paid: Voucher) -> None:
    move(paid.payee_id, 5, "OFC_nothing")

    assert "OFC_nothing" in broken(checks.OFFLINE_ENTRIES_HAVE_REASONS)

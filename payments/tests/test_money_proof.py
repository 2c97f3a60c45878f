"""What customers own is there, or somebody is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import as_owner, person
from events.models import Event
from ledger import chart
from ledger.entries import Entry, Line
from ledger.operations import open_account, post
from ledger.operations.verify import run_checks
from ledger.queries import Coverage, coverage
from payments.models import MoneyProof
from payments.operations import prove_money
from payments.reconciliation_checks import RECONCILIATION_CHECKS
from payments.tests.factories import wallet_of
from payments.tests.payouts import fund
from payments.tests.test_admin import logged_in

NOW = timezone.now()


def ngn() -> Coverage:
    (found,) = [each for each in coverage() if each.currency == "NGN"]
    return found


def put_into_bank(reference: str, minor: int) -> None:
    """The platform's own money comes to its bank."""
    bank, own = chart.bank("main", "NGN"), chart.adjustments("NGN")
    lines = (
        Line(open_account(bank)[0], -minor, "adjustment"),
        Line(open_account(own)[0], minor, "adjustment"),
    )
    post(Entry(reference=reference, kind="adjustment", lines=lines, occurred_at=NOW))


def told() -> list[str]:
    return list(
        Event.objects.filter(subject="money:NGN").order_by("id").values_list("type", flat=True)
    )


@pytest.fixture
def short(db: None) -> None:
    """A customer has 10,000.00 that is nowhere."""
    missing = next((each.short_minor for each in coverage() if each.currency == "NGN"), 0)
    fund(wallet_of(person()), "10000.00")
    assert ngn().short_minor >= missing + 1_000_000 or missing == 0


def test_names_what_is_missing_once_and_when_it_is_there_again(
    short: None, caplog: pytest.LogCaptureFixture
) -> None:
    before = told()
    prove_money(now=NOW)
    prove_money(now=NOW + timedelta(minutes=1))
    assert "customer_money_short" in caplog.text
    assert told()[len(before) :] == ["money.short"]

    put_into_bank("TST_capital", ngn().short_minor)
    assert ngn().short_minor == 0
    prove_money(now=NOW + timedelta(minutes=2))

    assert told()[len(before) :] == ["money.short", "money.covered"]


def test_reads_it_in_one_statement(short: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        coverage()


def test_measures_the_last_proof(short: None) -> None:
    prove_money(now=NOW)
    found = ngn()

    text = Client().get("/metrics").content.decode()

    assert f"purser_customer_money_ngn {found.customers_minor / 100}" in text
    assert "purser_money_there_ngn " in text


def test_staff_see_it_with_a_plot(short: None) -> None:
    for minutes in range(3):
        prove_money(now=NOW + timedelta(minutes=minutes))

    page = logged_in("staff").get("/admin/payments/moneyproof/now/")

    assert page.status_code == 200
    assert "not all of it is there" in page.text
    assert "<path d=" in page.text
    assert logged_in("user").get("/admin/payments/moneyproof/now/").status_code == 302
    assert "now/" in logged_in("staff").get("/admin/payments/moneyproof/").text


def test_a_proof_never_changes(short: None) -> None:
    proof = prove_money(now=NOW)[0]

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        MoneyProof.objects.filter(pk=proof.pk).update(at=datetime(2026, 1, 1, tzinfo=NOW.tzinfo))


@pytest.mark.parametrize(
    "change", ["kind = 'equity'", "currency_id = 'USD'"], ids=["kind", "currency"]
)
def test_check_names_an_account_that_would_be_counted_wrongly(short: None, change: str) -> None:
    def broken() -> dict[str, str]:
        return {each.name: each.detail for each in run_checks(RECONCILIATION_CHECKS) if not each.ok}

    put_into_bank("TST_capital", 1)
    assert "customer_money_is_accounted_for" not in broken()

    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_ledgeraccount DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE ledger_ledgeraccount SET {change} WHERE code = 'bank:main:NGN'")
        found = broken()["customer_money_is_accounted_for"]
        transaction.set_rollback(True)

    assert "bank:main:NGN" in found

"""The checks of refunds hold after a day's work, and name what somebody broke past the guards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.tests.factories import as_owner
from ledger.operations.verify import run_checks
from payments.models import Deposit, Refund
from payments.refund_checks import REFUND_CHECKS
from payments.tests.conftest import Simulator
from payments.tests.refunds import paid_deposit, refund_of, send, settle
from wallets.models import Wallet

MATCH, EXCEED = "refunds_match_their_holds_and_entries", "refunds_never_exceed_their_deposit"


def broken() -> dict[str, str]:
    return {found.name: found.detail for found in run_checks(REFUND_CHECKS) if not found.ok}


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    return paid_deposit(wallet, simulator)


@pytest.fixture
def refund(deposit: Deposit) -> Refund:
    return settle(send(refund_of(deposit, "2000.00")))


def after(break_it: Callable[[], object]) -> dict[str, str]:
    """What the checks say once the guards were switched off and a row was changed."""
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE payments_refund DISABLE TRIGGER USER")
        break_it()
        found = broken()
        transaction.set_rollback(True)  # what a test broke is not committed
    return found


def change(refund: Refund, **values: object) -> Callable[[], object]:
    return lambda: Refund.objects.filter(pk=refund.pk).update(**values)


def test_hold_for_what_went_back_and_what_did_not(deposit: Deposit, refund: Refund) -> None:
    refund_of(deposit, "1.00")

    assert broken() == {}


@pytest.mark.parametrize("status", ["pending", "processing", "failed", "reversed"])
def test_name_one_whose_status_and_books_disagree(refund: Refund, status: str) -> None:
    next_step = refund.sent_at if status in {"pending", "processing"} else None

    found = after(change(refund, status=status, next_step_at=next_step))

    assert refund.reference in found[MATCH]


def test_name_one_of_another_amount(refund: Refund) -> None:
    assert refund.reference in after(change(refund, amount_minor=1))[MATCH]


def test_name_a_deposit_that_gave_back_more_than_was_paid(deposit: Deposit, refund: Refund) -> None:
    found = after(change(refund, amount_minor=deposit.amount_minor + 1))

    assert deposit.reference in found[EXCEED]


def test_name_an_entry_without_its_refund(refund: Refund) -> None:
    found = after(lambda: Refund.objects.filter(pk=refund.pk).delete())

    assert refund.reference[4:] in found["refund_entries_have_refunds"]


def test_name_a_guard_that_is_off(origin: str) -> None:
    assert "refund_moves_as_it_may" in after(lambda: None)["refund_guard_stands"]

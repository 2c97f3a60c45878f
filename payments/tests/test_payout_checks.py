"""The checks of payouts hold after a day's work, and name what was broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.tests.factories import as_owner
from ledger.operations.verify import run_checks
from payments import operations
from payments.models import Beneficiary, Payout
from payments.payout_checks import PAYOUT_CHECKS
from payments.tests.factories import NOON
from payments.tests.payouts import (
    FAILING,
    GOOD,
    REVERSING,
    ask_for,
    beneficiary_of,
    fund,
    let_happen,
    send,
    settle,
)
from wallets.models import Wallet


def broken() -> dict[str, str]:
    return {f.name: f.detail for f in run_checks(PAYOUT_CHECKS, step=100) if not f.ok}


def corrupt(sql: str, *parameters: Any, expect: str, names: str, guarded: bool = False) -> None:
    """Write past every guard, see it named, and take it back."""
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            for table in () if guarded else ("payments_payout", "wallets_hold"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, parameters)
        assert names in broken().get(expect, "nothing")
        transaction.set_rollback(True)


@pytest.fixture
def day(origin: str, alice: User, wallet: Wallet) -> dict[str, Payout]:
    """A payout in each status."""
    fund(wallet)
    good, failing, reversing = (
        beneficiary_of(alice.pk, number) for number in (GOOD, FAILING, REVERSING)
    )

    def ended(beneficiary: Beneficiary, steps: int) -> Payout:
        payout = send(ask_for(wallet, beneficiary, "100.00"))
        let_happen(steps)
        return settle(payout)

    payouts = {
        "completed": ended(good, 1),
        "failed": ended(failing, 1),
        "reversed": ended(reversing, 2),
        "processing": send(ask_for(wallet, good, "100.00")),
        "pending": ask_for(wallet, good, "100.00"),
        "cancelled": ask_for(wallet, good, "100.00"),
    }
    with transaction.atomic():
        operations.cancel_payout(payout_id=payouts["cancelled"].pk, now=NOON)
    return payouts


def test_hold_for_payouts_in_every_status(day: dict[str, Payout]) -> None:
    for status, payout in day.items():
        payout.refresh_from_db()
        assert payout.status == status
    assert broken() == {}


def test_name_what_was_broken(day: dict[str, Payout]) -> None:
    done, failed = day["completed"], day["failed"]
    for payout, other in ((done, "failed"), (failed, "completed"), (day["pending"], "cancelled")):
        change = "UPDATE payments_payout SET status = %s, ended_at = created_at WHERE id = %s"
        corrupt(
            change, other, payout.pk, expect="payouts_match_their_holds", names=payout.reference
        )
    corrupt(
        "UPDATE payments_payout SET status = 'reversed' WHERE id = %s", done.pk,
        expect="payouts_match_their_entries", names=done.reference,
    )  # fmt: skip
    corrupt(
        "UPDATE payments_payout SET status = 'completed' WHERE id = %s", day["reversed"].pk,
        expect="payouts_match_their_entries", names=day["reversed"].reference,
    )  # fmt: skip
    corrupt(
        "UPDATE payments_payout SET amount_minor = 1 WHERE id = %s", done.pk,
        expect="payouts_match_their_entries", names=done.reference,
    )  # fmt: skip
    corrupt(
        "UPDATE wallets_hold SET amount_minor = 1 WHERE id = %s", day["processing"].hold_id,
        expect="payouts_match_their_holds", names=day["processing"].reference,
    )  # fmt: skip
    corrupt(
        "DELETE FROM payments_payout WHERE id = %s", done.pk,
        expect="payout_entries_have_payouts", names=done.reference,
    )  # fmt: skip
    corrupt(
        "DELETE FROM payments_payout WHERE id = %s", day["pending"].pk,
        expect="payout_holds_have_payouts", names=day["pending"].hold.reference,
    )  # fmt: skip
    corrupt(
        "UPDATE payments_payout SET approvals_needed = 1 WHERE id = %s", done.pk,
        expect="people_decide_payouts_together", names=done.reference,
    )  # fmt: skip
    corrupt(
        "UPDATE payments_payout SET settled_by = 'people' WHERE id = %s", failed.pk,
        expect="people_decide_payouts_together", names=failed.reference,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("DROP TRIGGER payout_moves_as_it_may ON payments_payout", "payout_moves"),
        ("GRANT DELETE ON payments_payoutvote TO purser_app", "payments_payoutvote"),
        ("GRANT UPDATE ON payments_payoutthreshold TO purser_app", "threshold"),
    ],
    ids=["trigger", "votes", "threshold"],
)
def test_name_a_guard_that_is_gone(origin: str, sql: str, names: str) -> None:
    corrupt(sql, expect="payout_guards_stand", names=names, guarded=True)

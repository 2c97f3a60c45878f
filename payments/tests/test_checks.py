"""The checks of deposits hold after a day's work, and name what was broken."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from events.operations import append_event
from ledger import chart
from ledger.operations.verify import run_checks
from payments.checks import PAYMENT_CHECKS
from payments.models import Deposit
from payments.operations import sweep_deposits
from payments.references import deposit_reference
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, start
from wallets.models import Wallet
from wallets.operations import Incoming, receive


def broken() -> dict[str, str]:
    return {f.name: f.detail for f in run_checks(PAYMENT_CHECKS, step=3) if not f.ok}


@pytest.fixture
def paid(simulator: Simulator, wallet: Wallet) -> Deposit:
    deposit = start(wallet)
    start(wallet)
    simulator.pay(deposit.authorization_url)
    sweep_deposits(now=NOON + timedelta(minutes=2))
    deposit.refresh_from_db()
    return deposit


def test_hold_for_what_was_paid_and_what_was_not(paid: Deposit) -> None:
    assert paid.status == "completed"
    assert broken() == {}


def test_name_a_deposit_that_was_completed_without_money(paid: Deposit, wallet: Wallet) -> None:
    other = Deposit.objects.filter(wallet=wallet, status="pending").get()

    with transaction.atomic():
        Deposit.objects.filter(pk=other.pk).update(status="completed", completed_at=NOON)
        assert other.reference in broken()["deposits_match_their_entries"]
        transaction.set_rollback(True)  # what a test broke is not committed


@pytest.mark.parametrize("known", [True, False])
def test_name_money_that_came_without_a_completed_deposit(
    paid: Deposit, wallet: Wallet, *, known: bool
) -> None:
    other = Deposit.objects.filter(wallet=wallet, status="pending").get()
    reference = other.reference if known else deposit_reference(at=NOON, seed=uuid4())
    incoming = Incoming(
        amount=other.amount,
        source=chart.clearing("paystack", "NGN"),
        reference=reference,
        kind="deposit",
        occurred_at=NOON,
    )

    with transaction.atomic():
        receive(wallet=wallet, incoming=incoming)
        name = "deposits_match_their_entries" if known else "deposit_entries_have_deposits"
        assert reference in broken()[name]
        transaction.set_rollback(True)  # what a test broke is not committed


@pytest.mark.parametrize("suffix", [":x", ":fee:fee", "0"])
def test_name_an_entry_that_only_looks_like_a_deposits(
    paid: Deposit, wallet: Wallet, suffix: str
) -> None:
    incoming = Incoming(
        amount=paid.amount,
        source=chart.clearing("paystack", "NGN"),
        reference=paid.reference + suffix,
        kind="deposit",
        occurred_at=NOON,
    )

    with transaction.atomic():
        receive(wallet=wallet, incoming=incoming)
        assert paid.reference + suffix in broken()["deposit_entries_have_deposits"]
        transaction.set_rollback(True)  # what a test broke is not committed


def test_name_a_fee_that_is_not_the_deposits(paid: Deposit) -> None:
    assert paid.fee_minor

    with transaction.atomic():
        Deposit.objects.filter(pk=paid.pk).update(fee_minor=paid.fee_minor + 1)
        assert f"{paid.reference}:fee" in broken()["deposit_entries_have_deposits"]
        transaction.set_rollback(True)  # what a test broke is not committed


def test_name_a_fee_that_was_never_posted(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)

    with transaction.atomic():
        receive(
            wallet=wallet,
            incoming=Incoming(
                amount=deposit.amount,
                source=chart.clearing("paystack", "NGN"),
                reference=deposit.reference,
                kind="deposit",
                occurred_at=NOON,
            ),
        )
        append_event(
            type="deposit.completed", subject=deposit.reference, owner_id=wallet.owner_id, data={}
        )
        completed = Deposit.objects.filter(pk=deposit.pk)
        completed.update(status="completed", completed_at=NOON)
        assert broken() == {}

        completed.update(fee_minor=150)
        assert deposit.reference in broken()["deposits_match_their_entries"]
        transaction.set_rollback(True)  # what a test broke is not committed


def test_name_a_deposit_that_is_not_the_wallet_owners(paid: Deposit) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")  # as only a database superuser can
        cursor.execute("ALTER TABLE payments_deposit DISABLE TRIGGER USER")
        Deposit.objects.filter(pk=paid.pk).update(owner_id=uuid4())
        assert paid.reference in broken()["deposits_match_their_entries"]
        transaction.set_rollback(True)  # what a test broke is not committed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "ALTER TABLE payments_deposit DISABLE TRIGGER deposit_terms_are_final",
            "trigger deposit_terms_are_final on payments_deposit is missing or off",
        ),
        (
            "DROP TRIGGER what_arrived_never_changes ON payments_webhookdelivery",
            "trigger what_arrived_never_changes on payments_webhookdelivery is missing or off",
        ),
        (
            "GRANT DELETE ON payments_webhookdelivery TO purser_app",
            "purser_app may remove from payments_webhookdelivery",
        ),
        (
            "ALTER TABLE payments_deposit DROP CONSTRAINT payments_deposit_reference_key",
            "constraint on reference of payments_deposit is missing or off",
        ),
        (
            "DROP INDEX provider_event_is_stored_once",
            "constraint on provider, dedupe_key of payments_webhookdelivery is missing or off",
        ),
    ],
)
def test_name_a_guard_that_was_taken_away(sql: str, says: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(sql)
        cursor.execute("RESET ROLE")

    assert broken() == {"payment_guards_stand": says}

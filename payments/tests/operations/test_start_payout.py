from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.tests.factories import person
from ledger.errors import InsufficientFunds
from ledger.money import Money
from payments import operations, queries
from payments.errors import BeneficiaryNotFound, PayoutNotFound
from payments.models import Beneficiary, Payout
from payments.providers.registry import provider
from payments.tests.factories import NOON, at_once, told_of_reference, wallet_of
from payments.tests.payouts import ask_for, beneficiary_of, fund, money_of_wallet
from wallets.errors import CurrencyMismatch, OutsideTransaction, WalletNotActive
from wallets.models import Hold, Wallet, WalletStatus


@pytest.fixture
def beneficiary(origin: str, alice: User, wallet: Wallet) -> Beneficiary:
    fund(wallet)
    return beneficiary_of(alice.pk)


def test_holds_the_money_at_once_and_sends_nothing(
    wallet: Wallet, beneficiary: Beneficiary
) -> None:
    payout = ask_for(wallet, beneficiary, "1000.00")

    assert payout.reference.startswith("PAY_")
    assert (payout.status, payout.sent_at, payout.next_step_at) == ("pending", None, NOON)
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")
    assert payout.hold.reference == f"HLD_{payout.reference[4:]}"
    assert told_of_reference(payout.reference) == ["payout.requested"]


def test_refuses_more_than_is_there_and_changes_nothing(
    wallet: Wallet, beneficiary: Beneficiary
) -> None:
    with pytest.raises(InsufficientFunds):
        ask_for(wallet, beneficiary, "10000.01")

    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    assert not Payout.objects.filter(wallet=wallet).exists()
    assert not Hold.objects.filter(wallet=wallet).exists()


def test_refuses_a_wallet_that_is_not_active(wallet: Wallet, beneficiary: Beneficiary) -> None:
    wallet.status = WalletStatus.FROZEN

    with pytest.raises(WalletNotActive):
        ask_for(wallet, beneficiary)


def test_refuses_a_beneficiary_that_was_removed_or_is_anothers(
    wallet: Wallet, beneficiary: Beneficiary
) -> None:
    other = wallet_of(person())
    fund(other)
    with pytest.raises(BeneficiaryNotFound):
        ask_for(other, beneficiary)

    operations.remove_beneficiary(owner_id=wallet.owner_id, beneficiary_id=beneficiary.pk, at=NOON)
    beneficiary.refresh_from_db()
    with pytest.raises(BeneficiaryNotFound):
        ask_for(wallet, beneficiary)


def test_refuses_another_currency(alice: User, beneficiary: Beneficiary) -> None:
    dollars = wallet_of(alice, "USD")
    fund(dollars)

    with pytest.raises(CurrencyMismatch):
        ask_for(dollars, beneficiary)


def test_refuses_outside_a_transaction(wallet: Wallet, beneficiary: Beneficiary) -> None:
    wish = operations.PayoutWish(
        wallet, beneficiary, ask_for(wallet, beneficiary).amount, "user", 1
    )

    with pytest.raises(OutsideTransaction):
        operations.start_payout(wish=wish, provider=provider("paystack"), now=NOON)


def test_above_a_threshold_it_waits_for_people(wallet: Wallet, beneficiary: Beneficiary) -> None:
    fund(wallet, "3000000.00")

    small, large = (ask_for(wallet, beneficiary, amount) for amount in ("999999.99", "1000000.00"))

    assert [row.approvals_needed for row in (small, large)] == [0, 1]
    assert [row.next_step_at for row in (small, large)] == [NOON, None]
    assert queries.approvals_for(Money.of("10000000.00", "NGN")) == 2
    assert queries.approvals_for(Money.of("10000000.00", "GHS")) == 0


def test_twenty_at_once_hold_no_more_than_is_there(
    wallet: Wallet, beneficiary: Beneficiary
) -> None:
    done = at_once(20, lambda _: ask_for(wallet, beneficiary, "1000.00"))

    assert len([row for row in done if isinstance(row, Payout)]) == 10
    assert {type(row) for row in done if not isinstance(row, Payout)} == {InsufficientFunds}
    assert money_of_wallet(wallet) == ("0.00", "10000.00")


def test_the_database_keeps_its_terms_and_its_one_way(
    wallet: Wallet, beneficiary: Beneficiary
) -> None:
    fund(wallet, "2000000.00")
    payout = ask_for(wallet, beneficiary, "1000000.00")
    rows = Payout.objects.filter(pk=payout.pk)

    for change in (
        {"amount_minor": 1},
        {"fee_minor": 1},
        {"provider_reference": "another"},
        {"approvals_needed": 0},
        {"status": "completed", "sent_at": NOON, "ended_at": NOON},
        {"status": "processing", "sent_at": NOON, "next_step_at": NOON},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('payments_payout', 'DELETE'),"
            " has_table_privilege('payments_payoutvote', 'UPDATE, DELETE'),"
            " has_table_privilege('payments_payoutthreshold', 'INSERT, UPDATE, DELETE'),"
            " has_column_privilege('payments_beneficiary', 'number_sealed', 'UPDATE')"
        )
        assert cursor.fetchone() == (False, False, False, False)


def test_somebody_elses_is_not_there(wallet: Wallet, beneficiary: Beneficiary) -> None:
    payout = ask_for(wallet, beneficiary)

    for reference in (payout.reference, "PAY_nothing", "x"):
        with pytest.raises(PayoutNotFound):
            queries.get_payout(owner_id=person().pk, reference=reference)

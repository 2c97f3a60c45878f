from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ledger.errors import InsufficientFunds
from ledger.money import Money
from ledger.operations.verify import run_checks
from payments.errors import DepositNotPaid, RefundTooLarge
from payments.models import Deposit, Refund
from payments.operations import start_refund, sweep_refunds, sweep_webhooks
from payments.providers.registry import NAMES
from payments.refund_checks import REFUND_CHECKS
from payments.simulators import queries
from payments.simulators.models import SimulatedRefund
from payments.simulators.operations import deliver_webhooks, run_clock
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, start
from payments.tests.refunds import balances, paid_deposit, refund_of, send, settle
from wallets.errors import OutsideTransaction
from wallets.models import Wallet

HOUR = timedelta(hours=1)


def broken() -> dict[str, str]:
    return {found.name: found.detail for found in run_checks(REFUND_CHECKS) if not found.ok}


@pytest.mark.parametrize("through", NAMES)
def test_money_goes_back_through_its_provider(
    simulator: Simulator, wallet: Wallet, through: str
) -> None:
    deposit = paid_deposit(wallet, simulator, through)
    held = queries.balances(through)["NGN"]

    refund = refund_of(deposit, "2000.00")
    assert (refund.status, balances(wallet)) == ("pending", ("3000.00", "2000.00"))
    assert send(refund).status == "processing"
    assert settle(refund).status == "completed"

    assert balances(wallet) == ("3000.00", "0.00")
    assert queries.balances(through)["NGN"] == held - 200000
    assert refund.provider_code
    assert broken() == {}


@pytest.mark.parametrize("through", NAMES)
def test_one_that_the_provider_refuses_later_stays_in_the_wallet(
    simulator: Simulator, wallet: Wallet, through: str
) -> None:
    simulator.set_faults(refund_failed=1)

    refund = settle(send(refund_of(paid_deposit(wallet, simulator, through))))

    assert refund.status == "failed"
    assert refund.reason
    assert balances(wallet) == ("5000.00", "0.00")
    assert broken() == {}


@pytest.mark.parametrize("through", ["paystack", "mock"])
@pytest.mark.parametrize("fault", ["error_after", "reset"])
def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_sent_twice(
    simulator: Simulator, wallet: Wallet, through: str, fault: str
) -> None:
    refund = refund_of(paid_deposit(wallet, simulator, through))
    simulator.set_faults(**{fault: 1})
    assert send(refund).status == "processing"
    assert send(refund).status == "processing"
    simulator.set_faults(**{fault: 0})

    assert settle(refund).status == "completed"

    assert SimulatedRefund.objects.count() == 1


def test_stripe_is_not_asked_for_a_refund_of_a_payment_that_it_does_not_show(
    simulator: Simulator, wallet: Wallet
) -> None:
    refund = refund_of(paid_deposit(wallet, simulator, "stripe"))
    simulator.set_faults(error_after=1)

    assert send(refund).status == "failed"

    assert (refund.reason, balances(wallet)) == ("payment_not_read", ("5000.00", "0.00"))
    assert not SimulatedRefund.objects.exists()


def test_what_never_arrived_is_believed_after_a_day_and_two_answers(
    simulator: Simulator, wallet: Wallet
) -> None:
    refund = refund_of(paid_deposit(wallet, simulator))
    simulator.set_faults(error=1)
    send(refund)
    simulator.set_faults(error=0)

    for after in (HOUR, 23 * HOUR, 23.5 * HOUR):
        assert settle(refund, after).status == "processing"
    assert balances(wallet) == ("0.00", "5000.00")
    assert settle(refund, 25 * HOUR).status == "failed"

    assert (refund.reason, balances(wallet)) == ("never_arrived", ("5000.00", "0.00"))
    assert not SimulatedRefund.objects.exists()


def test_a_success_that_fails_after_all_comes_back_to_the_wallet(
    simulator: Simulator, wallet: Wallet
) -> None:
    refund = settle(send(refund_of(paid_deposit(wallet, simulator, "mock"))))
    SimulatedRefund.objects.update(status="failed")

    assert settle(refund).status == "reversed"
    assert settle(refund).status == "reversed"

    assert balances(wallet) == ("5000.00", "0.00")
    assert broken() == {}


@pytest.mark.parametrize("through", NAMES)
def test_a_webhook_is_enough(simulator: Simulator, wallet: Wallet, through: str) -> None:
    simulator.set_faults(webhook_seconds=0, refund_seconds=0)
    refund = send(refund_of(paid_deposit(wallet, simulator, through)))
    later = timezone.now() + HOUR

    settle_nothing_but_the_clock()
    deliver_webhooks(now=later)
    sweep_webhooks(now=timezone.now() + timedelta(seconds=5))

    refund.refresh_from_db()
    assert refund.status == "completed"


def settle_nothing_but_the_clock() -> None:
    run_clock(now=timezone.now() + HOUR, dice=lambda: 0.5)


def test_the_sweep_sends_and_asks(simulator: Simulator, wallet: Wallet) -> None:
    refund = refund_of(paid_deposit(wallet, simulator))

    assert sweep_refunds(now=timezone.now()) == {refund.reference: "processing"}
    settle_nothing_but_the_clock()
    assert sweep_refunds(now=timezone.now() + HOUR) == {refund.reference: "succeeded"}
    assert sweep_refunds(now=timezone.now() + 2 * HOUR) == {}

    refund.refresh_from_db()
    assert refund.status == "completed"


def test_never_more_than_was_paid(simulator: Simulator, wallet: Wallet) -> None:
    deposit = paid_deposit(wallet, simulator)
    paid_deposit(wallet, simulator)
    settle(send(refund_of(deposit, "3000.00")))
    refund_of(deposit, "1500.00")

    with pytest.raises(RefundTooLarge):
        refund_of(deposit, "500.01")

    assert refund_of(deposit).amount == Money.of("500.00", "NGN")
    with pytest.raises(RefundTooLarge):
        refund_of(deposit)
    assert broken() == {}


def test_what_failed_may_be_asked_for_again(simulator: Simulator, wallet: Wallet) -> None:
    deposit = paid_deposit(wallet, simulator)
    simulator.set_faults(refund_failed=1)
    settle(send(refund_of(deposit)))
    simulator.set_faults(refund_failed=0)

    assert settle(send(refund_of(deposit))).status == "completed"


def test_twenty_at_once_give_back_no_more_than_was_paid(
    simulator: Simulator, wallet: Wallet
) -> None:
    deposit = paid_deposit(wallet, simulator)
    paid_deposit(wallet, simulator)

    results = at_once(20, lambda _: refund_of(deposit, "1000.00"))

    assert sum(isinstance(result, Refund) for result in results) == 5
    assert sum(isinstance(result, RefundTooLarge) for result in results) == 15
    assert balances(wallet) == ("5000.00", "5000.00")


def test_only_what_was_paid_and_is_there_goes_back(simulator: Simulator, wallet: Wallet) -> None:
    with pytest.raises(DepositNotPaid):
        refund_of(start(wallet))
    deposit = paid_deposit(wallet, simulator)
    refund_of(deposit, "4000.00")
    other = paid_deposit(wallet, simulator, amount="100.00")
    refund_of(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_refund WHERE wallet_id = %s", [wallet.pk])
        assert cursor.fetchone() == (2,)

    with pytest.raises(RefundTooLarge):
        refund_of(deposit, "1000.01")
    with pytest.raises(OutsideTransaction):
        start_refund(deposit_id=deposit.pk, amount=None, entropy=1, now=NOON)


def test_money_that_was_spent_does_not_go_back(simulator: Simulator, wallet: Wallet) -> None:
    first = paid_deposit(wallet, simulator)
    second = paid_deposit(wallet, simulator, amount="100.00")
    refund_of(first)
    spent = refund_of(second, "60.00")
    assert spent.status == "pending"

    Deposit.objects.filter(pk=first.pk).update(mismatch="")
    with pytest.raises((InsufficientFunds, RefundTooLarge)):
        refund_of(second, "50.00")


def test_the_database_refuses_what_nobody_should_try(simulator: Simulator, wallet: Wallet) -> None:
    refund = refund_of(paid_deposit(wallet, simulator), "100.00")

    for change in (
        {"amount_minor": 1},
        {"owner_id": "00000000-0000-0000-0000-000000000000"},
        {"status": "completed", "sent_at": NOON},
        {"status": "reversed", "sent_at": NOON},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.filter(pk=refund.pk).update(**change)

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from payments import locks, operations
from payments.models import Payout
from payments.operations.send_payout import LEASE
from payments.providers import patience
from payments.providers.registry import provider
from payments.simulators.models import SimulatedPayout
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, told_of_reference
from payments.tests.payouts import (
    FAILING,
    LATER,
    REVERSING,
    ask_for,
    beneficiary_of,
    beneficiary_without_code,
    entries_of,
    fund,
    let_happen,
    money_of_wallet,
    our_cost_minor,
    provider_paid_minor,
    send,
    sent_to_provider,
    settle,
)
from wallets.models import Wallet


@pytest.fixture
def payout(origin: str, alice: User, wallet: Wallet) -> Payout:
    fund(wallet)
    return ask_for(wallet, beneficiary_of(alice.pk))


def with_ending(wallet: Wallet, number: str) -> Payout:
    fund(wallet)
    return send(ask_for(wallet, beneficiary_of(wallet.owner_id, number)))


def test_sends_and_asks_until_it_is_paid(payout: Payout, wallet: Wallet) -> None:
    send(payout)
    assert (payout.status, payout.sent_at) == ("processing", NOON)
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")

    settle(payout)
    assert payout.status == "processing"
    let_happen()
    settle(payout)

    assert (payout.status, payout.settled_by) == ("completed", "provider")
    assert money_of_wallet(wallet) == ("9000.00", "0.00")
    assert told_of_reference(payout.reference) == [
        "payout.requested",
        "payout.processing",
        "payout.completed",
    ]
    assert entries_of(payout)[""] == {
        f"wallet:{wallet.number}:NGN": -100_000,
        "clearing:paystack:NGN": 100_000,
    }
    assert our_cost_minor([payout]) == provider_paid_minor([payout])


def test_what_fails_there_is_given_back(origin: str, wallet: Wallet) -> None:
    payout = with_ending(wallet, FAILING)
    let_happen()
    settle(payout)

    assert payout.status == "failed"
    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    assert entries_of(payout) == {}
    assert provider_paid_minor([payout]) == 0


def test_what_comes_back_is_given_back_once(origin: str, wallet: Wallet) -> None:
    payout = with_ending(wallet, REVERSING)
    let_happen()
    settle(payout)
    assert payout.status == "completed"
    let_happen()
    settle(payout)
    settle(payout)

    assert payout.status == "reversed"
    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    assert entries_of(payout)[":reversal"][f"wallet:{wallet.number}:NGN"] == 100_000
    assert told_of_reference(payout.reference).count("payout.reversed") == 1


def test_what_came_back_before_anybody_asked_went_out_and_in(origin: str, wallet: Wallet) -> None:
    payout = with_ending(wallet, REVERSING)
    let_happen(2)
    settle(payout)

    assert payout.status == "reversed"
    assert set(entries_of(payout)) >= {"", ":reversal"}
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_ten_workers_send_it_once(payout: Payout) -> None:
    def work(_: int) -> object:
        return operations.send_payout(payout_id=payout.pk, provider=provider("paystack"), now=NOON)

    done = at_once(10, work)

    assert len([row for row in done if isinstance(row, Payout)]) == 1
    assert SimulatedPayout.objects.filter(reference=payout.provider_reference).count() == 1
    assert told_of_reference(payout.reference).count("payout.processing") == 1


def test_ten_that_learn_of_its_success_pay_it_once(payout: Payout, wallet: Wallet) -> None:
    send(payout)
    let_happen()

    at_once(10, lambda _: settle(Payout.objects.get(pk=payout.pk)))

    payout.refresh_from_db()
    assert payout.status == "completed"
    assert money_of_wallet(wallet) == ("9000.00", "0.00")
    assert told_of_reference(payout.reference).count("payout.completed") == 1


@pytest.mark.parametrize("fault", ["error_after", "reset"])
def test_a_lost_answer_leaves_it_processing_and_it_is_asked_for(
    payout: Payout, simulator: Simulator, fault: str
) -> None:
    simulator.set_faults(**{fault: 1})
    send(payout)
    assert payout.status == "processing"
    assert sent_to_provider(payout) is not None

    simulator.set_faults(**{fault: 0})
    assert (
        operations.send_payout(payout_id=payout.pk, provider=provider("paystack"), now=NOON + LATER)
        is None
    )
    let_happen()
    assert settle(payout).status == "completed"


def test_one_that_never_arrived_fails_after_a_day_and_two_reads(
    payout: Payout, simulator: Simulator, wallet: Wallet
) -> None:
    simulator.set_faults(error=1)
    send(payout)
    simulator.set_faults(error=0)
    assert sent_to_provider(payout) is None

    day = timedelta(hours=24)
    for age, status in (
        (LATER, "processing"),
        (day - timedelta(minutes=1), "processing"),
        (day, "failed"),
    ):
        assert settle(payout, NOON + age).status == status
    assert payout.reason == "never_arrived"
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_one_read_after_a_day_is_not_enough(payout: Payout, simulator: Simulator) -> None:
    simulator.set_faults(error=1)
    send(payout)
    simulator.set_faults(error=0)

    day = timedelta(hours=24)
    assert settle(payout, NOON + day).status == "processing"
    assert settle(payout, NOON + day + timedelta(minutes=59)).status == "processing"
    assert settle(payout, NOON + day + timedelta(minutes=60)).status == "failed"


def test_a_provider_that_holds_too_little_refuses_and_the_money_is_back(
    payout: Payout, simulator: Simulator, wallet: Wallet
) -> None:
    simulator.set_faults(low_balance=1)

    send(payout)

    assert (payout.status, payout.reason) == ("failed", "balance_too_low")
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_a_payout_that_was_cancelled_is_not_sent(payout: Payout, wallet: Wallet) -> None:
    with transaction.atomic():
        operations.cancel_payout(payout_id=payout.pk, now=NOON)

    send(payout)

    assert (payout.status, payout.sent_at) == ("cancelled", None)
    assert sent_to_provider(payout) is None
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_cancelled_while_it_is_being_sent_it_is_one_or_the_other(
    origin: str, alice: User, wallet: Wallet
) -> None:
    fund(wallet)
    beneficiary = beneficiary_of(alice.pk)
    for _ in range(8):
        payout = ask_for(wallet, beneficiary, "100.00")

        def work(number: int, payout: Payout = payout) -> object:
            if number:
                return send(Payout.objects.get(pk=payout.pk))
            with transaction.atomic():
                return operations.cancel_payout(payout_id=payout.pk, now=NOON)

        at_once(2, work)
        payout.refresh_from_db()
        sent = sent_to_provider(payout) is not None
        assert (payout.status == "processing") is sent
        assert (payout.status == "cancelled") is not sent


def test_who_lost_the_lease_to_a_long_pause_does_nothing(payout: Payout) -> None:
    with transaction.atomic():
        slow = locks.claim_payout(payout_id=payout.pk, now=NOON, lease=LEASE)
    assert slow is not None
    later = NOON + LEASE
    send(payout, later)

    with transaction.atomic():
        assert not locks.begin_sending(slow, now=later, until=later + LEASE)
    assert payout.status == "processing"


def test_a_beneficiary_without_a_code_gets_one_on_the_way(
    origin: str, wallet: Wallet, simulator: Simulator
) -> None:
    fund(wallet)
    payout = ask_for(wallet, beneficiary_without_code(wallet.owner_id))
    simulator.set_faults(error=1)
    send(payout)
    assert (payout.status, payout.reason) == ("pending", "http_502")

    simulator.set_faults(error=0)
    patience.breaker("paystack").close()
    send(payout, NOON + LATER)

    assert payout.status == "processing"
    payout.beneficiary.refresh_from_db()
    assert payout.beneficiary.provider_code.startswith("RCP_")


def test_is_not_tried_while_the_provider_is_away(payout: Payout, simulator: Simulator) -> None:
    patience.breaker("paystack").open()

    assert (
        operations.send_payout(payout_id=payout.pk, provider=provider("paystack"), now=NOON) is None
    )
    assert operations.sweep_payouts(now=NOON) == {}

    payout.refresh_from_db()
    assert (payout.status, payout.fence) == ("pending", 0)


def test_the_sweep_sends_and_asks(payout: Payout, wallet: Wallet) -> None:
    assert operations.sweep_payouts(now=NOON) == {payout.reference: "processing"}
    assert operations.sweep_payouts(now=NOON) == {}
    let_happen()

    came_of = operations.sweep_payouts(now=NOON + LATER)

    assert came_of == {payout.reference: "succeeded"}
    assert operations.sweep_payouts(now=NOON + 2 * LATER) == {}
    assert money_of_wallet(wallet) == ("9000.00", "0.00")

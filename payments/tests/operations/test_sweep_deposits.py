from __future__ import annotations

from datetime import timedelta

from payments.judgement import Finding
from payments.models import Deposit
from payments.operations import sweep_deposits
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, balance_of, start, told_of
from wallets.models import Wallet

SOON = NOON + timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


def test_credits_a_payment_whose_webhook_never_came(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.set_faults(lost_webhook=1)
    simulator.pay(deposit.authorization_url)

    assert sweep_deposits(now=SOON) == {deposit.reference: Finding.CREDIT}
    assert sweep_deposits(now=SOON + MINUTE) == {}
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_leaves_alone_what_is_not_due(simulator: Simulator, wallet: Wallet) -> None:
    simulator.pay(start(wallet).authorization_url)

    assert sweep_deposits(now=NOON) == {}
    assert not balance_of(wallet)


def test_learns_of_a_failure(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url, "failed")

    sweep_deposits(now=SOON)

    deposit.refresh_from_db()
    assert deposit.status == "failed"


def test_asks_for_72_hours_and_then_no_more(origin: str, wallet: Wallet) -> None:
    deposit = start(wallet)
    now, times = NOON, 0
    while deposit.next_ask_at is not None:
        now = deposit.next_ask_at
        times += len(sweep_deposits(now=now))
        deposit.refresh_from_db()

    assert deposit.status == "expired"
    assert told_of(deposit) == ["deposit.started", "deposit.expired"]
    assert timedelta(hours=72) <= now - NOON < timedelta(hours=80)
    assert times < 60


def test_a_success_days_after_the_expiry_is_found(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    sweep_deposits(now=NOON + 31 * MINUTE)
    deposit.refresh_from_db()
    assert deposit.status == "expired"
    simulator.set_faults(lost_webhook=1)
    simulator.pay(deposit.authorization_url)

    sweep_deposits(now=NOON + timedelta(days=2))

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_expires_what_never_reached_the_provider(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    SimulatedPayment.objects.filter(reference=deposit.provider_reference).delete()

    sweep_deposits(now=NOON + 31 * MINUTE)

    deposit.refresh_from_db()
    assert deposit.status == "expired"


def test_gives_a_provider_that_is_away_a_rest(simulator: Simulator, wallet: Wallet) -> None:
    for _ in range(7):
        start(wallet)
    simulator.set_faults(error=1)

    assert list(sweep_deposits(now=NOON + 31 * MINUTE).values()) == [Finding.UNKNOWN] * 5
    deposits = Deposit.objects.filter(wallet=wallet)
    assert set(deposits.values_list("status", flat=True)) == {"pending"}


def test_two_sweeps_at_once_ask_once(simulator: Simulator, wallet: Wallet) -> None:
    deposits = [start(wallet) for _ in range(4)]
    for deposit in deposits:
        simulator.pay(deposit.authorization_url)

    results = at_once(2, lambda _: sweep_deposits(now=SOON))

    asked = [reference for found in results if isinstance(found, dict) for reference in found]
    assert sorted(asked) == sorted(deposit.reference for deposit in deposits)
    assert balance_of(wallet).decimal_string() == "20000.00"

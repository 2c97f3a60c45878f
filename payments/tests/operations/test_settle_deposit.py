from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from ledger.operations import block_account
from payments.judgement import Finding, Judgement
from payments.models import Deposit
from payments.operations import settle_deposit, sweep_deposits
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, balance_of, start, told_of
from wallets.models import Wallet

LATER = NOON + timedelta(minutes=31)


def settle(deposit: Deposit, now: datetime = NOON) -> Judgement:
    found = settle_deposit(
        deposit_id=deposit.pk,
        provider_reference=deposit.provider_reference,
        provider=provider("paystack"),
        now=now,
    )
    deposit.refresh_from_db()
    return found


def test_what_was_paid_is_credited_once(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)

    for _ in range(3):
        assert settle(deposit).finding == Finding.CREDIT

    assert balance_of(wallet).decimal_string() == "5000.00"
    assert (deposit.status, deposit.completed_at, deposit.next_ask_at) == ("completed", NOON, None)
    assert deposit.fee_minor == 17500
    assert told_of(deposit) == ["deposit.started", "deposit.completed"]


def test_what_was_not_paid_is_not_credited_and_does_not_expire_early(
    origin: str, wallet: Wallet
) -> None:
    deposit = start(wallet)

    assert settle(deposit, deposit.expires_at - timedelta(seconds=1)).finding == Finding.UNPAID

    assert deposit.status == "pending"
    assert not balance_of(wallet)


def test_expires_once_it_is_old_and_the_provider_says_that_it_is_not_paid(
    origin: str, wallet: Wallet
) -> None:
    deposit = start(wallet)

    settle(deposit, LATER)
    settle(deposit, LATER)

    assert (deposit.status, deposit.reason) == ("expired", "not_paid")
    assert told_of(deposit) == ["deposit.started", "deposit.expired"]


def test_does_not_expire_while_the_provider_cannot_be_asked(
    simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.set_faults(error=1)

    assert settle(deposit, LATER).finding == Finding.UNKNOWN

    assert deposit.status == "pending"
    assert told_of(deposit) == ["deposit.started"]


@pytest.mark.parametrize("ended", ["expired", "failed"])
def test_a_late_success_is_still_credited_once(
    simulator: Simulator, wallet: Wallet, ended: str
) -> None:
    deposit = start(wallet)
    if ended == "failed":
        simulator.pay(deposit.authorization_url, "failed")
    settle(deposit, LATER)
    assert deposit.status == ended

    simulator.pay(deposit.authorization_url)
    for days in (1, 2, 30):
        settle(deposit, NOON + timedelta(days=days))

    assert deposit.status == "completed"
    assert balance_of(wallet).decimal_string() == "5000.00"
    assert told_of(deposit) == ["deposit.started", f"deposit.{ended}", "deposit.completed"]


def test_a_success_is_not_undone_by_a_later_failure(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    settle(deposit)

    simulator.pay(deposit.authorization_url, "failed")
    settle(deposit, LATER)

    assert deposit.status == "completed"
    assert balance_of(wallet).decimal_string() == "5000.00"


@pytest.mark.parametrize(
    ("fault", "reason"), [("wrong_amount", "short"), ("wrong_currency", "currency")]
)
def test_what_was_not_asked_for_waits_for_a_person(
    simulator: Simulator, wallet: Wallet, fault: str, reason: str
) -> None:
    deposit = start(wallet)
    simulator.set_faults(**{fault: 1})
    simulator.pay(deposit.authorization_url)

    for now in (NOON, LATER, LATER):
        assert settle(deposit, now).finding == Finding.MISMATCH

    assert (deposit.status, deposit.mismatch) == ("pending", reason)
    assert not balance_of(wallet)
    assert told_of(deposit) == ["deposit.started", "deposit.mismatched"]


def test_refuses_to_call_a_provider_inside_a_transaction(
    simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        settle(deposit)

    assert not balance_of(wallet)


def test_twenty_at_once_credit_once(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)

    def work(_: int) -> Finding:
        return settle(Deposit.objects.get(pk=deposit.pk)).finding

    assert at_once(20, work) == [Finding.CREDIT] * 20
    assert balance_of(wallet).decimal_string() == "5000.00"
    assert told_of(deposit) == ["deposit.started", "deposit.completed"]


def test_a_wallet_that_cannot_take_it_keeps_the_money_waiting_and_not_lost(
    simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    block_account(account_id=wallet.account_id, debits=False, credits_=True)

    for _ in range(2):
        assert settle(deposit).finding == Finding.MISMATCH
    assert (deposit.status, deposit.mismatch) == ("pending", "wallet:wallet_not_active")
    assert not balance_of(wallet)

    block_account(account_id=wallet.account_id, debits=False, credits_=False)
    sweep_deposits(now=NOON + timedelta(hours=2))

    deposit.refresh_from_db()
    assert (deposit.status, deposit.mismatch) == ("completed", "")
    assert balance_of(wallet).decimal_string() == "5000.00"
    assert told_of(deposit) == ["deposit.started", "deposit.mismatched", "deposit.completed"]

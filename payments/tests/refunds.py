"""Deposits that were paid, and what became of what went back of them."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ledger.money import Money, currency
from payments import operations
from payments.models import Deposit, Refund
from payments.operations import ask_about_deposit
from payments.providers.registry import provider
from payments.simulators.operations import run_clock
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, start
from wallets.models import Wallet

ENTROPY = iter(range(1, 1_000_000))


def paid_deposit(
    wallet: Wallet, simulator: Simulator, through: str = "paystack", amount: str = "5000.00"
) -> Deposit:
    """A deposit that its provider took and we credited."""
    deposit = start(wallet, amount, through=through)
    simulator.pay(deposit.authorization_url)
    ask_about_deposit(deposit=deposit, now=NOON)
    deposit.refresh_from_db()
    assert deposit.status == "completed", deposit.mismatch
    return deposit


def refund_of(deposit: Deposit, amount: str | None = None) -> Refund:
    """Ask for some of a deposit, or for all of it, to go back."""
    with transaction.atomic():
        return operations.start_refund(
            deposit_id=deposit.pk,
            amount=None if amount is None else Money.of(amount, deposit.currency),
            entropy=next(ENTROPY),
            now=timezone.now(),
        )


def send(refund: Refund) -> Refund:
    """Let the worker ask the provider."""
    now = timezone.now() + timedelta(seconds=1)
    operations.send_refund(refund_id=refund.pk, provider=provider(refund.provider), now=now)
    refund.refresh_from_db()
    return refund


def settle(refund: Refund, after: timedelta = timedelta()) -> Refund:
    """Let what was to happen at the provider happen, and ask it."""
    run_clock(now=timezone.now() + timedelta(hours=1), dice=lambda: 0.5)
    operations.settle_refund(
        refund_id=refund.pk, provider=provider(refund.provider), now=timezone.now() + after
    )
    refund.refresh_from_db()
    return refund


def balances(wallet: Wallet) -> tuple[str, str]:
    """What is available in a wallet, and what is held."""
    account = Wallet.objects.select_related("account").get(pk=wallet.pk).account
    held = Money(account.held_minor, currency(wallet.currency))
    total = Money(account.balance_minor, currency(wallet.currency))
    return (total - held).decimal_string(), held.decimal_string()

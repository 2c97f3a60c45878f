"""What the providers are asked for by the tests of what all of them do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from ledger.money import Money
from payments.providers.base import (
    BankAccount,
    Checkout,
    CheckoutRequest,
    Done,
    Outcome,
    PayoutOrder,
    PayoutReport,
    Provider,
    RefundOrder,
    SettlementLine,
)
from payments.simulators.operations import run_clock
from payments.tests.conftest import Simulator

CURRENCY = {"paystack": "NGN", "stripe": "USD", "mock": "NGN"}
RAW = "DEP_01ARZ3NDEKTSV4RRFFQ6"
REFUND = "RFD_01ARZ3NDEKTSV4RRFFQ6"
PAYOUT = "PAY_01ARZ3NDEKTSV4RRFFQ6"
HOUR = timedelta(hours=1)


def money(adapter: Provider, amount: str = "5000.00") -> Money:
    return Money.of(amount, CURRENCY[adapter.name])


def asked(adapter: Provider) -> CheckoutRequest:
    return CheckoutRequest(
        reference=adapter.spell(RAW),
        amount=money(adapter),
        payer_email="alice@example.com",
        return_url="http://127.0.0.1/return",
    )


def opened(adapter: Provider) -> Checkout:
    outcome = adapter.create_checkout(asked(adapter))
    assert isinstance(outcome, Done), outcome
    return outcome.value


def paid(adapter: Provider, simulator: Simulator) -> RefundOrder:
    """A payment that was made, and an order to give 100.00 of it back."""
    checkout = opened(adapter)
    simulator.pay(checkout.authorization_url)
    return RefundOrder(
        reference=REFUND,
        payment_reference=adapter.spell(RAW),
        amount=money(adapter, "100.00"),
        payment_id=checkout.provider_id,
    )


def order(adapter: Provider, number: str = "0123456789", amount: str = "100.00") -> PayoutOrder:
    account = BankAccount(number, "110000000", CURRENCY[adapter.name], "Bob Example")
    outcome = adapter.create_beneficiary(account, key=number)
    assert isinstance(outcome, Done), outcome
    return PayoutOrder(adapter.spell_payout(PAYOUT), money(adapter, amount), outcome.value, "Rent")


def pass_time(seconds: float = 3600) -> None:
    run_clock(now=timezone.now() + timedelta(seconds=seconds), dice=lambda: 0.5)


def report(outcome: Outcome[PayoutReport]) -> PayoutReport:
    assert isinstance(outcome, Done), outcome
    return outcome.value


def settled(adapter: Provider) -> tuple[SettlementLine, ...]:
    now = datetime.now(UTC)
    outcome = adapter.list_settlements(since=now - HOUR, until=now + HOUR)
    assert isinstance(outcome, Done), outcome
    return outcome.value

"""What every provider does, shown by each against its simulator over real sockets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ledger.money import Money
from payments.providers.base import (
    BALANCE_TOO_LOW,
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    NOT_SUPPORTED,
    BankAccount,
    BeneficiaryCode,
    Capability,
    Checkout,
    CheckoutRequest,
    Done,
    Outcome,
    PaymentState,
    PayoutOrder,
    PayoutReport,
    PayoutState,
    Provider,
    RefundOrder,
    RefundState,
    Refused,
    SettlementKind,
    SettlementLine,
    Unknown,
)
from payments.providers.registry import NAMES, provider
from payments.simulators import queries
from payments.simulators.models import SimulatedPayment, SimulatedPayout, SimulatedRefund
from payments.simulators.operations import run_clock
from payments.tests.conftest import Simulator

CURRENCY = {"paystack": "NGN", "stripe": "USD", "mock": "NGN"}
RAW = "DEP_01ARZ3NDEKTSV4RRFFQ6"
REFUND = "RFD_01ARZ3NDEKTSV4RRFFQ6"
PAYOUT = "PAY_01ARZ3NDEKTSV4RRFFQ6"
HOUR = timedelta(hours=1)


@pytest.fixture(params=NAMES)
def adapter(request: pytest.FixtureRequest, origin: str) -> Provider:
    return provider(request.param)


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


def test_two_references_never_become_one(adapter: Provider) -> None:
    for spell in (adapter.spell, adapter.spell_payout):
        assert spell(RAW) != spell(RAW[:-1] + "7")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("success", PaymentState.PAID),
        ("failed", PaymentState.FAILED),
        ("abandoned", PaymentState.UNPAID),
    ],
)
def test_learns_what_became_of_a_payment(
    adapter: Provider, simulator: Simulator, outcome: str, state: PaymentState
) -> None:
    checkout = opened(adapter)
    simulator.pay(checkout.authorization_url, outcome)

    answer = adapter.verify_payment(adapter.spell(RAW), checkout.provider_id)

    assert isinstance(answer, Done), answer
    # With Stripe a failed attempt leaves the checkout open for another.
    open_still = adapter.name == "stripe" and state == PaymentState.FAILED
    assert answer.value.state == (PaymentState.UNPAID if open_still else state)
    expected = money(adapter)
    assert answer.value.currency == expected.currency.code
    assert answer.value.requested_minor == expected.amount_minor
    if state == PaymentState.PAID:
        row = SimulatedPayment.objects.get()
        assert answer.value.paid_minor == row.paid_minor
        assert answer.value.fees_minor == row.fees_minor
        assert answer.value.paid_at is not None


def test_a_payment_is_found_without_the_id_of_its_checkout(
    adapter: Provider, simulator: Simulator
) -> None:
    paid(adapter, simulator)

    answer = adapter.verify_payment(adapter.spell(RAW))

    assert isinstance(answer, Done), answer
    assert answer.value.state == PaymentState.PAID


def test_what_it_never_heard_of_is_not_found(adapter: Provider) -> None:
    for answer in (
        adapter.verify_payment(adapter.spell(RAW)),
        adapter.verify_payout(adapter.spell_payout(PAYOUT)),
    ):
        assert isinstance(answer, Refused)
        assert answer.code == NOT_FOUND


def test_a_second_checkout_for_a_reference_is_the_first_or_refused(adapter: Provider) -> None:
    first = opened(adapter)

    again = adapter.create_checkout(asked(adapter))

    if isinstance(again, Refused):
        assert again.code == DUPLICATE_REFERENCE
    else:
        assert again == Done(first)
    assert SimulatedPayment.objects.count() == 1


def test_a_payment_that_is_late_is_in_progress_first(
    adapter: Provider, simulator: Simulator
) -> None:
    simulator.set_faults(late_payment=1, late_seconds=600)
    checkout = opened(adapter)
    simulator.pay(checkout.authorization_url)

    states = []
    for wait in (0, 601):
        pass_time(wait)
        answer = adapter.verify_payment(adapter.spell(RAW), checkout.provider_id)
        assert isinstance(answer, Done), answer
        states.append(answer.value.state)

    assert states == [PaymentState.IN_PROGRESS, PaymentState.PAID]


def test_gives_some_of_a_payment_back(adapter: Provider, simulator: Simulator) -> None:
    wanted = paid(adapter, simulator)

    first = adapter.refund(wanted)
    pass_time()
    later = adapter.verify_refund(wanted)

    assert isinstance(first, Done), first
    assert isinstance(later, Done), later
    assert (first.value.state, later.value.state) == (RefundState.PENDING, RefundState.SUCCEEDED)
    assert SimulatedRefund.objects.get().amount_minor == wanted.amount.amount_minor


def test_a_refund_that_fails_is_said_to_have_failed(
    adapter: Provider, simulator: Simulator
) -> None:
    simulator.set_faults(refund_failed=1)
    wanted = paid(adapter, simulator)
    before = queries.balances(adapter.name)

    adapter.refund(wanted)
    pass_time()
    later = adapter.verify_refund(wanted)

    assert isinstance(later, Done), later
    assert later.value.state == RefundState.FAILED
    assert later.value.code
    assert queries.balances(adapter.name) == before


def test_a_refund_that_was_never_asked_for_is_not_found(
    adapter: Provider, simulator: Simulator
) -> None:
    answer = adapter.verify_refund(paid(adapter, simulator))

    assert isinstance(answer, Refused)
    assert answer.code == NOT_FOUND


def test_never_gives_back_more_than_was_paid(adapter: Provider, simulator: Simulator) -> None:
    wanted = paid(adapter, simulator)
    too_much = RefundOrder(
        REFUND, wanted.payment_reference, money(adapter, "5000.01"), wanted.payment_id
    )

    assert isinstance(adapter.refund(too_much), Refused)
    assert not SimulatedRefund.objects.exists()


def test_tells_whose_an_account_is_where_it_can(adapter: Provider) -> None:
    account = BankAccount("0123456789", "058", CURRENCY[adapter.name])
    nobody = BankAccount("9999999999", "058", CURRENCY[adapter.name])

    answer, none = adapter.resolve_account(account), adapter.resolve_account(nobody)

    if Capability.RESOLVE_ACCOUNTS in adapter.capabilities:
        assert answer == Done(
            BankAccount(account.number, "058", account.currency, "TEST HOLDER 6789")
        )
        assert isinstance(none, Refused)
        assert none.code == NOT_FOUND
    else:
        assert isinstance(answer, Refused)
        assert answer.code == NOT_SUPPORTED


def test_an_account_has_one_code(adapter: Provider) -> None:
    assert order(adapter).beneficiary == order(adapter).beneficiary


def test_pays_out(adapter: Provider) -> None:
    wanted = order(adapter)

    first = report(adapter.send_payout(wanted))
    pass_time()
    later = report(adapter.verify_payout(wanted.reference))

    assert first.state in {PayoutState.PENDING, PayoutState.SUCCEEDED}
    assert later.state == PayoutState.SUCCEEDED
    assert (later.amount_minor, later.currency) == (10000, CURRENCY[adapter.name])
    row = SimulatedPayout.objects.get()
    assert (later.fee_minor or 0, later.provider_reference) == (row.fee_minor, row.code)
    assert queries.balances(adapter.name) == {row.currency: -10000 - row.fee_minor}


def test_sends_a_payout_once(adapter: Provider) -> None:
    wanted = order(adapter)
    adapter.send_payout(wanted)

    again = adapter.send_payout(wanted)

    if isinstance(again, Refused):
        assert again.code == DUPLICATE_REFERENCE
    else:
        assert isinstance(again, Done), again
    assert SimulatedPayout.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        ("1000000001", {PayoutState.FAILED}),
        ("1000000002", {PayoutState.SUCCEEDED, PayoutState.REVERSED}),
    ],
)
def test_a_payout_can_come_back(adapter: Provider, number: str, steps: set[PayoutState]) -> None:
    wanted = order(adapter, number)
    adapter.send_payout(wanted)

    seen = set()
    for wait in (2, 3600):
        pass_time(wait)
        seen.add(report(adapter.verify_payout(wanted.reference)).state)

    # Money that went to a connected account and came back was a transfer reversed.
    assert seen == (
        {PayoutState.REVERSED} if adapter.name == "stripe" and len(steps) == 1 else steps
    )
    assert set(queries.balances(adapter.name).values()) == {0}


def test_a_balance_that_is_too_low_refuses(adapter: Provider, simulator: Simulator) -> None:
    simulator.set_faults(low_balance=1)

    answer = adapter.send_payout(order(adapter))

    assert isinstance(answer, Refused)
    assert answer.code == BALANCE_TOO_LOW
    assert not SimulatedPayout.objects.exists()


def test_a_code_that_is_none_is_refused(adapter: Provider) -> None:
    wanted = PayoutOrder(
        adapter.spell_payout(PAYOUT), money(adapter), BeneficiaryCode("RCP_none"), ""
    )

    assert isinstance(adapter.send_payout(wanted), Refused)


def test_stops_a_payout_where_it_can(adapter: Provider) -> None:
    wanted = order(adapter, "1000000003")
    adapter.send_payout(wanted)

    answer = adapter.cancel_payout(wanted.reference)

    if Capability.CANCEL_PAYOUTS in adapter.capabilities:
        assert report(answer).state == PayoutState.CANCELLED
    else:
        assert isinstance(answer, Refused)
        assert answer.code == NOT_SUPPORTED


def test_balances_and_settlements_agree(adapter: Provider, simulator: Simulator) -> None:
    adapter.refund(paid(adapter, simulator))
    for number in ("0123456789", "1000000001"):
        wanted = order(adapter, number)
        adapter.send_payout(
            PayoutOrder(f"{wanted.reference}{number[-1]}", wanted.amount, wanted.beneficiary)
        )
    pass_time(30)

    lines = settled(adapter)
    held = adapter.balances()

    assert isinstance(held, Done), held
    sums = {row.currency: row.available_minor for row in held.value}
    assert sums == queries.balances(adapter.name)
    assert sum(line.net_minor for line in lines) == sums[CURRENCY[adapter.name]]
    kinds = sorted(line.kind for line in lines)
    assert kinds == sorted(
        [
            SettlementKind.PAYMENT,
            SettlementKind.REFUND,
            SettlementKind.PAYOUT,
            SettlementKind.PAYOUT,
            SettlementKind.REVERSAL,
        ]
    )
    named = {line.kind: line.reference for line in lines}
    assert named[SettlementKind.PAYMENT] == adapter.spell(RAW)
    assert named[SettlementKind.REFUND] == REFUND
    assert named[SettlementKind.REVERSAL] == f"{adapter.spell_payout(PAYOUT)}1"


def settled(adapter: Provider) -> tuple[SettlementLine, ...]:
    now = datetime.now(UTC)
    outcome = adapter.list_settlements(since=now - HOUR, until=now + HOUR)
    assert isinstance(outcome, Done), outcome
    return outcome.value


@pytest.mark.parametrize(
    ("fault", "happened"),
    [
        ("error", False),
        ("error_after", True),
        ("timeout", False),
        ("timeout_after", True),
        ("reset", True),
        ("rate_limit", False),
    ],
)
def test_an_answer_that_does_not_come_is_unknown_whether_or_not_it_happened(
    adapter: Provider,
    simulator: Simulator,
    settings: Any,
    fault: str,
    *,
    happened: bool,
) -> None:
    wanted = order(adapter)
    settings.PROVIDER_READ_SECONDS = 0.5
    simulator.set_faults(**{fault: 1, "timeout_seconds": 1})

    assert isinstance(provider(adapter.name).send_payout(wanted), Unknown)

    assert SimulatedPayout.objects.exists() is happened

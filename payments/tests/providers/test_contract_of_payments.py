"""What every provider does with payments and refunds, shown by each against its simulator."""

from __future__ import annotations

import pytest

from payments.providers.base import (
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    Done,
    PaymentState,
    Provider,
    RefundOrder,
    RefundState,
    Refused,
)
from payments.simulators import queries
from payments.simulators.models import SimulatedPayment, SimulatedRefund
from payments.tests.conftest import Simulator
from payments.tests.providers.asking import (
    PAYOUT,
    RAW,
    REFUND,
    asked,
    money,
    opened,
    paid,
    pass_time,
)


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

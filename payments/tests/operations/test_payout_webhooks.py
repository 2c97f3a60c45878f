"""Events about payouts: a reason to ask, in any order and number."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest

from accounts.models import User
from payments import operations
from payments.errors import DeliveryOpen
from payments.models import Payout, WebhookDelivery
from payments.operations import replay_webhook, sweep_webhooks
from payments.tests.factories import NOON, told_of_reference
from payments.tests.payouts import (
    LATER,
    REVERSING,
    ask_for,
    beneficiary_of,
    entries_of,
    fund,
    let_happen,
    money_of_wallet,
    send,
    take_in,
    transfer_event,
)
from wallets.models import Wallet

# All 2,520 orders of four events each twice with PURSER_ALL_ORDERS=1; every sixtieth otherwise.
STEP = 1 if os.environ.get("PURSER_ALL_ORDERS") else 60

# What the provider has done by the time that it tells: nothing yet, paid, and paid back.
EVENTS = (
    ("transfer.success", 1, 1),
    ("transfer.success", 2, 1),
    ("transfer.failed", 3, 0),
    ("transfer.reversed", 4, 2),
)


@pytest.fixture
def sent(origin: str, alice: User, wallet: Wallet) -> Payout:
    fund(wallet)
    return send(ask_for(wallet, beneficiary_of(alice.pk)))


def test_a_success_that_the_provider_confirms_completes_it(sent: Payout, wallet: Wallet) -> None:
    let_happen()

    delivery = take_in(transfer_event("transfer.success", sent))

    assert (delivery.state, delivery.subject, delivery.payout) == ("applied", "payout", sent)
    sent.refresh_from_db()
    assert sent.status == "completed"
    assert money_of_wallet(wallet) == ("9000.00", "0.00")


@pytest.mark.parametrize("kind", ["transfer.success", "transfer.failed", "transfer.reversed"])
def test_an_event_alone_is_no_proof(sent: Payout, wallet: Wallet, kind: str) -> None:
    delivery = take_in(transfer_event(kind, sent))

    assert delivery.state == "parked"
    sent.refresh_from_db()
    assert sent.status == "processing"
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")


def test_a_failure_told_after_success_changes_nothing(sent: Payout) -> None:
    let_happen()
    take_in(transfer_event("transfer.success", sent))

    assert take_in(transfer_event("transfer.failed", sent)).state == "applied"

    sent.refresh_from_db()
    assert sent.status == "completed"
    assert told_of_reference(sent.reference).count("payout.completed") == 1


def test_what_comes_early_is_parked_until_its_payout_is_there(
    origin: str, alice: User, wallet: Wallet
) -> None:
    fund(wallet)
    unsent = ask_for(wallet, beneficiary_of(alice.pk))
    delivery = take_in(transfer_event("transfer.success", unsent))
    assert (delivery.state, delivery.note) == ("parked", "not_sent")

    send(unsent)
    let_happen()
    sweep_webhooks(now=NOON + timedelta(hours=1))

    delivery.refresh_from_db()
    unsent.refresh_from_db()
    assert (delivery.state, unsent.status) == ("applied", "completed")


def test_an_unknown_reference_is_given_up_after_72_hours(sent: Payout) -> None:
    sent.provider_reference = "pay_of_somebody_else"
    delivery = take_in(transfer_event("transfer.success", sent))
    assert (delivery.state, delivery.note) == ("parked", "unknown_reference")

    now = NOON
    while delivery.is_open:
        now = delivery.next_try_at or now
        sweep_webhooks(now=now)
        delivery.refresh_from_db()

    assert delivery.state == "given_up"
    assert now - NOON >= timedelta(hours=72)


def test_a_settled_event_is_applied_again_when_asked(sent: Payout) -> None:
    delivery = take_in(transfer_event("transfer.success", sent), NOON)
    with pytest.raises(DeliveryOpen):
        replay_webhook(delivery_id=delivery.pk, actor_id=None, now=NOON)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state="given_up", next_try_at=None)
    let_happen()

    replay_webhook(delivery_id=delivery.pk, actor_id=None, now=NOON + LATER)
    sweep_webhooks(now=NOON + LATER)

    delivery.refresh_from_db()
    sent.refresh_from_db()
    assert (delivery.state, sent.status) == ("applied", "completed")
    assert told_of_reference(f"webhook {delivery.pk}") == ["webhook.replayed"]


def orders() -> Iterator[tuple[int, ...]]:
    """All orders of four events each twice; a repetition is the very same message."""
    seen = dict.fromkeys(permutations((0, 0, 1, 1, 2, 2, 3, 3)))
    return iter(list(seen)[::STEP])


def test_all_orders_of_events_end_the_same(origin: str, alice: User, wallet: Wallet) -> None:
    beneficiary, ends, times = beneficiary_of(alice.pk, REVERSING), set(), 0
    fund(wallet, "10000.00")
    for order in orders():
        payout = send(ask_for(wallet, beneficiary, "1.00"))
        done = 0
        for event in order:
            kind, number, needs = EVENTS[event]
            let_happen(max(needs - done, 0))
            done = max(done, needs)
            take_in(transfer_event(kind, payout, number=number))
        operations.sweep_webhooks(now=NOON + timedelta(hours=1))
        payout.refresh_from_db()
        ends.add((payout.status, payout.mismatch, tuple(sorted(entries_of(payout)))))
        assert money_of_wallet(wallet) == ("10000.00", "0.00"), order
        times += 1

    assert times == 2520 // STEP
    assert [end[:2] for end in ends] == [("reversed", "")]

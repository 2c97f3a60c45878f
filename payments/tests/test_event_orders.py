"""Four events of one deposit, each twice, in every order: all end in the same state.

Some orders by default; PURSER_ALL_ORDERS=1 for all 2,520.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from events.models import Event
from payments.models import Deposit
from payments.operations import apply_webhook, receive_webhook
from payments.providers.mock.signature import sign
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import balance_of, journal_of, start
from wallets.models import Wallet

KINDS = ("payment.processing", "payment.failed", "payment.succeeded", "refund.pending")
ALL = 2520
STEP = 1 if os.environ.get("PURSER_ALL_ORDERS") else 210


def orders(left: tuple[int, ...] = (2, 2, 2, 2)) -> Iterator[tuple[int, ...]]:
    """Every order of four things that each come twice."""
    if not any(left):
        yield ()
    for number, times in enumerate(left):
        if times:
            less = (*left[:number], times - 1, *left[number + 1 :])
            for rest in orders(less):
                yield (number, *rest)


def body(deposit: Deposit, number: int) -> bytes:
    named = {"reference": deposit.provider_reference, "payment": deposit.provider_reference}
    event = {"id": f"mev_{deposit.reference}_{number}", "type": KINDS[number], "data": named}
    return json.dumps(event).encode()


def arrive(deposit: Deposit, number: int, second: int) -> None:
    now = timezone.now() + timedelta(seconds=second)
    sent = body(deposit, number)
    headers = sign(body=sent, secret_key=settings.MOCK_SECRET_KEY, at=now)
    delivery = receive_webhook(provider=provider("mock"), body=sent, headers=headers, now=now)
    apply_webhook(delivery_id=delivery.pk, provider=provider("mock"), now=now)


def test_there_are_2520_orders() -> None:
    assert len(set(orders())) == ALL


@pytest.mark.parametrize("paid_after", [0, 4])
def test_every_order_ends_in_the_same_state(
    simulator: Simulator, wallet: Wallet, paid_after: int
) -> None:
    """The payer pays before the first event arrives, or while they do."""
    endings, count = set(), 0
    for order in list(orders())[::STEP]:
        deposit = start(wallet, "10.00", through="mock", now=timezone.now())
        for second, number in enumerate(order):
            if second == paid_after:
                simulator.pay(deposit.authorization_url)
            # A minute apart, so that what was parked is tried again.
            arrive(deposit, number, second * 60 + 1)
        deposit.refresh_from_db()
        told = Event.objects.filter(subject=deposit.reference).values_list("type", flat=True)
        moved = journal_of(deposit)
        endings.add((deposit.status, deposit.mismatch, tuple(sorted(told)), len(moved)))
        count += 1

    assert endings == {("completed", "", ("deposit.completed", "deposit.started"), 2)}
    assert balance_of(wallet).amount_minor == 1000 * count

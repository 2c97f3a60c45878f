from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from payments import references
from payments.models import Deposit, WebhookDelivery
from payments.operations import apply_webhook, sweep_webhooks
from payments.operations.receive_webhook import receive_webhook
from payments.providers.paystack.provider import Paystack
from payments.providers.paystack.signature import sign
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, balance_of, charge_success, start, told_of
from wallets.models import Wallet

SECOND = timedelta(seconds=1)


def receive(paystack: Paystack, body: bytes, now: datetime = NOON) -> WebhookDelivery:
    key = paystack._secret_key
    headers = {"x-paystack-signature": sign(body=body, secret_key=key)}
    return receive_webhook(provider=paystack, body=body, headers=headers, now=now)


def apply(delivery: WebhookDelivery, now: datetime = NOON) -> WebhookDelivery | None:
    return apply_webhook(delivery_id=delivery.pk, provider=provider("paystack"), now=now)


def test_a_success_that_the_provider_confirms_is_credited(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    delivery = receive(paystack, charge_success(deposit.provider_reference))

    applied = apply(delivery)

    assert applied is not None
    assert (applied.state, applied.deposit, applied.settled_at) == ("applied", deposit, NOON)
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_applying_twice_credits_once(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    delivery = receive(paystack, charge_success(deposit.provider_reference))

    apply(delivery)

    assert apply(delivery, NOON + timedelta(hours=1)) is None
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_two_events_about_one_payment_credit_once(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)

    for number in (1, 2, 3):
        body = charge_success(deposit.provider_reference, number=number)
        applied = apply(receive(paystack, body))
        assert applied is not None
        assert applied.state == "applied"

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_a_webhook_alone_is_no_proof(paystack: Paystack, wallet: Wallet) -> None:
    deposit = start(wallet)
    delivery = receive(paystack, charge_success(deposit.provider_reference))

    parked = apply(delivery)

    assert parked is not None
    assert (parked.state, parked.note) == ("parked", "not_paid")
    assert not balance_of(wallet)


@pytest.mark.parametrize(
    "lie", [{"amount": 50_000_000, "requested_amount": 50_000_000}, {"currency": "USD"}]
)
def test_what_a_webhook_says_of_amounts_counts_for_nothing(
    paystack: Paystack, simulator: Simulator, wallet: Wallet, lie: dict[str, Any]
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)

    apply(receive(paystack, charge_success(deposit.provider_reference, **lie)))

    assert balance_of(wallet).decimal_string() == "5000.00"


@pytest.mark.parametrize("fault", ["wrong_amount", "wrong_currency"])
def test_a_payment_that_was_not_asked_for_is_marked_and_not_credited(
    paystack: Paystack, simulator: Simulator, wallet: Wallet, fault: str
) -> None:
    deposit = start(wallet)
    simulator.set_faults(**{fault: 1})
    simulator.pay(deposit.authorization_url)

    applied = apply(receive(paystack, charge_success(deposit.provider_reference)))

    assert applied is not None
    assert applied.state == "applied"
    assert not balance_of(wallet)
    assert told_of(deposit)[-1] == "deposit.mismatched"


def test_after_the_deposit_expired_it_is_still_credited(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    Deposit.objects.filter(pk=deposit.pk).update(status="expired", next_ask_at=None)
    simulator.pay(deposit.authorization_url)

    apply(receive(paystack, charge_success(deposit.provider_reference)), NOON + timedelta(days=9))

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_an_unknown_reference_is_parked_and_given_up_after_72_hours(paystack: Paystack) -> None:
    delivery = receive(paystack, charge_success(f"DEP-{uuid4().hex}"))
    now, tries = NOON, 0
    while delivery.is_open:
        taken = sweep_webhooks(now=now)
        tries += len(taken)
        delivery.refresh_from_db()
        now = delivery.next_try_at or now

    assert (delivery.state, delivery.note) == ("given_up", "unknown_reference")
    assert timedelta(hours=72) <= now - NOON < timedelta(hours=80)
    assert tries == delivery.attempts


def test_an_event_that_came_before_its_deposit_is_applied_later(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    key = uuid4()
    spelled = paystack.spell(references.deposit_reference(at=NOON, seed=key))
    delivery = receive(paystack, charge_success(spelled))
    parked = apply(delivery)
    assert parked is not None
    assert parked.state == "parked"

    simulator.pay(start(wallet, request_key=key).authorization_url)
    sweep_webhooks(now=NOON + timedelta(hours=1))

    delivery.refresh_from_db()
    assert delivery.state == "applied"
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_waits_for_a_provider_that_is_away(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    simulator.set_faults(error=1)
    delivery = receive(paystack, charge_success(deposit.provider_reference))
    parked = apply(delivery)
    assert parked is not None
    assert (parked.state, parked.note) == ("parked", "http_502")

    simulator.set_faults(error=0)
    sweep_webhooks(now=NOON + timedelta(hours=1))

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_a_lost_task_message_is_made_good_by_the_sweep(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    receive(paystack, charge_success(deposit.provider_reference))

    assert len(sweep_webhooks(now=NOON + SECOND)) == 1
    assert sweep_webhooks(now=NOON + SECOND) == []
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_an_event_about_something_else_is_kept_and_does_nothing(paystack: Paystack) -> None:
    body = b'{"event": "customeridentification.success", "data": {"customer_id": 1}}'

    ignored = apply(receive(paystack, body))

    assert ignored is not None
    assert ignored.state == "ignored"


def test_a_worker_that_died_leaves_the_event_to_others(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    delivery = receive(paystack, charge_success(deposit.provider_reference))
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=NOON + 60 * SECOND)

    assert sweep_webhooks(now=NOON + 59 * SECOND) == []
    assert sweep_webhooks(now=NOON + 60 * SECOND) == [delivery]
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_twenty_workers_at_one_event_credit_once(
    paystack: Paystack, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    delivery = receive(paystack, charge_success(deposit.provider_reference))

    results = at_once(20, lambda _: apply(delivery))

    assert [result for result in results if result is not None] == [delivery]
    assert balance_of(wallet).decimal_string() == "5000.00"

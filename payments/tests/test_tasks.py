from __future__ import annotations

from typing import Any

from celery import current_app
from django.conf import settings
from django.utils import timezone

from payments import tasks
from payments.models import Deposit, WebhookDelivery
from payments.simulators import tasks as simulator_tasks
from payments.tests.conftest import Simulator
from payments.tests.factories import balance_of, charge_success, deliver, start
from wallets.models import Wallet


def test_every_scheduled_task_exists() -> None:
    current_app.loader.import_default_modules()

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks


def test_a_deposit_goes_all_the_way_by_tasks_alone(simulator: Simulator, wallet: Wallet) -> None:
    simulator.set_faults(webhook_seconds=0)
    simulator.pay(start(wallet, now=timezone.now()).authorization_url)

    for task in (simulator_tasks.deliver_webhooks, tasks.sweep_webhooks):
        task()
        task()

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_a_hint_may_come_twice(origin: str, simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet, now=timezone.now())
    simulator.pay(deposit.authorization_url)
    deliver(origin, charge_success(deposit.provider_reference))
    delivery = WebhookDelivery.objects.get(payment_reference=deposit.provider_reference)

    for _ in range(2):
        tasks.apply_webhook(delivery.pk, "paystack")

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_the_sweep_of_deposits_may_run_twice(simulator: Simulator, wallet: Wallet) -> None:
    simulator.pay(start(wallet, now=timezone.now()).authorization_url)
    Deposit.objects.filter(wallet=wallet).update(next_ask_at=timezone.now())

    for _ in range(2):
        tasks.sweep_deposits()

    assert balance_of(wallet).decimal_string() == "5000.00"


def test_taking_a_webhook_does_not_need_the_queue(
    origin: str, simulator: Simulator, wallet: Wallet, monkeypatch: Any
) -> None:
    monkeypatch.setitem(current_app.conf, "broker_url", "redis://127.0.0.1:9/0")
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {"max_retries": 0})
    monkeypatch.setitem(current_app.conf, "task_publish_retry", False)  # noqa: FBT003
    deposit = start(wallet, now=timezone.now())
    simulator.pay(deposit.authorization_url)

    assert deliver(origin, charge_success(deposit.provider_reference)).status_code == 200

    tasks.sweep_webhooks()
    assert balance_of(wallet).decimal_string() == "5000.00"

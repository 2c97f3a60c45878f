"""A live installation that is its own provider: real sockets, the real adapter, the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from celery import current_app
from django.db.models import Model

from accounts.models import User
from accounts.tests.factories import person
from payments.models import Deposit, Payout, Refund, WebhookDelivery
from payments.providers import patience
from payments.providers.paystack.provider import Paystack
from payments.providers.registry import provider
from payments.simulators.models import (
    BalanceMovement,
    FaultSettings,
    SimulatedAnswer,
    SimulatedPayment,
    SimulatedPayout,
    SimulatedRecipient,
    SimulatedRefund,
    SimulatedWebhook,
)
from payments.tests.factories import wallet_of
from wallets.models import Wallet

# What the simulated providers remember, in the order in which it can be forgotten.
SIMULATED: tuple[type[Model], ...] = (
    FaultSettings,
    SimulatedAnswer,
    SimulatedWebhook,
    BalanceMovement,
    SimulatedRefund,
    SimulatedPayment,
    SimulatedPayout,
    SimulatedRecipient,
)


NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_is_away() -> None:
    """What one test's provider did is not held against that of another."""
    for name in ("paystack", "stripe", "mock"):
        patience.breaker(name).close()


@pytest.fixture(autouse=True)
def hints_go_nowhere() -> Iterator[None]:
    """Task messages are only hints. Here they are lost, so that each test does the work itself."""
    before = current_app.conf["broker_url"]
    current_app.conf["broker_url"] = "memory://"
    yield
    current_app.conf["broker_url"] = before


@pytest.fixture
def origin(committed_db: None, served: str, settings: Any) -> str:
    """Where this installation, and its simulated provider, can be reached.

    What earlier tests committed is put to rest, so that sweeps find this test's rows alone.
    """
    settings.PURSER_ORIGIN = served
    settings.PAYSTACK_BASE_URL = f"{served}/simulator/paystack"
    settings.STRIPE_API_BASE = f"{served}/simulator/stripe"
    settings.MOCK_BASE_URL = f"{served}/simulator/mock"
    settings.STRIPE_SECRET_KEY = "sk_test_of_the_tests"
    settings.STRIPE_WEBHOOK_SECRET = "whsec_of_the_tests"
    settings.MOCK_SECRET_KEY = "mk_test_of_the_tests" * 4
    settings.DEPOSIT_RETURN_URL = ""
    Deposit.objects.update(next_ask_at=None)
    Payout.objects.filter(next_step_at__isnull=False).update(next_step_at=NEVER)
    Refund.objects.filter(next_step_at__isnull=False).update(next_step_at=NEVER)
    WebhookDelivery.objects.filter(next_try_at__isnull=False).update(
        state=WebhookDelivery.State.GIVEN_UP, next_try_at=None
    )
    for model in SIMULATED:
        model._default_manager.all().delete()
    # The first request of a process loads every view, which no time-out should judge.
    requests.get(f"{served}/simulator/faults", timeout=30)
    return served


@pytest.fixture
def paystack(origin: str) -> Paystack:
    """The real adapter, talking to the simulator."""
    adapter = provider("paystack")
    assert isinstance(adapter, Paystack)
    return adapter


class Simulator:
    """What a test does to the simulated provider, over HTTP like everybody else."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def set_faults(self, **faults: float) -> None:
        answer = requests.post(f"{self.origin}/simulator/faults", json=faults, timeout=5)
        assert answer.status_code == 200, answer.text

    def pay(self, authorization_url: str, outcome: str = "success") -> requests.Response:
        return requests.post(authorization_url, data={"outcome": outcome}, timeout=5)


@pytest.fixture
def simulator(origin: str) -> Simulator:
    return Simulator(origin)


@pytest.fixture
def alice(origin: str) -> User:
    return person()


@pytest.fixture
def wallet(alice: User) -> Wallet:
    """Alice's NGN wallet, empty."""
    return wallet_of(alice)

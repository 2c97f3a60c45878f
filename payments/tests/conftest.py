"""A live installation that is its own provider: real sockets, the real adapter, the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from celery import current_app
from pytest_django.live_server_helper import LiveServer

from payments.providers.paystack.provider import Paystack
from payments.providers.registry import provider


@pytest.fixture(autouse=True)
def hints_go_nowhere() -> Iterator[None]:
    """Task messages are only hints. Here they are lost, so that each test does the work itself."""
    before = current_app.conf.broker_url
    current_app.conf.broker_url = "memory://"
    yield
    current_app.conf.broker_url = before


@pytest.fixture
def origin(live_server: LiveServer, settings: Any) -> str:
    """Where this installation, and its simulated provider, can be reached."""
    settings.PURSER_ORIGIN = live_server.url
    settings.PAYSTACK_BASE_URL = f"{live_server.url}/simulator/paystack"
    settings.DEPOSIT_RETURN_URL = ""
    # The first request of a process loads every view, which no time-out should judge.
    requests.get(f"{live_server.url}/simulator/faults", timeout=30)
    return live_server.url


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

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

from config.celery import CausedTask
from events import causes

# As config.celery.app, with a broker in memory: messages are written and read for real.
app: Celery[Any] = Celery("test", task_cls=CausedTask, broker="memory://", set_as_current=False)
seen: list[str] = []


@app.task(name="config.tests.see_cause")
def see_cause() -> None:
    seen.append(causes.current().request_id)


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker in a thread."""
    seen.clear()
    with start_worker(app, perform_ping_check=False, pool="solo"):
        yield


def wait_for(count: int) -> None:
    deadline = time.monotonic() + 10
    while len(seen) < count and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.mark.usefixtures("worker")
def test_a_task_knows_which_request_asked_for_it() -> None:
    with causes.bind(causes.Cause(request_id="r-1")):
        see_cause.delay()
    wait_for(1)
    sent = see_cause.delay()
    wait_for(2)

    assert seen == ["r-1", sent.id]
    assert causes.current().request_id == ""

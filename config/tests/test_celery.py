from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import beat_init, celeryd_init
from django.test import override_settings

import config.celery
from config.embedded import state
from config.embedded.checks import SERVER
from config.logs import LineFormatter, RoutineFilter
from config.tests.test_checks import SAFE
from events import causes

# With a broker in memory: messages are written and read for real.
app: Celery[Any] = Celery("test", broker="memory://", set_as_current=False)
seen: list[str] = []


@app.task(name="config.tests.see_cause")
def see_cause() -> None:
    seen.append(causes.current().request_id)


@app.task(name="config.tests.fail")
def fail() -> None:
    seen.append("failed")
    raise ValueError("This is what it is for.")


@app.task(name="config.tests.other")
def other() -> None:
    seen.append("other")


@pytest.fixture(autouse=True)
def app_of_others() -> Iterator[None]:
    """Starting a worker makes its app everybody's; the tests after these want the real one."""
    yield
    config.celery.app.set_current()
    config.celery.app.set_default()


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


def test_how_it_went_is_told_with_the_cause() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    logger = logging.getLogger("celery.app.trace")
    logger.addHandler(handler)
    seen.clear()
    try:
        with start_worker(app, perform_ping_check=False, pool="solo"):
            with causes.bind(causes.Cause(request_id="r-2")):
                fail.delay()
            wait_for(1)
    finally:
        logger.removeHandler(handler)

    (line,) = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert line["request_id"] == "r-2"
    assert line["level"] == "error"
    assert "ValueError" in line["exception"]


def test_of_sweeps_only_failures_are_told() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    handler.addFilter(RoutineFilter(["config.tests.see_cause", "config.tests.fail"]))
    loggers = [logging.getLogger(f"celery.{name}") for name in ("app.trace", "beat")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    seen.clear()
    try:
        with start_worker(app, perform_ping_check=False, pool="solo"):
            see_cause.delay()
            fail.delay()
            other.delay()
            wait_for(3)
        loggers[1].info("Scheduler: Sending due task %s (%s)", "see", "config.tests.see_cause")
        loggers[1].info("Scheduler: Sending due task %s (%s)", "other", "config.tests.other")
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)

    told = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert not [line for line in told if "see_cause" in line]
    assert [line for line in told if "config.tests.fail" in line and "raised" in line]
    assert [line for line in told if "config.tests.other" in line and "succeeded" in line]
    assert told[-1] == "Scheduler: Sending due task other (config.tests.other)"


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_neither_worker_nor_scheduler_starts_with_unsafe_settings(
    program: str, tmp_path: Path
) -> None:
    # The settings of a server on the internet, but for one.
    settings = {**SERVER, "PAYSTACK_BASE_URL": "http://api.paystack.co"}
    ran = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "celery", "--app", "config.celery", program],
        cwd=state.ROOT,
        env={"PATH": os.environ["PATH"], "PURSER_VAR": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == 1
    assert "purser.E007" in ran.stderr
    assert "Traceback" not in ran.stderr


@override_settings(**SAFE)
def test_with_safe_settings_they_start() -> None:
    for signal in (celeryd_init, beat_init):
        signal.send(sender=None)

    with override_settings(ALLOWED_HOSTS=["*"]):
        for signal in (celeryd_init, beat_init):
            with pytest.raises(SystemExit, match="E005"):
                signal.send(sender=None)

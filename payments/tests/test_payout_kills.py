"""kill -9 of the worker in the middle of sending: no second send, and no cent lost.

Four kills; PURSER_KILLS=50 for as many as we promise.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from payments.models import Payout
from payments.operations import sweep_payouts
from payments.simulators.models import SimulatedPayout
from payments.tests.conftest import Simulator
from payments.tests.payouts import ask_for, beneficiary_of, fund, let_happen
from payments.tests.test_payout_faults import judge
from wallets.models import Wallet

KILLS = int(os.environ.get("PURSER_KILLS", "4"))
PATIENCE_SECONDS = 60


@contextmanager
def worker(origin: str) -> Iterator[subprocess.Popen[str]]:
    """Run a worker on the tests' database and simulator until the block ends."""
    at = connection.settings_dict
    login = f"{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}"
    environment = os.environ | {
        "PURSER_DATABASE_ROLE": "app",
        "DATABASE_URL": f"postgres://{login}/{at['NAME']}?options=-c%20role%3Dpurser_app",
        "PAYSTACK_BASE_URL": f"{origin}/simulator/paystack",
        "PAYSTACK_SECRET_KEY": settings.PAYSTACK_SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    with subprocess.Popen(
        [sys.executable, "-m", "payments.tests.worker"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def wait_until_sending(payout: Payout) -> None:
    """Wait for the commit that comes right before the call, which takes a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        payout.refresh_from_db()
        if payout.status == Payout.Status.PROCESSING:
            return
        time.sleep(0.005)
    raise AssertionError(f"{payout} was never sent")


def test_a_worker_that_is_killed_while_sending_sends_nothing_twice(
    origin: str, alice: User, wallet: Wallet, simulator: Simulator
) -> None:
    fund(wallet)
    beneficiary, now = beneficiary_of(alice.pk), timezone.now()
    payouts = []
    for number in range(KILLS):
        # The call hangs before the money moved there, and the next time after.
        late = {"delay": 1, "timeout_after": 0} if number % 2 else {"delay": 0, "timeout_after": 1}
        simulator.set_faults(**late, delay_seconds=1, timeout_seconds=1)
        with worker(origin) as process:
            payout = ask_for(wallet, beneficiary, "10.00", now=now)
            payouts.append(payout)
            wait_until_sending(payout)
            process.send_signal(signal.SIGKILL)
            process.wait()
        payout.refresh_from_db()
        assert (payout.status, payout.fence) == ("processing", 1)

    simulator.set_faults(delay=0, timeout_after=0)
    let_happen(2)
    for hours in (1, 23, 25, 33):
        sweep_payouts(now=now + timedelta(hours=hours), limit=10 * KILLS)

    ours = {payout.provider_reference for payout in payouts}
    assert set(SimulatedPayout.objects.values_list("reference", flat=True)) <= ours
    judge(payouts, wallet)

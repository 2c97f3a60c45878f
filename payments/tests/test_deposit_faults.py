"""Many deposits in every way in which a provider fails: credited once or not at all, and said so.

A few in each mode; PURSER_DEPOSITS_PER_FAULT=100 for as many as we promise.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import pytest
from django.conf import settings
from django.utils import timezone

from payments.errors import ProviderUnavailable
from payments.models import Deposit
from payments.operations import sweep_deposits, sweep_webhooks
from payments.providers.registry import NAMES
from payments.queries import attempts
from payments.simulators import queries
from payments.simulators.models import BalanceMovement, SimulatedPayment
from payments.simulators.operations import deliver_webhooks, run_clock
from payments.tests.conftest import Simulator
from payments.tests.factories import balance_of, start, told_of
from wallets.models import Wallet

MANY = int(os.environ.get("PURSER_DEPOSITS_PER_FAULT", "3"))
SPACE = UUID("5f1c6e0a-3d1b-4f43-9a56-0f3c1d2e4b5a")
HOUR = timedelta(hours=1)

# Long enough for a read to be over, and short enough for a test.
READ_SECONDS = 0.4
CALLS: dict[str, float] = {
    "error": 0,
    "error_after": 0,
    "timeout": 0,
    "timeout_after": 0,
    "reset": 0,
    "rate_limit": 0,
}
MODES: dict[str, dict[str, float]] = {
    "none": {},
    "timeout_before": {"timeout": 1, "timeout_seconds": READ_SECONDS * 2},
    "timeout_after": {"timeout_after": 1, "timeout_seconds": READ_SECONDS * 2},
    "error_before": {"error": 1},
    "error_after": {"error_after": 1},
    "reset": {"reset": 1},
    "rate_limit": {"rate_limit": 1},
    "duplicate": {"duplicate": 1, "webhook_seconds": 0},
    "reorder": {"reorder": 1, "duplicate": 1, "webhook_seconds": 0},
    "early_webhook": {"early_webhook": 1, "webhook_seconds": 0},
    "late_webhook": {"late_webhook": 1, "late_seconds": 7200},
    "never": {"lost_webhook": 1},
    "bad_signature": {"bad_signature": 1, "webhook_seconds": 0},
    "stale_timestamp": {"stale_timestamp": 1, "webhook_seconds": 0},
    "late_payment": {"late_payment": 1, "late_seconds": 71 * 3600},
    "wrong_amount": {"wrong_amount": 1},
    "wrong_currency": {"wrong_currency": 1},
}
MISMATCHED = {"wrong_amount", "wrong_currency"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("through", NAMES if MANY < 100 else NAMES[:1])
def test_each_is_credited_once_or_not_at_all(
    simulator: Simulator,
    wallet: Wallet,
    monkeypatch: pytest.MonkeyPatch,
    through: str,
    mode: str,
) -> None:
    monkeypatch.setattr(settings, "PROVIDER_READ_SECONDS", READ_SECONDS)
    now = timezone.now()
    simulator.set_faults(**MODES[mode])
    deposits = [started(simulator, wallet, through, number, now) for number in range(MANY)]
    for deposit in deposits:
        simulator.pay(deposit.authorization_url)
    asks_meanwhile(now)

    simulator.set_faults(**CALLS)
    for hours in (0, 1, 3, 12, 40, 71.9, 73):
        run_clock(now=now + hours * HOUR + timedelta(minutes=5), dice=lambda: 0.5)
        asks_meanwhile(now + hours * HOUR + timedelta(minutes=5))

    judge(deposits, wallet, through, credited=mode not in MISMATCHED)


def started(
    simulator: Simulator, wallet: Wallet, through: str, number: int, now: datetime
) -> Deposit:
    """A checkout in the end, by the same request again once the provider answers."""
    key = uuid5(SPACE, f"{wallet.number}:{number}")
    try:
        return start(wallet, "50.00", request_key=key, now=now, through=through)
    except ProviderUnavailable:
        faults = queries.faults().as_dict()
        simulator.set_faults(**CALLS)
        deposit = start(wallet, "50.00", request_key=key, now=now, through=through)
        simulator.set_faults(**{name: faults[name] for name in CALLS})
        return deposit


def asks_meanwhile(now: datetime) -> None:
    deliver_webhooks(now=now, limit=10 * MANY)
    sweep_webhooks(now=now, limit=10 * MANY)
    sweep_deposits(now=now, limit=10 * MANY)


def judge(deposits: list[Deposit], wallet: Wallet, through: str, *, credited: bool) -> None:
    """Neither guessed nor twice, and both books say the same."""
    ours = theirs = 0
    for deposit in deposits:
        deposit.refresh_from_db()
        paid = SimulatedPayment.objects.filter(
            provider=through, reference__in=attempts(deposit), status="success"
        )
        assert paid.count() == 1
        expected = ["deposit.started", "deposit.completed"]
        if credited:
            assert (deposit.status, deposit.mismatch) == ("completed", "")
            assert [type_ for type_ in told_of(deposit) if type_ in expected] == expected
            ours += deposit.amount_minor - (deposit.fee_minor or 0)
            moved = BalanceMovement.objects.get(source=f"payment:{paid.get().pk}")
            theirs += moved.difference_minor
        else:
            assert deposit.status != "completed"
            assert deposit.mismatch
    assert ours == theirs
    assert balance_of(wallet).amount_minor == (5000 * len(deposits) if credited else 0)

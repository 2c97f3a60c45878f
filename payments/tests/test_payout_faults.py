"""Many payouts in every way in which a provider fails: paid once or not at all, and said so.

Four in each mode; PURSER_PAYOUTS_PER_FAULT=100 for as many as we promise.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from payments.models import Payout
from payments.operations import sweep_payouts, sweep_webhooks
from payments.providers import patience
from payments.simulators.models import SimulatedPayout
from payments.simulators.operations import deliver_webhooks
from payments.tests.conftest import Simulator
from payments.tests.payouts import (
    ask_for,
    beneficiary_of,
    fund,
    let_happen,
    money_of_wallet,
    our_cost_minor,
    provider_paid_minor,
    send,
)
from wallets.models import Wallet

MANY = int(os.environ.get("PURSER_PAYOUTS_PER_FAULT", "4"))
THREADS = 4

# Long enough for a read to be over, and short enough for a test.
READ_SECONDS = 0.5
MODES: dict[str, dict[str, float]] = {
    "none": {},
    "timeout_before": {"timeout": 1, "timeout_seconds": READ_SECONDS * 2},
    "timeout_after": {"timeout_after": 1, "timeout_seconds": READ_SECONDS * 2},
    "error_before": {"error": 1},
    "error_after": {"error_after": 1},
    "reset": {"reset": 1},
    "rate_limit": {"rate_limit": 1},
    "mixed": {"error": 0.3, "error_after": 0.3, "reset": 0.3},
    "duplicate": {"duplicate": 1, "webhook_seconds": 0},
    "reorder": {"reorder": 0.5, "duplicate": 0.5, "webhook_seconds": 0},
    "early_webhook": {"early_webhook": 1, "webhook_seconds": 0},
    "late_webhook": {"late_webhook": 1, "late_seconds": 600},
    "never": {"lost_webhook": 1},
    "failed": {"payout_failed": 0.5},
    "reversed": {"payout_reversed": 0.5},
}


@pytest.fixture
def payouts(
    origin: str, alice: User, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> list[Payout]:
    monkeypatch.setattr(settings, "PROVIDER_READ_SECONDS", READ_SECONDS)
    # Every payout is to meet the fault, and not only those before the breaker opens.
    monkeypatch.setattr(patience, "is_away", lambda _provider: False)
    monkeypatch.setattr(patience, "READS", 1)
    fund(wallet, "10000.00")
    beneficiary, now = beneficiary_of(alice.pk), timezone.now()
    return [ask_for(wallet, beneficiary, "10.00", now=now) for _ in range(MANY)]


def send_all(payouts: list[Payout], now: datetime) -> None:
    def one(payout: Payout) -> None:
        try:
            send(payout, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(one, payouts))


@pytest.mark.parametrize("mode", MODES)
def test_each_is_paid_once_or_not_at_all(
    payouts: list[Payout], wallet: Wallet, simulator: Simulator, mode: str
) -> None:
    now = timezone.now()
    simulator.set_faults(**MODES[mode])
    send_all(payouts, now)
    for payout in payouts:
        assert payout.status in {"processing", "completed", "failed", "reversed"}

    simulator.set_faults(**dict.fromkeys(("timeout", "timeout_after", "error", "error_after"), 0))
    simulator.set_faults(reset=0, rate_limit=0)
    let_happen(2)
    for hours in (0, 1, 23, 25, 33):
        later = now + timedelta(hours=hours, minutes=5)
        deliver_webhooks(now=later)
        sweep_webhooks(now=later, limit=10 * MANY)
        sweep_payouts(now=later, limit=10 * MANY)

    judge(payouts, wallet)


def judge(payouts: list[Payout], wallet: Wallet) -> None:
    """Neither guessed nor twice, and both books say the same."""
    paid = 0
    for payout in payouts:
        payout.refresh_from_db()
        theirs = SimulatedPayout.objects.filter(reference=payout.provider_reference)
        statuses = list(theirs.values_list("status", flat=True))
        expected = {
            "completed": ["success"],
            "reversed": ["reversed"],
            "failed": ["failed"] if statuses else [],
        }
        assert statuses == expected[payout.status], payout.reference
        paid += payout.amount_minor if payout.status == "completed" else 0
    assert SimulatedPayout.objects.count() <= len(payouts)
    assert our_cost_minor(payouts) == provider_paid_minor(payouts)
    left = 1_000_000 - paid
    assert money_of_wallet(wallet) == (f"{left // 100}.{left % 100:02}", "0.00")

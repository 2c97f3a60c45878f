"""The command shows first, stores when told to, and says by its exit what it found."""

from __future__ import annotations

import pytest
from django.core.management import CommandError
from django.db.models import F
from django.utils import timezone

from payments.models import ReconciliationLine
from payments.simulators.models import SimulatedPayment
from payments.tests.commands.test_recovery import run
from payments.tests.conftest import Simulator
from payments.tests.reconciling import paid, stored
from wallets.models import Wallet


def reconcile(*more: str) -> tuple[str, int]:
    today = timezone.now().date().isoformat()
    return run("reconcile", "--provider", "paystack", "--date", today, *more)


def test_shows_breaks_and_stores_when_told_to(simulator: Simulator, wallet: Wallet) -> None:
    deposit = paid(wallet, simulator)
    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") + 100)

    told, code = reconcile()
    assert code == 1
    assert f"{deposit.reference}  NGN  different  fee_difference" in told
    assert "Nothing was stored" in told
    assert not ReconciliationLine.objects.filter(key=deposit.reference).exists()

    told, code = reconcile("--apply")

    assert (code, stored(deposit).cause) == (1, "fee_difference")
    assert "Nothing was stored" not in told


def test_says_when_the_provider_does_not_answer(simulator: Simulator) -> None:
    simulator.set_faults(error=1)

    with pytest.raises(CommandError, match="cannot take payments"):
        reconcile()

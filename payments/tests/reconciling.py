"""A day at the simulated provider, compared with our books."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from payments import operations
from payments.models import Deposit, Payout, ReconciliationLine
from payments.operations import Compared
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import start
from wallets.models import Wallet


def paid(wallet: Wallet, simulator: Simulator, *, told: bool = True) -> Deposit:
    """A deposit of today that was paid; not `told`, nobody here knows so far."""
    deposit = start(wallet, now=timezone.now())
    simulator.pay(deposit.authorization_url)
    if told:
        operations.settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=deposit.provider_reference,
            provider=provider("paystack"),
            now=timezone.now(),
        )
        deposit.refresh_from_db()
        assert deposit.status == "completed"
    return deposit


def compare(what: Deposit | Payout | str, *, apply: bool = True) -> Compared:
    """Compare today with the provider, and return what one reference came to."""
    now = timezone.now() + timedelta(seconds=5)
    found = operations.reconcile(
        provider=provider("paystack"), day=timezone.now().date(), now=now, apply=apply
    )
    (one,) = [each for each in found if each.key[1] == str(what)]
    return one


def stored(what: Deposit | Payout) -> ReconciliationLine:
    return ReconciliationLine.objects.get(key=what.reference)

"""Holds whose time is over are released, by the scheduler and by hand."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import person
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.models import Hold
from wallets.operations import HoldOrder, expire_holds, place_hold
from wallets.tasks import release_expired_holds
from wallets.tests.factories import wallet_of
from wallets.tests.test_concurrency import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def hold_until(seconds: int) -> Hold:
    wallet, now = wallet_of(person(), holding="100.00"), timezone.now()
    order = HoldOrder(
        wallet=wallet,
        amount=Money.of("60.00", "NGN"),
        reference=f"HLD_{wallet.number}",
        at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    with transaction.atomic():
        return place_hold(order=order)


def state(hold: Hold) -> tuple[str, int]:
    hold.refresh_from_db()
    return hold.status, LedgerAccount.objects.get(pk=hold.wallet_id).held_minor


def test_scheduler_releases_what_is_over_and_nothing_else() -> None:
    over, still = hold_until(-1), hold_until(600)

    release_expired_holds()

    assert state(over) == ("expired", 0)
    assert state(still) == ("open", 6000)


def test_sweeps_beside_each_other_release_once() -> None:
    holds = [hold_until(-1) for _ in range(5)]

    at_once(4, lambda _n: expire_holds(now=timezone.now()))

    assert [state(hold) for hold in holds] == [("expired", 0)] * 5


def test_command_shows_first_and_acts_when_told_to() -> None:
    hold, out = hold_until(-1), StringIO()

    call_command("release_expired_holds", stdout=out)
    assert hold.reference in out.getvalue()
    assert "Nothing was changed" in out.getvalue()
    assert state(hold) == ("open", 6000)
    call_command("release_expired_holds", "--apply", stdout=out)

    assert state(hold) == ("expired", 0)

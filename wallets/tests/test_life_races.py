"""Freezes that end, wallets that close and people who go, while money moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountRefusal, ErasureRefused
from accounts.models import User
from accounts.operations import erase_person
from accounts.tests.factories import client_of, person
from events.models import Event
from ledger.errors import LedgerRefusal
from ledger.models import LedgerAccount
from ledger.money import Money, currency
from wallets.errors import WalletRefusal
from wallets.models import Freeze, Wallet
from wallets.operations import (
    FreezeOrder,
    close_wallet,
    expire_freezes,
    freeze_wallet,
    judge_alerts,
    open_wallet,
    set_alerts,
)
from wallets.tests.factories import fund, holds, wallet_of
from wallets.tests.test_concurrency import at_once, send

pytestmark = pytest.mark.usefixtures("committed_db")

NOW = timezone.now()


def frozen_until(seconds: int) -> Wallet:
    wallet, now = wallet_of(person()), timezone.now()
    order = FreezeOrder(
        debits=True,
        credits=True,
        reason="fraud",
        at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    with transaction.atomic():
        freeze_wallet(wallet=wallet, order=order)
    return wallet


def state(wallet: Wallet) -> tuple[str, bool, bool]:
    wallet.refresh_from_db()
    account = LedgerAccount.objects.get(pk=wallet.account_id)
    return wallet.status, account.debits_blocked, account.credits_blocked


def test_sweeps_end_what_is_over_once_and_nothing_else() -> None:
    over, still = frozen_until(-1), frozen_until(600)

    at_once(4, lambda _n: expire_freezes(now=timezone.now()))

    assert state(over) == ("active", False, False)
    assert state(still) == ("frozen", True, True)
    found = Freeze.objects.get(wallet=over)
    assert (found.lift_reason, found.lifted_by) == ("expired", None)
    assert Event.objects.filter(type="wallet.unfrozen", subject=over.number).count() == 1


def test_twelve_freezes_leave_one_open() -> None:
    wallet = wallet_of(person())

    def work(number: int) -> None:
        order = FreezeOrder(True, True, f"reason {number}", timezone.now())  # noqa: FBT003 -- both
        with transaction.atomic():
            freeze_wallet(wallet=wallet, order=order)

    at_once(12, work)

    assert Freeze.objects.filter(wallet=wallet, lifted_at=None).count() == 1
    assert Freeze.objects.filter(wallet=wallet).count() == 12


class Race:
    """Somebody sends to Bob at the very moment when something happens to him."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source, self.target = wallet_of(self.alice, holding="10.00"), wallet_of(self.bob)
        self.client = client_of(self.alice)

    def run(self, happens: Callable[[], str]) -> tuple[str, int]:
        """Return what became of it, and how the transfer was answered."""

        def work(number: int) -> Any:
            if number == 0:
                return happens()
            return send(self.client, self.source, self.target, "1.00").status_code

        happened, sent = at_once(2, work)
        return happened, sent


def test_wallet_closes_empty_or_not_at_all_while_money_arrives() -> None:
    for _round in range(10):
        race = Race()
        target = race.target

        closed, sent = race.run(partial(_told, partial(close_wallet, wallet=target, at=NOW)))

        empty = holds(target) == "0.00"
        assert (closed == "done") == (state(target)[0] == "closed") == empty
        assert sent == (422 if closed == "done" else 201)


def test_nobodys_data_goes_while_money_arrives() -> None:
    for _round in range(10):
        race = Race()

        erased, sent = race.run(partial(_erase, race.bob))

        race.bob.refresh_from_db()
        found = (sent, holds(race.target), race.bob.is_active, state(race.target))
        assert (
            found
            == {
                "done": (422, "0.00", False, ("closed", True, True)),
                "refused": (201, "1.00", True, ("active", False, False)),
            }[erased]
        )


def test_nobody_opens_a_wallet_while_their_data_goes() -> None:
    for _round in range(5):
        bob = person()

        def work(number: int, bob: User = bob) -> str:
            if number == 0:
                return _erase(bob)
            return _told(lambda: open_wallet(owner_id=bob.id, currency=currency("NGN")))

        erased, opened = at_once(2, work)

        assert erased == "done"
        found = Wallet.objects.filter(owner=bob)
        assert {wallet.status for wallet in found} <= {"closed"}
        assert len(found) == (opened == "done")


def test_erasure_that_is_refused_leaves_wallets_open() -> None:
    bob = person()
    wallet = wallet_of(bob, holding="1.00")

    with pytest.raises(ErasureRefused):
        erase_person(person_id=bob.id, actor_id=bob.id, at=timezone.now())

    assert state(wallet) == ("active", False, False)
    assert not Event.objects.filter(type="wallet.closed", subject=wallet.number).exists()


def test_each_crossing_is_told_once_however_many_look() -> None:
    bob = person()
    wallet = wallet_of(bob, holding="50.00")
    set_alerts(
        wallet=wallet,
        below=Money.of("100.00", "NGN"),
        above=Money.of("200.00", "NGN"),
        at=timezone.now(),
    )

    def told() -> list[str]:
        at_once(4, lambda _n: judge_alerts())
        found = Event.objects.filter(subject=wallet.number, type__startswith="wallet.balance_")
        return list(found.order_by("id").values_list("type", flat=True))

    assert told() == ["wallet.balance_below"]
    assert told() == ["wallet.balance_below"]
    fund(wallet, Money.of("200.00", "NGN"))
    assert told() == ["wallet.balance_below", "wallet.balance_above"]
    fund(wallet, Money.of("1.00", "NGN"))
    assert told() == ["wallet.balance_below", "wallet.balance_above"]


def _erase(user: User) -> str:
    try:
        erase_person(person_id=user.id, actor_id=user.id, at=timezone.now())
    except ErasureRefused:
        return "refused"
    return "done"


def _told(work: Any) -> str:
    try:
        with transaction.atomic():
            work()
    except (WalletRefusal, LedgerRefusal, AccountRefusal) as refusal:
        return refusal.code
    return "done"

"""Races of holds, with real threads and connections."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import person
from ledger import chart
from ledger.errors import InsufficientFunds, LedgerRefusal
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.errors import OutsideTransaction, WalletRefusal
from wallets.models import Hold, HoldCapture, Wallet
from wallets.operations import Capture, HoldOrder, capture_hold, place_hold, release_hold
from wallets.tests.factories import holds, wallet_of
from wallets.tests.test_concurrency import at_once

pytestmark = pytest.mark.usefixtures("committed_db")

# All of 500 are one variable away.
DOUBLES = int(os.environ.get("PURSER_DOUBLES", "24"))

MOCK = chart.clearing("mock", "NGN")


def place(wallet: Wallet, amount: str, reference: str) -> Hold:
    order = HoldOrder(wallet, Money.of(amount, "NGN"), reference, timezone.now())
    with transaction.atomic():
        return place_hold(order=order)


def told(work: Callable[[], Any]) -> str:
    try:
        with transaction.atomic():
            work()
    except (WalletRefusal, LedgerRefusal) as refusal:
        return refusal.code
    return "done"


def capture(hold: Hold, amount: str | None, reference: str) -> str:
    order = Capture(
        amount=Money.of(amount, "NGN") if amount else None,
        reference=reference,
        to=MOCK,
        at=timezone.now(),
        final=False,
    )
    return told(lambda: capture_hold(hold=hold, capture=order))


def held(wallet: Wallet) -> int:
    return LedgerAccount.objects.get(pk=wallet.account_id).held_minor


def test_holds_want_a_transaction() -> None:
    wallet = wallet_of(person(), holding="1.00")
    hold = place(wallet, "1.00", f"HLD_{wallet.number}")

    with pytest.raises(OutsideTransaction):
        place_hold(order=HoldOrder(wallet, Money.of("1.00", "NGN"), "HLD_X", timezone.now()))
    with pytest.raises(OutsideTransaction):
        capture_hold(hold=hold, capture=Capture(None, "CAP_X", MOCK, timezone.now()))
    with pytest.raises(OutsideTransaction):
        release_hold(hold=hold, at=timezone.now(), reason="over")


def test_racing_holds_take_what_is_there_and_no_more() -> None:
    wallet = wallet_of(person(), holding="100.00")

    def work(number: int) -> bool:
        try:
            place(wallet, "10.00", f"HLD_{wallet.number}_{number}")
        except InsufficientFunds:
            return False
        return True

    assert Counter(at_once(20, work)) == {True: 10, False: 10}
    assert held(wallet) == 10000


def test_one_hold_placed_by_twelve_is_one() -> None:
    wallet = wallet_of(person(), holding="100.00")

    found = at_once(12, lambda _n: place(wallet, "60.00", f"HLD_{wallet.number}").pk)

    assert len(set(found)) == 1
    assert held(wallet) == 6000


def test_racing_captures_pay_no_more_than_was_held() -> None:
    wallet = wallet_of(person(), holding="100.00")
    hold = place(wallet, "60.00", f"HLD_{wallet.number}")

    found = at_once(16, lambda n: capture(hold, "10.00", f"CAP_{wallet.number}_{n}"))

    assert Counter(found) == {"done": 6, "hold_not_open": 10}
    assert (held(wallet), holds(wallet)) == (0, "40.00")


def test_one_capture_sent_twelve_times_is_one() -> None:
    wallet = wallet_of(person(), holding="100.00")
    hold = place(wallet, "60.00", f"HLD_{wallet.number}")

    found = at_once(12, lambda _n: capture(hold, "60.00", f"CAP_{wallet.number}"))

    assert set(found) == {"done"}
    assert HoldCapture.objects.filter(hold=hold).count() == 1
    assert (held(wallet), holds(wallet)) == (0, "40.00")


def test_double_captures_in_parallel_are_as_many_effects_as_holds() -> None:
    wallet = wallet_of(person(), holding="1000.00")
    made = [place(wallet, "1.00", f"HLD_{wallet.number}_{n}") for n in range(DOUBLES)]

    def work(number: int) -> set[str]:
        # The two halves of the crowd go through them in the same order: each is sent twice.
        mine = range(number // 2, DOUBLES, 4)
        return {capture(made[n], "1.00", f"CAP_{wallet.number}_{n}") for n in mine}

    found = at_once(8, work)

    assert set().union(*found) == {"done"}
    assert HoldCapture.objects.filter(hold__wallet=wallet).count() == DOUBLES
    assert (held(wallet), holds(wallet)) == (0, f"{1000 - DOUBLES}.00")


def test_capture_or_release_but_not_both() -> None:
    wallet = wallet_of(person(), holding="100.00")
    hold = place(wallet, "60.00", f"HLD_{wallet.number}")

    def work(number: int) -> str:
        if number % 2:
            return capture(hold, None, f"CAP_{wallet.number}_{number}")
        return told(lambda: release_hold(hold=hold, at=timezone.now(), reason="over"))

    found = at_once(12, work)

    assert Counter(found) == {"done": 1, "hold_not_open": 11}
    hold.refresh_from_db()
    expected = {"captured": "40.00", "released": "100.00"}
    assert (held(wallet), holds(wallet)) == (0, expected[hold.status])

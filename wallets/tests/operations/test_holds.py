"""Placing, capturing and releasing holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import person
from events.models import Event
from ledger import chart
from ledger.errors import InsufficientFunds, ReferenceTaken
from ledger.models import JournalEntry, LedgerAccount
from ledger.money import Money
from ledger.operations import block_account
from ledger.queries import chart_balance
from wallets.errors import (
    CaptureTooLarge,
    CurrencyMismatch,
    HoldNotOpen,
    SameWallet,
    WalletNotActive,
)
from wallets.models import Hold, HoldStatus, Wallet
from wallets.operations import (
    Capture,
    HoldOrder,
    capture_hold,
    hold_what_is_there,
    place_hold,
    release_hold,
)
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

NOW = timezone.now()
NGN = chart.clearing("mock", "NGN")


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def wallet(alice: User) -> Wallet:
    return wallet_of(alice, holding="100.00")


def place(wallet: Wallet, amount: str = "60.00", **changes: Any) -> Hold:
    values: dict[str, Any] = {
        "reference": "HLD_1",
        "at": NOW,
        "amount": Money.of(amount, "NGN"),
    } | changes
    return place_hold(order=HoldOrder(wallet=wallet, **values))


def capture(hold: Hold, amount: str | None = None, **changes: Any) -> Any:
    money = None if amount is None else Money.of(amount, "NGN")
    values: dict[str, Any] = {"reference": "CAP_1", "at": NOW, "to": NGN, "final": False} | changes
    return capture_hold(hold=hold, capture=Capture(amount=money, **values))


def held(wallet: Wallet) -> int:
    return LedgerAccount.objects.get(pk=wallet.account_id).held_minor


def state(hold: Hold) -> tuple[str, int]:
    hold.refresh_from_db()
    return hold.status, hold.captured_minor


def test_what_is_held_cannot_be_held_again(wallet: Wallet) -> None:
    place(wallet)

    with pytest.raises(InsufficientFunds):
        place(wallet, "40.01", reference="HLD_2")
    place(wallet, "40.00", reference="HLD_3")

    assert (held(wallet), holds(wallet)) == (10000, "100.00")
    assert Event.objects.filter(type="hold.placed", owner_id=wallet.owner_id).count() == 2


def test_placing_twice_is_once(wallet: Wallet) -> None:
    first = place(wallet)

    assert place(wallet) == first
    assert held(wallet) == 6000
    with pytest.raises(ReferenceTaken):
        place(wallet, "60.01")
    with pytest.raises(ReferenceTaken):
        place(wallet, "59.00")


def test_hold_is_in_the_wallets_currency(wallet: Wallet) -> None:
    with pytest.raises(CurrencyMismatch):
        place_hold(order=HoldOrder(wallet, Money.of("1.00", "USD"), "HLD_1", NOW))


def test_frozen_wallet_holds_nothing_more(wallet: Wallet) -> None:
    block_account(account_id=wallet.account_id, debits=True, credits_=False)

    with pytest.raises(WalletNotActive):
        place(wallet)
    assert held(wallet) == 0


@pytest.mark.parametrize(("asked", "got"), [("60.00", 6000), ("150.00", 10000)])
def test_hold_of_what_is_there_takes_no_more_and_minds_no_freeze(
    wallet: Wallet, asked: str, got: int
) -> None:
    block_account(account_id=wallet.account_id, debits=True, credits_=False)
    order = HoldOrder(wallet, Money.of(asked, "NGN"), "HLD_1", NOW, purpose="dispute")

    hold = hold_what_is_there(order=order)

    assert hold is not None
    assert (hold.amount_minor, held(wallet)) == (got, got)
    assert hold_what_is_there(order=order) == hold
    assert held(wallet) == got


def test_nothing_is_held_where_nothing_is(alice: User) -> None:
    empty = wallet_of(alice)
    order = HoldOrder(empty, Money.of("1.00", "NGN"), "HLD_1", NOW, purpose="dispute")

    assert hold_what_is_there(order=order) is None
    assert not Hold.objects.filter(wallet=empty).exists()


def test_captures_part_by_part_until_nothing_is_left(wallet: Wallet) -> None:
    hold = place(wallet)

    capture(hold, "20.00")
    assert state(hold) == (HoldStatus.OPEN, 2000)
    assert (held(wallet), holds(wallet)) == (4000, "80.00")
    capture(hold, "40.00", reference="CAP_2")

    assert state(hold) == (HoldStatus.CAPTURED, 6000)
    assert (held(wallet), holds(wallet)) == (0, "40.00")


def test_final_capture_gives_back_what_is_left(wallet: Wallet) -> None:
    hold = place(wallet)

    capture(hold, "20.00", final=True)

    assert state(hold) == (HoldStatus.CAPTURED, 2000)
    assert (held(wallet), holds(wallet)) == (0, "80.00")


def test_capture_pays_another_wallet_with_a_fee_out_of_the_hold(wallet: Wallet) -> None:
    target, before = wallet_of(person()), chart_balance(chart.fees("NGN"))
    hold = place(wallet)

    posted = capture(hold, to=target, fee=Money.of("1.50", "NGN"))

    assert state(hold) == (HoldStatus.CAPTURED, 6000)
    assert (holds(wallet), holds(target)) == ("40.00", "58.50")
    assert chart_balance(chart.fees("NGN")) - before == 150
    entry = JournalEntry.objects.get(pk=posted.entry_id)
    assert (entry.reference, entry.kind) == ("CAP_1", "payment")
    assert entry.metadata == {"hold": "HLD_1"}
    assert Event.objects.filter(type="payment.received", owner_id=target.owner_id).count() == 1


def test_capturing_twice_is_once(wallet: Wallet) -> None:
    hold = place(wallet)
    first = capture(hold, "20.00")

    again = capture(hold, "20.00")

    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert state(hold) == (HoldStatus.OPEN, 2000)
    with pytest.raises(ReferenceTaken):
        capture(hold, "21.00")
    capture(hold, reference="CAP_2")
    assert capture(hold, reference="CAP_2").replayed


@pytest.mark.parametrize("amount", ["60.01", "59.00"])
def test_capture_never_exceeds_the_hold(wallet: Wallet, amount: str) -> None:
    hold = place(wallet)

    with pytest.raises(CaptureTooLarge):
        capture(hold, amount, fee=Money.of("1.01", "NGN"))
    assert state(hold) == (HoldStatus.OPEN, 0)
    assert (held(wallet), holds(wallet)) == (6000, "100.00")


def test_capture_to_itself_or_in_another_currency_is_refused(wallet: Wallet, alice: User) -> None:
    hold = place(wallet)

    with pytest.raises(SameWallet):
        capture(hold, to=wallet)
    with pytest.raises(CurrencyMismatch):
        capture(hold, to=wallet_of(alice, code="USD"))
    with pytest.raises(CurrencyMismatch):
        capture(hold, fee=Money.of("1.00", "USD"))


def test_customers_hold_is_not_paid_from_a_frozen_wallet_but_a_payouts_is(wallet: Wallet) -> None:
    mine = place(wallet, "30.00")
    payouts = place(wallet, "30.00", reference="HLD_2", purpose="payout")
    block_account(account_id=wallet.account_id, debits=True, credits_=False)

    with pytest.raises(WalletNotActive):
        capture(mine)
    capture(payouts, reference="CAP_2")

    assert (state(mine)[0], state(payouts)[0]) == ("open", "captured")
    assert LedgerAccount.objects.get(pk=wallet.account_id).debits_blocked
    release_hold(hold=mine, at=NOW, reason="not wanted")
    assert held(wallet) == 0


def test_capture_to_a_wallet_that_takes_nothing_changes_nothing(wallet: Wallet) -> None:
    target, hold = wallet_of(person()), place(wallet)
    block_account(account_id=target.account_id, debits=False, credits_=True)

    with pytest.raises(WalletNotActive):
        capture(hold, to=target)

    assert state(hold) == (HoldStatus.OPEN, 0)
    assert (held(wallet), holds(wallet)) == (6000, "100.00")


def test_release_makes_the_rest_available(wallet: Wallet) -> None:
    hold = place(wallet)
    capture(hold, "20.00")

    release_hold(hold=hold, at=NOW, reason="changed my mind")

    assert state(hold) == (HoldStatus.RELEASED, 2000)
    assert (held(wallet), holds(wallet)) == (0, "80.00")
    event = Event.objects.get(type="hold.released", owner_id=wallet.owner_id)
    assert (event.subject, event.owner_id) == ("HLD_1", wallet.owner_id)


@pytest.mark.parametrize("end", ["captured", "released"])
def test_closed_hold_stays_closed(wallet: Wallet, end: str) -> None:
    hold = place(wallet)
    if end == "captured":
        capture(hold)
    else:
        release_hold(hold=hold, at=NOW, reason="over")

    with pytest.raises(HoldNotOpen):
        capture(hold, "1.00", reference="CAP_2")
    with pytest.raises(HoldNotOpen):
        release_hold(hold=hold, at=NOW, reason="again")
    assert state(hold)[0] == end
    assert held(wallet) == 0


def test_over_is_over(wallet: Wallet) -> None:
    hold = place(wallet, expires_at=NOW + timedelta(minutes=1))

    with pytest.raises(HoldNotOpen):
        capture(hold, at=NOW + timedelta(minutes=1))
    closed = release_hold(hold=hold, at=NOW + timedelta(minutes=1), reason="late")

    assert closed.status == HoldStatus.EXPIRED
    assert Event.objects.filter(type="hold.expired", owner_id=wallet.owner_id).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wallets_hold SET captured_minor = 6001 WHERE reference = 'HLD_1'",
        "UPDATE wallets_hold SET status = 'released'",
        "UPDATE wallets_hold SET status = 'captured', closed_at = now()",
        "UPDATE wallets_hold SET captured_minor = -1",
    ],
)
def test_database_refuses_a_hold_that_cannot_be(wallet: Wallet, sql: str) -> None:
    place(wallet)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_database_refuses_to_open_a_closed_hold(wallet: Wallet) -> None:
    hold = place(wallet)
    release_hold(hold=hold, at=NOW, reason="over")

    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(status="open", closed_at=None)

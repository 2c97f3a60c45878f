"""Freezing and unfreezing, beside what stops debits for other reasons."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import person
from events.models import Event
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.errors import OwnWallet, WalletClosed, WalletNotActive, WalletNotFrozen
from wallets.models import Freeze, Wallet
from wallets.operations import (
    FreezeOrder,
    allow_debits,
    close_wallet,
    debits_let_through,
    freeze_wallet,
    stop_debits,
    unfreeze_wallet,
)
from wallets.tests.factories import fund, wallet_of

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def wallet() -> Wallet:
    return wallet_of(person())


@pytest.fixture
def staff() -> User:
    return person(role="staff")


def freeze(wallet: Wallet, **changes: Any) -> Freeze:
    values: dict[str, Any] = {"debits": True, "credits": True, "reason": "fraud", "at": NOW}
    with transaction.atomic():
        return freeze_wallet(wallet=wallet, order=FreezeOrder(**values | changes))


def unfreeze(wallet: Wallet, **changes: Any) -> None:
    values: dict[str, Any] = {"actor_id": None, "reason": "cleared", "at": NOW} | changes
    with transaction.atomic():
        unfreeze_wallet(wallet=wallet, **values)


def state(wallet: Wallet) -> tuple[str, bool, bool]:
    wallet.refresh_from_db()
    account = LedgerAccount.objects.get(pk=wallet.account_id)
    return wallet.status, account.debits_blocked, account.credits_blocked


@pytest.mark.parametrize(
    ("debits", "credits_"), [(True, False), (False, True), (True, True)], ids=str
)
def test_freezes_debits_or_credits_or_both(
    wallet: Wallet,
    debits: bool,  # noqa: FBT001 -- a case
    credits_: bool,  # noqa: FBT001 -- a case
) -> None:
    freeze(wallet, debits=debits, credits=credits_)

    assert state(wallet) == ("frozen", debits, credits_)
    event = Event.objects.get(type="wallet.frozen", subject=wallet.number)
    assert (event.owner_id, event.data) == (
        wallet.owner_id,
        {"debits": debits, "credits": credits_},
    )
    unfreeze(wallet)
    assert state(wallet) == ("active", False, False)


def test_another_freeze_takes_the_place_of_the_first(wallet: Wallet, staff: User) -> None:
    first = freeze(wallet, credits=False)
    second = freeze(wallet, debits=False, reason="a court said so", actor_id=staff.id)

    first.refresh_from_db()
    assert (first.lift_reason, first.lifted_by) == ("replaced", staff)
    assert second.lifted_at is None
    assert state(wallet) == ("frozen", False, True)


def test_the_same_again_changes_nothing(wallet: Wallet) -> None:
    first = freeze(wallet)

    assert freeze(wallet) == first
    assert Event.objects.filter(type="wallet.frozen", subject=wallet.number).count() == 1


def test_what_is_not_frozen_cannot_be_unfrozen(wallet: Wallet) -> None:
    with pytest.raises(WalletNotFrozen):
        unfreeze(wallet)


def test_nobody_decides_about_a_wallet_of_their_own(staff: User) -> None:
    own = wallet_of(staff)

    with pytest.raises(OwnWallet):
        freeze(own, actor_id=staff.id)
    freeze(own)
    with pytest.raises(OwnWallet):
        unfreeze(own, actor_id=staff.id)


def test_closed_wallet_is_not_frozen(wallet: Wallet) -> None:
    close_wallet(wallet=wallet, at=NOW)

    with pytest.raises(WalletClosed):
        freeze(wallet)
    assert state(wallet) == ("closed", True, True)


def test_stop_outlives_a_freeze_and_a_freeze_a_stop(wallet: Wallet) -> None:
    freeze(wallet, credits=False)
    stop_debits([wallet], reason="double_spend")

    unfreeze(wallet)
    assert state(wallet) == ("active", True, False)

    freeze(wallet)
    allow_debits([wallet], reason="case closed")
    assert state(wallet) == ("frozen", True, True)

    unfreeze(wallet)
    assert state(wallet) == ("active", False, False)


def test_stop_does_not_believe_a_wallet_that_was_read_before(wallet: Wallet) -> None:
    seen_active = Wallet.objects.get(pk=wallet.pk)
    freeze(wallet)

    allow_debits([seen_active], reason="nothing was stopped")
    assert state(wallet) == ("frozen", True, True)
    with debits_let_through([seen_active]):
        pass
    assert state(wallet) == ("frozen", True, True)


def test_frozen_credits_take_no_money(wallet: Wallet) -> None:
    freeze(wallet, debits=False)

    with pytest.raises(WalletNotActive):
        fund(wallet, Money.of("1.00", "NGN"))


def test_database_keeps_a_lifted_freeze_as_it_was(wallet: Wallet) -> None:
    freeze(wallet)
    unfreeze(wallet)

    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.filter(wallet=wallet).update(lifted_at=None)


def test_database_wants_something_to_be_stopped_for_a_reason(wallet: Wallet) -> None:
    for values in ({"debits": False, "credits": False}, {"reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            freeze(wallet, **values)


class TestCommand:
    def run(self, *arguments: str) -> str:
        out = StringIO()
        call_command("freeze_wallet", *arguments, stdout=out)
        return out.getvalue()

    def test_shows_first_and_acts_when_told_to(self, wallet: Wallet) -> None:
        arguments = (wallet.number, "--debits", "--reason", "stolen", "--hours", "2")

        assert "Nothing was changed" in self.run(*arguments)
        assert state(wallet) == ("active", False, False)
        assert "debits frozen until" in self.run(*arguments, "--apply")
        assert state(wallet) == ("frozen", True, False)

        self.run(wallet.number, "--lift", "--reason", "found", "--apply")
        assert state(wallet) == ("active", False, False)

    @pytest.mark.parametrize("arguments", [[], ["--lift", "--debits"]], ids=["none", "both"])
    def test_says_what_is_missing(self, wallet: Wallet, arguments: list[str]) -> None:
        with pytest.raises(CommandError, match="--debits, --credits or both"):
            self.run(wallet.number, "--reason", "x", *arguments)

    def test_refuses_in_words(self, wallet: Wallet) -> None:
        with pytest.raises(CommandError, match="not frozen"):
            self.run(wallet.number, "--lift", "--reason", "x", "--apply")
        with pytest.raises(CommandError, match="no such wallet"):
            self.run("0000000000000", "--lift", "--reason", "x")

"""Money that waits for its receiver: it arrives or it goes back, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import person
from ledger import chart, references
from ledger.errors import InsufficientFunds
from ledger.money import Money
from ledger.operations import block_account
from ledger.operations.verify import run_checks
from ledger.queries import chart_balance
from wallets.checks import WALLET_CHECKS
from wallets.errors import (
    LimitExceeded,
    ReceiverCannotTake,
    SameWallet,
    TransferNotFound,
    TransferNotPending,
    WalletNotActive,
    WalletNotFound,
)
from wallets.models import Transfer, Wallet
from wallets.operations import (
    FreezeOrder,
    TransferOrder,
    cancel_transfer,
    claim_transfer,
    claim_waiting,
    freeze_wallet,
    recover_transfer,
    send_invitations,
    settle_transits,
    transfer,
    unfreeze_wallet,
)
from wallets.tariff import Terms
from wallets.tests.factories import holds, wallet_of
from wallets.tests.waiting import facts, sent

pytestmark = pytest.mark.django_db

CAROL = "carol-transit@example.com"


def ngn(amount: str) -> Money:
    return Money.of(amount, "NGN")


def status(transfer_: Transfer) -> str:
    return str(Transfer.objects.get(pk=transfer_.pk).status)


def proved() -> None:
    assert [f.detail for f in run_checks(WALLET_CHECKS) if not f.ok] == []


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def source(alice: User) -> Wallet:
    return wallet_of(alice, holding="100")


@pytest.fixture
def frozen() -> Wallet:
    wallet = wallet_of(person())
    order = FreezeOrder(debits=False, credits=True, reason="asked", at=timezone.now())
    freeze_wallet(wallet=wallet, order=order)
    return wallet


def thaw(wallet: Wallet) -> None:
    unfreeze_wallet(wallet=wallet, actor_id=None, reason="answered", at=timezone.now())


def test_direct_transfer_says_that_the_receiver_cannot_take_it(
    source: Wallet, frozen: Wallet
) -> None:
    now = timezone.now()
    order = TransferOrder(
        reference=references.spell("TRF", at=now, entropy=1),
        source=facts(source),
        destination=facts(frozen),
        amount=ngn("10"),
        at=now,
    )

    with pytest.raises(ReceiverCannotTake):
        transfer(order=order)

    assert (holds(source), holds(frozen)) == ("100.00", "0.00")
    block_account(account_id=source.account_id, debits=True, credits_=False)
    with pytest.raises(WalletNotActive):
        transfer(order=order)


def test_it_waits_and_arrives_when_the_receiver_can_take_it(source: Wallet, frozen: Wallet) -> None:
    waiting = sent(source, frozen, "10", terms=Terms(ngn("1")))

    assert (waiting.status, waiting.fee_minor, holds(source)) == ("pending", 100, "89.00")
    assert chart_balance(chart.in_transit("NGN")) == 1000
    assert settle_transits(now=timezone.now()) == 0
    proved()

    thaw(frozen)
    assert settle_transits(now=timezone.now()) == 1
    assert settle_transits(now=timezone.now()) == 0

    assert (status(waiting), holds(source), holds(frozen)) == ("completed", "89.00", "10.00")
    assert chart_balance(chart.in_transit("NGN")) == 0
    proved()


def test_it_goes_back_with_its_fee_after_seven_days(source: Wallet, frozen: Wallet) -> None:
    now = timezone.now()
    waiting = sent(source, frozen, "10", at=now, terms=Terms(ngn("1")))

    assert settle_transits(now=now + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert settle_transits(now=now + timedelta(days=7)) == 1

    assert (status(waiting), holds(source)) == ("failed", "100.00")
    assert chart_balance(chart.fees("NGN")) == 0
    proved()


def test_what_would_be_too_much_waits_until_there_is_room(source: Wallet) -> None:
    bob = person(kyc_tier=0)
    full = wallet_of(bob, holding="49995")
    waiting = sent(source, full, "10")

    assert settle_transits(now=timezone.now()) == 0
    assert (status(waiting), holds(full)) == ("pending", "49995.00")
    bob.kyc_tier = 1
    bob.save(update_fields=["kyc_tier"])
    assert settle_transits(now=timezone.now()) == 1
    assert holds(full) == "50005.00"


class TestInvited:
    def test_who_opens_a_wallet_finds_the_money_in_it(self, source: Wallet) -> None:
        waiting = sent(source, CAROL.upper(), "10")
        carol = person(CAROL)
        wallet = wallet_of(carol)

        (claimed,) = claim_waiting(wallet=wallet, at=timezone.now())

        assert (claimed.pk, holds(wallet), status(waiting)) == (waiting.pk, "10.00", "completed")
        assert claim_waiting(wallet=wallet, at=timezone.now()) == []
        again = claim_transfer(
            reference=waiting.entry.reference, claimant_id=carol.id, at=timezone.now()
        )
        assert (again.destination_id, holds(wallet)) == (wallet.pk, "10.00")
        claimed.transit.refresh_from_db()
        assert (claimed.transit.email, claimed.transit.hint) == ("", "c***@example.com")
        proved()

    def test_it_is_nobody_elses(self, source: Wallet) -> None:
        waiting = sent(source, CAROL, "10")
        stranger = wallet_of(person())

        with pytest.raises(TransferNotFound):
            claim_transfer(
                reference=waiting.entry.reference,
                claimant_id=stranger.owner_id,
                at=timezone.now(),
            )

        assert (holds(stranger), status(waiting)) == ("0.00", "pending")

    def test_it_wants_a_wallet_of_its_currency(self, source: Wallet) -> None:
        waiting = sent(source, CAROL, "10")
        carol = person(CAROL)
        dollars = wallet_of(carol, code="USD")

        for wallet in (None, dollars):
            with pytest.raises(WalletNotFound):
                claim_transfer(
                    reference=waiting.entry.reference,
                    claimant_id=carol.id,
                    at=timezone.now(),
                    wallet=wallet,
                )

    def test_it_does_not_come_to_a_wallet_that_would_hold_too_much(self, source: Wallet) -> None:
        waiting = sent(source, CAROL, "10")
        wallet = wallet_of(person(CAROL, kyc_tier=0), holding="49999")

        with pytest.raises(ReceiverCannotTake):
            claim_transfer(
                reference=waiting.entry.reference,
                claimant_id=wallet.owner_id,
                at=timezone.now(),
            )

        assert (holds(wallet), status(waiting)) == ("49999.00", "pending")

    def test_sender_does_not_claim_it_into_the_wallet_it_came_from(
        self, alice: User, source: Wallet
    ) -> None:
        waiting = sent(source, alice.email, "10")

        with pytest.raises(SameWallet):
            claim_transfer(
                reference=waiting.entry.reference, claimant_id=alice.id, at=timezone.now()
            )

    def test_mail_goes_once_and_tells_nothing_of_the_sender(self, source: Wallet) -> None:
        sent(source, CAROL, "10", description="buy at https://evil.example")

        assert send_invitations(now=timezone.now()) == 1
        assert send_invitations(now=timezone.now()) == 0

        (message,) = mail.outbox
        assert message.to == [CAROL]
        assert "10.00 NGN" in str(message.body)
        assert "evil" not in str(message.body)
        assert source.owner.email not in str(message.body)


def test_sender_cancels_and_has_everything_back(alice: User, source: Wallet) -> None:
    waiting = sent(source, CAROL, "10", terms=Terms(ngn("1")))
    reference = waiting.entry.reference

    for _ in range(2):
        cancel_transfer(reference=reference, sender_id=alice.id, at=timezone.now())

    assert (status(waiting), holds(source)) == ("cancelled", "100.00")
    with pytest.raises(TransferNotFound):
        cancel_transfer(reference=reference, sender_id=person().id, at=timezone.now())
    proved()


def test_what_arrived_is_not_cancelled(alice: User, source: Wallet) -> None:
    waiting = sent(source, CAROL, "10")
    claim_waiting(wallet=wallet_of(person(CAROL)), at=timezone.now())

    with pytest.raises(TransferNotPending):
        cancel_transfer(reference=waiting.entry.reference, sender_id=alice.id, at=timezone.now())


def test_recovery_refunds_once(source: Wallet, frozen: Wallet) -> None:
    waiting = sent(source, frozen, "10")

    first = recover_transfer(transfer=waiting, at=timezone.now())
    second = recover_transfer(transfer=waiting, at=timezone.now())

    assert (first.recovered, second.recovered) == (True, False)
    assert (status(waiting), holds(source)) == ("failed", "100.00")


def test_sender_who_is_stopped_gets_it_later(source: Wallet, frozen: Wallet) -> None:
    now = timezone.now()
    waiting = sent(source, frozen, "10", at=now)
    block_account(account_id=source.account_id, debits=True, credits_=True)

    assert settle_transits(now=now + timedelta(days=8)) == 0
    assert status(waiting) == "pending"
    block_account(account_id=source.account_id, debits=False, credits_=False)
    assert settle_transits(now=now + timedelta(days=8)) == 1


def test_refusals_change_nothing(source: Wallet, frozen: Wallet) -> None:
    with pytest.raises(InsufficientFunds):
        sent(source, CAROL, "100.01")
    with pytest.raises(SameWallet):
        sent(source, source, "1")
    with pytest.raises(LimitExceeded):
        sent(source, CAROL, "10", terms=Terms(ngn("0"), [500, None, None, None, None]))
    block_account(account_id=source.account_id, debits=True, credits_=False)
    with pytest.raises(WalletNotActive):
        sent(source, CAROL, "1")

    assert holds(source) == "100.00"
    assert not Transfer.objects.filter(source=source).exists()

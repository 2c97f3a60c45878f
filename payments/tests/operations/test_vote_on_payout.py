from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.tests.factories import as_owner, person
from ledger.money import Money
from payments import operations
from payments.errors import PayoutNotPending, PayoutNotUnknown, VoteNotYours
from payments.models import Payout, PayoutVote
from payments.operations import set_payout_threshold, sweep_payouts, vote_on_payout
from payments.providers.base import BankAccount, BeneficiaryCode, PayoutOrder
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once, told_of_reference, wallet_of
from payments.tests.payouts import (
    ask_for,
    beneficiary_of,
    entries_of,
    fund,
    let_happen,
    money_of_wallet,
    send,
    sent_to_provider,
    settle,
)
from wallets.models import Wallet

Verdict = PayoutVote.Verdict
HOURS = timedelta(hours=2)


@pytest.fixture
def large(origin: str, alice: User, wallet: Wallet) -> Payout:
    """A payout above the threshold of one approval."""
    fund(wallet, "2000000.00")
    return ask_for(wallet, beneficiary_of(alice.pk), "1000000.00")


@pytest.fixture
def unknown(origin: str, alice: User, wallet: Wallet, simulator: Simulator) -> Payout:
    """A payout whose answer was lost, and of which the provider says nothing."""
    fund(wallet)
    payout = ask_for(wallet, beneficiary_of(alice.pk))
    simulator.set_faults(error=1)
    return send(payout)


def vote(payout: Payout, voter: User, verdict: PayoutVote.Verdict) -> Payout:
    vote_on_payout(
        payout_id=payout.pk, voter_id=voter.pk, verdict=verdict, note="", at=NOON + HOURS
    )
    payout.refresh_from_db()
    return payout


def test_is_not_sent_before_somebody_approved_it(large: Payout) -> None:
    assert sweep_payouts(now=NOON + HOURS) == {}
    send(large)
    assert (large.status, sent_to_provider(large)) == ("pending", None)

    vote(large, person(role="staff"), Verdict.APPROVE)

    assert sweep_payouts(now=NOON + HOURS) == {large.reference: "processing"}
    assert told_of_reference(large.reference)[:2] == ["payout.requested", "payout.voted"]


def test_its_owner_does_not_decide(large: Payout, alice: User) -> None:
    for verdict in (Verdict.APPROVE, Verdict.REJECT):
        with pytest.raises(VoteNotYours):
            vote(large, alice, verdict)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutVote.objects.create(payout=large, voter=alice, verdict=Verdict.APPROVE, voted_at=NOON)
    assert large.votes.count() == 0


def test_one_rejection_gives_the_money_back(large: Payout, wallet: Wallet) -> None:
    vote(large, person(role="staff"), Verdict.REJECT)

    assert (large.status, large.reason) == ("cancelled", "rejected")
    assert money_of_wallet(wallet) == ("2000000.00", "0.00")
    with pytest.raises(PayoutNotPending):
        vote(large, person(role="staff"), Verdict.APPROVE)


def test_two_are_wanted_above_the_second_threshold(origin: str, alice: User) -> None:
    payout = above_two_thresholds(alice)
    first, second = person(role="staff"), person(role="admin")

    vote(payout, first, Verdict.APPROVE)
    assert payout.next_step_at is None
    with pytest.raises(VoteNotYours):
        vote(payout, first, Verdict.APPROVE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(
            status="processing", sent_at=NOON, next_step_at=NOON
        )
    vote(payout, second, Verdict.APPROVE)

    assert payout.next_step_at == NOON + HOURS
    assert send(payout, NOON + HOURS).status == "processing"


def above_two_thresholds(owner: User) -> Payout:
    """Cedis have no thresholds but in these tests."""
    with as_owner():
        set_payout_threshold(one_from=Money.of("5", "GHS"), two_from=Money.of("10", "GHS"))
    return cedis(owner, "10.00")


def cedis(owner: User, amount: str) -> Payout:
    wallet = wallet_of(owner, "GHS")
    fund(wallet, "100.00")
    beneficiary = operations.add_beneficiary(
        owner_id=owner.pk, account=BankAccount("0123456789", "030100", "GHS"),
        provider=provider("paystack"), beneficiary_id=uuid4(), now=NOON,
    )  # fmt: skip
    return ask_for(wallet, beneficiary, amount)


def test_the_same_person_twice_at_once_is_one(origin: str, alice: User) -> None:
    payout, staff = above_two_thresholds(alice), person(role="staff")

    at_once(4, lambda _: vote(Payout.objects.get(pk=payout.pk), staff, Verdict.APPROVE))

    payout.refresh_from_db()
    assert (payout.votes.count(), payout.next_step_at) == (1, None)


def test_a_payout_that_waits_for_nobody_is_not_voted_on(
    origin: str, alice: User, wallet: Wallet
) -> None:
    fund(wallet)
    payout = ask_for(wallet, beneficiary_of(alice.pk))

    with pytest.raises(PayoutNotPending):
        vote(payout, person(role="staff"), Verdict.APPROVE)


def test_two_people_say_that_an_unknown_one_was_paid(unknown: Payout, wallet: Wallet) -> None:
    vote(unknown, person(role="staff"), Verdict.PAID)
    assert unknown.status == "processing"
    vote(unknown, person(role="admin"), Verdict.PAID)

    assert (unknown.status, unknown.settled_by) == ("completed", "people")
    assert money_of_wallet(wallet) == ("9000.00", "0.00")
    assert "" in entries_of(unknown)


def test_two_people_say_that_it_was_not(unknown: Payout, wallet: Wallet) -> None:
    for role in ("staff", "admin"):
        vote(unknown, person(role=role), Verdict.UNPAID)

    assert (unknown.status, unknown.settled_by) == ("failed", "people")
    assert money_of_wallet(wallet) == ("10000.00", "0.00")


def test_two_who_disagree_settle_nothing(unknown: Payout) -> None:
    staff = person(role="staff")
    vote(unknown, staff, Verdict.UNPAID)
    vote(unknown, person(role="admin"), Verdict.PAID)

    assert unknown.status == "processing"
    with pytest.raises(VoteNotYours):
        vote(unknown, staff, Verdict.PAID)


def test_people_wait_an_hour_for_the_provider(unknown: Payout) -> None:
    with pytest.raises(PayoutNotUnknown):
        vote_on_payout(
            payout_id=unknown.pk,
            voter_id=person(role="staff").pk,
            verdict=Verdict.PAID,
            note="",
            at=NOON + timedelta(minutes=59),
        )


def test_the_database_wants_two_for_what_people_settle(unknown: Payout) -> None:
    vote(unknown, person(role="staff"), Verdict.UNPAID)

    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=unknown.pk).update(
            status="failed", settled_by="people", ended_at=NOON, next_step_at=None
        )


def test_paid_after_all_it_is_marked_for_a_person(
    unknown: Payout, wallet: Wallet, simulator: Simulator
) -> None:
    simulator.set_faults(error=0)
    send_anyway(unknown)
    for role in ("staff", "admin"):
        vote(unknown, person(role=role), Verdict.UNPAID)
    let_happen()

    settle(unknown)
    settle(unknown)

    assert (unknown.status, unknown.mismatch) == ("failed", "paid_after_failed")
    assert money_of_wallet(wallet) == ("10000.00", "0.00")
    assert told_of_reference(unknown.reference).count("payout.mismatched") == 1


def send_anyway(payout: Payout) -> None:
    """As if the one call had arrived late."""
    provider("paystack").send_payout(
        PayoutOrder(
            payout.provider_reference,
            payout.amount,
            BeneficiaryCode(payout.beneficiary.provider_code),
        )
    )

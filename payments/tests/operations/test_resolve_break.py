"""A break is resolved by two people, by one entry that makes our books say what is so."""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbits

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import as_owner, person
from ledger.operations.verify import run_checks
from ledger.queries import entry_lines
from payments import operations
from payments.errors import NoProposal, NotBroken, ProposalOpen, VoteNotYours
from payments.models import Deposit, ReconciliationLine, ReconciliationProposal
from payments.operations import Resolution
from payments.reconciliation_checks import RECONCILIATION_CHECKS
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator
from payments.tests.factories import at_once, told_of_reference
from payments.tests.reconciling import compare, paid, stored
from wallets.models import Wallet

Against = ReconciliationProposal.Against


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    """One of which the provider kept one naira more than it said first."""
    deposit = paid(wallet, simulator)
    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") + 100)
    compare(deposit)
    return deposit


@pytest.fixture
def ann(origin: str) -> User:
    return person(role="staff")


@pytest.fixture
def ben(origin: str) -> User:
    return person(role="staff")


def propose(
    line: ReconciliationLine, actor: User, against: Against = Against.COSTS, seen: int = -100
) -> ReconciliationProposal:
    return operations.propose_resolution(
        line_id=line.pk,
        resolution=Resolution(
            against, seen, "as their invoice says", actor.pk, timezone.now(), randbits(64)
        ),
    )


def approve(line: ReconciliationLine, actor: User) -> ReconciliationProposal:
    return operations.approve_resolution(line_id=line.pk, actor_id=actor.pk, at=timezone.now())


def broken() -> dict[str, str]:
    return {each.name: each.detail for each in run_checks(RECONCILIATION_CHECKS) if not each.ok}


@pytest.mark.parametrize("against", list(Against))
def test_posts_the_difference_when_another_agrees(
    deposit: Deposit, ann: User, ben: User, against: Against
) -> None:
    line = stored(deposit)
    proposal = propose(line, ann, against)
    assert entry_lines(proposal.reference) == []

    approve(line, ben)

    assert sorted(posted.amount_minor for posted in entry_lines(proposal.reference)) == [-100, 100]
    line.refresh_from_db()
    assert (line.state, line.adjusted_minor, line.difference_minor) == ("matched", -100, 0)
    assert told_of_reference(proposal.reference) == [
        "reconciliation.proposed",
        "reconciliation.adjusted",
    ]
    assert compare(deposit).verdict.state == "matched"
    assert broken() == {}


def test_what_was_corrected_and_comes_after_all_is_a_break_again(
    deposit: Deposit, ann: User, ben: User
) -> None:
    propose(stored(deposit), ann)
    approve(stored(deposit), ben)
    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") - 100)

    assert compare(deposit).verdict.state == "different"
    assert stored(deposit).difference_minor == 100


def test_nobody_approves_what_they_proposed(deposit: Deposit, ann: User) -> None:
    line = stored(deposit)
    proposal = propose(line, ann)

    with pytest.raises(VoteNotYours):
        approve(line, ann)

    proposal.refresh_from_db()
    assert proposal.status == "proposed"
    assert entry_lines(proposal.reference) == []


def test_the_database_wants_two_people_as_well(deposit: Deposit, ann: User, ben: User) -> None:
    proposal = propose(stored(deposit), ann)
    rows = ReconciliationProposal.objects.filter(pk=proposal.pk)

    for change in (
        {"status": "approved", "decided_by_id": ann.pk, "decided_at": timezone.now()},
        {"status": "approved", "decided_by_id": None, "decided_at": timezone.now()},
        {"amount_minor": -1},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_refuses_what_is_not_broken_or_not_as_it_was_seen(deposit: Deposit, ann: User) -> None:
    with pytest.raises(NotBroken):
        propose(stored(deposit), ann, seen=-99)

    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") - 100)
    compare(deposit)
    with pytest.raises(NotBroken):
        propose(stored(deposit), ann, seen=0)


def test_refuses_a_second_proposal_and_a_decision_about_none(
    deposit: Deposit, ann: User, ben: User
) -> None:
    line = stored(deposit)
    with pytest.raises(NoProposal):
        approve(line, ben)
    propose(line, ann)

    with pytest.raises(ProposalOpen):
        propose(line, ben)


def test_refuses_to_post_a_difference_that_has_changed(
    deposit: Deposit, ann: User, ben: User
) -> None:
    proposal = propose(stored(deposit), ann)
    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") + 1)
    compare(deposit)

    with pytest.raises(NotBroken):
        approve(stored(deposit), ben)

    assert entry_lines(proposal.reference) == []
    operations.turn_down_resolution(line_id=stored(deposit).pk, actor_id=ben.pk, at=timezone.now())
    propose(stored(deposit), ann, seen=-101)


def test_many_who_approve_at_once_post_once(deposit: Deposit, ann: User, ben: User) -> None:
    line = stored(deposit)
    proposal = propose(line, ann)

    found = at_once(4, lambda _: approve(line, ben))

    assert sum(isinstance(each, NoProposal) for each in found) == 3
    assert len(entry_lines(proposal.reference)) == 2
    line.refresh_from_db()
    assert line.adjusted_minor == -100


@pytest.mark.parametrize(
    "table", ["payments_reconciliationproposal", "payments_reconciliationline"]
)
def test_checks_name_what_was_corrected_behind_their_backs(
    deposit: Deposit, ann: User, ben: User, table: str
) -> None:
    line = stored(deposit)
    proposal = propose(line, ann)
    approve(line, ben)
    broken_by: dict[str, Callable[[], object]] = {
        "payments_reconciliationproposal": lambda: ReconciliationProposal.objects.filter(
            pk=proposal.pk
        ).update(amount_minor=-1),
        "payments_reconciliationline": lambda: ReconciliationLine.objects.filter(pk=line.pk).update(
            adjusted_minor=-99, theirs_minor=F("theirs_minor") + 1
        ),
    }

    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        broken_by[table]()
        found = broken()
        transaction.set_rollback(True)  # what a test broke is not committed

    named = proposal.reference if table.endswith("proposal") else line.key
    assert {"adjustments_were_agreed_on", "reconciliation_guards_stand"} == set(found)
    assert named in found["adjustments_were_agreed_on"]

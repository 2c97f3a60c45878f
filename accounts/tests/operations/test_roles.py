"""A role changes when one proposes and another approves, and in no other way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.errors import (
    PersonNotFound,
    ProposalClosed,
    ProposalNotFound,
    ProposalOpen,
    RoleTooHeavy,
    RoleUnchanged,
    SecondPersonNeeded,
    UnknownRole,
)
from accounts.models import ProposalStatus, Role, RoleProposal, TokenFamily, User
from accounts.operations import approve_role, propose_role, reject_role
from accounts.tests.factories import client_of, person
from events.models import Event

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def admin() -> User:
    return person(role="admin")


@pytest.fixture
def root() -> User:
    return person(role="superuser")


def propose(actor: User, about: User, role: str = "staff") -> RoleProposal:
    return propose_role(
        actor_id=actor.id, person_id=about.id, role=role, reason="joins support", at=NOW
    )


def role_of(user: User) -> str:
    return User.objects.select_related("role").get(id=user.id).role.name


def test_nothing_changes_by_a_proposal_alone(alice: User, admin: User) -> None:
    proposal = propose(admin, alice)

    assert proposal.status == ProposalStatus.PROPOSED
    assert role_of(alice) == "user"
    event = Event.objects.get(type="role.proposed", subject=str(proposal.id))
    assert (event.owner_id, event.actor_id) == (alice.id, admin.id)
    assert event.data == {"from": "user", "to": "staff", "reason": "joins support"}


def test_another_person_approves(alice: User, admin: User, root: User) -> None:
    api = client_of(alice)
    proposal = propose(admin, alice)

    approve_role(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    alice.refresh_from_db()
    proposal.refresh_from_db()
    assert (role_of(alice), alice.token_version) == ("staff", 1)
    assert (proposal.status, proposal.decided_by) == ("approved", root)
    assert proposal.applied_at is not None
    assert not TokenFamily.objects.filter(user=alice, revoked_at=None).exists()
    assert api.get("/api/v1/users/me").status_code == 401
    assert Event.objects.get(type="role.approved", subject=str(proposal.id)).actor_id == root.id


def test_a_role_is_taken_away_in_the_same_way(admin: User, root: User) -> None:
    staff = person(role="staff")
    proposal = propose(admin, staff, "user")

    approve_role(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    assert role_of(staff) == "user"


@pytest.mark.parametrize("role", ["admin", "superuser"])
def test_nobody_approves_what_they_proposed(alice: User, role: str) -> None:
    actor = person(role=role)
    proposal = propose(actor, alice)

    with pytest.raises(SecondPersonNeeded):
        approve_role(actor_id=actor.id, proposal_id=proposal.id, at=NOW)

    assert role_of(alice) == "user"


def test_a_role_is_given_by_who_weighs_more_than_it(alice: User, admin: User, root: User) -> None:
    proposal = propose(admin, alice, "admin")
    other = person(role="admin")

    with pytest.raises(RoleTooHeavy):
        approve_role(actor_id=other.id, proposal_id=proposal.id, at=NOW)
    approve_role(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    assert role_of(alice) == "admin"


def test_superusers_are_not_made_here(alice: User, admin: User, root: User) -> None:
    with pytest.raises(RoleTooHeavy):
        propose(admin, alice, "superuser")
    proposal = propose(root, alice, "superuser")
    with pytest.raises(RoleTooHeavy):
        approve_role(actor_id=person(role="superuser").id, proposal_id=proposal.id, at=NOW)

    assert role_of(alice) == "user"


@pytest.mark.parametrize("role", ["admin", "superuser"])
def test_nobody_acts_on_equals_and_above(admin: User, root: User, role: str) -> None:
    other = person(role=role)

    with pytest.raises(PersonNotFound):
        propose(admin, other, "user")
    with pytest.raises(PersonNotFound):
        propose(admin, admin, "user")
    if role == "admin":
        proposal = propose(root, other, "user")
        with pytest.raises(ProposalNotFound):
            approve_role(actor_id=admin.id, proposal_id=proposal.id, at=NOW)
        with pytest.raises(ProposalNotFound):
            reject_role(actor_id=admin.id, proposal_id=proposal.id, at=NOW)


def test_what_makes_no_sense_is_refused(alice: User, admin: User) -> None:
    with pytest.raises(UnknownRole):
        propose(admin, alice, "boss")
    with pytest.raises(RoleUnchanged):
        propose(admin, alice, "user")
    with pytest.raises(ProposalNotFound):
        approve_role(actor_id=admin.id, proposal_id=uuid4(), at=NOW)

    assert not RoleProposal.objects.filter(person=alice).exists()


def test_one_proposal_at_a_time(alice: User, admin: User, root: User) -> None:
    first = propose(admin, alice)

    with pytest.raises(ProposalOpen):
        propose(root, alice)
    reject_role(actor_id=admin.id, proposal_id=first.id, at=NOW)
    propose(root, alice)

    first.refresh_from_db()
    assert first.status == ProposalStatus.WITHDRAWN


def test_a_proposal_is_decided_once(alice: User, admin: User, root: User) -> None:
    proposal = propose(admin, alice)
    reject_role(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    for decide in (approve_role, reject_role):
        with pytest.raises(ProposalClosed):
            decide(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    assert role_of(alice) == "user"


def test_a_proposal_is_decided_within_a_day(alice: User, admin: User, root: User) -> None:
    proposal = propose(admin, alice)

    with pytest.raises(ProposalClosed):
        approve_role(actor_id=root.id, proposal_id=proposal.id, at=NOW + RoleProposal.LIFE)
    later = propose_role(
        actor_id=admin.id,
        person_id=alice.id,
        role="staff",
        reason="again",
        at=NOW + timedelta(days=2),
    )

    assert later.is_open(NOW + timedelta(days=2))
    assert role_of(alice) == "user"


# What follows goes past the operations: the database itself refuses.


def write(statement: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_no_role_changes_without_a_proposal(alice: User, root: User) -> None:
    heavier = Role.objects.get(name="superuser")

    with pytest.raises(IntegrityError, match="role_changes_by_an_approved_proposal"):
        write("UPDATE accounts_user SET role_id = %s WHERE id = %s", heavier.pk, alice.id)
    propose(root, alice, "superuser")
    with pytest.raises(IntegrityError, match="role_changes_by_an_approved_proposal"):
        write("UPDATE accounts_user SET role_id = %s WHERE id = %s", heavier.pk, alice.id)


@pytest.mark.parametrize(
    ("decider", "constraint"),
    [
        ("proposer", "role_proposal_is_approved_by_another_than_proposed_it"),
        ("person", "role_proposal_is_not_decided_by_who_it_is_about"),
        (None, "role_proposal_is_"),
    ],
)
def test_one_person_is_not_enough_for_superusers_neither(
    alice: User, root: User, decider: str | None, constraint: str
) -> None:
    proposal = propose(root, alice)
    people = {"proposer": root.id, "person": alice.id, None: None}

    with pytest.raises(IntegrityError, match=constraint):
        write(
            "UPDATE accounts_roleproposal SET status = 'approved', decided_at = now(),"
            " decided_by_id = %s WHERE id = %s",
            people[decider],
            proposal.id,
        )


def test_a_proposal_is_not_born_approved(alice: User, admin: User, root: User) -> None:
    proposal = RoleProposal(
        person=alice,
        from_role=alice.role,
        to_role=Role.objects.get(name="staff"),
        reason="x",
        status=ProposalStatus.APPROVED,
        proposed_by=admin,
        proposed_at=NOW,
        expires_at=NOW + RoleProposal.LIFE,
        decided_by=root,
        decided_at=NOW,
    )

    with pytest.raises(IntegrityError, match="role_proposal_begins_undecided"):
        proposal.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    ["status = 'proposed', decided_by_id = NULL, decided_at = NULL", "decided_at = now()"],
)
def test_a_decision_is_not_taken_back(alice: User, admin: User, root: User, change: str) -> None:
    proposal = propose(admin, alice)
    reject_role(actor_id=root.id, proposal_id=proposal.id, at=NOW)

    with pytest.raises(IntegrityError, match="role_proposal_is_decided_once"):
        write(f"UPDATE accounts_roleproposal SET {change} WHERE id = %s", proposal.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_roleproposal SET applied_at = NULL",
        "UPDATE accounts_roleproposal SET proposed_by_id = person_id",
        "DELETE FROM accounts_roleproposal",
        "UPDATE accounts_role SET weight = 100 WHERE name = 'user'",
        "INSERT INTO accounts_role_permissions (role_id, permission_id) VALUES (1, 1)",
        "DELETE FROM accounts_role_permissions",
        "DELETE FROM accounts_user",
        "DELETE FROM accounts_datakey",
        "UPDATE accounts_document SET sealed = ''",
        "ALTER TABLE accounts_user DISABLE TRIGGER role_changes_by_an_approved_proposal",
    ],
)
def test_the_application_has_no_right_to(alice: User, statement: str) -> None:
    with pytest.raises((ProgrammingError, DatabaseError), match=r"permission denied|must be owner"):
        write(statement)


def test_an_approval_is_good_for_one_change(alice: User, admin: User, root: User) -> None:
    staff = propose(admin, alice)
    approve_role(actor_id=root.id, proposal_id=staff.id, at=NOW)
    back = propose(admin, alice, "user")
    approve_role(actor_id=root.id, proposal_id=back.id, at=NOW)

    with pytest.raises(IntegrityError, match="role_changes_by_an_approved_proposal"):
        write("UPDATE accounts_user SET role_id = %s WHERE id = %s", staff.to_role_id, alice.id)

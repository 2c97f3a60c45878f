"""The only place of this app that locks rows: a person before their families, those by id."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.errors import PersonNotFound
from accounts.models import (
    ApiKey,
    Document,
    FailedTries,
    LoginCode,
    RoleProposal,
    TokenFamily,
    TransactionPin,
    User,
)

# Writes nothing new to a row that is there, but locks it; in one statement, so that no row can
# go between making and locking.
_TRIES = """
INSERT INTO accounts_failedtries (subject, failures, last_at, blocked_until)
VALUES (%(subject)s, 0, %(at)s, %(at)s)
ON CONFLICT (subject) DO UPDATE SET subject = EXCLUDED.subject
RETURNING *
"""


def lock_person(*, user_id: UUID) -> User | None:
    """Lock a person until the transaction ends."""
    # The role is read afterwards: joined, a role that changed while we waited hides the person.
    return User.objects.select_for_update(no_key=True).filter(id=user_id).first()


def lock_person_below(*, person_id: UUID, actor_id: UUID) -> tuple[User, User]:
    """Lock somebody on whom another person acts; return both, each with their role.

    Raises `PersonNotFound` unless they weigh less: nobody acts on equals, nor on themselves.
    """
    person = lock_person(user_id=person_id)
    actor = User.objects.select_related("role").filter(id=actor_id, is_active=True).first()
    if person is None or actor is None or person.role.weight >= actor.role.weight:
        raise PersonNotFound
    return person, actor


def lock_proposal(*, proposal_id: UUID) -> RoleProposal | None:
    """Lock a proposal, and before it the person it is about, until the transaction ends."""
    proposals = RoleProposal.objects.filter(id=proposal_id)
    person_id = proposals.values_list("person", flat=True).first()
    person = lock_person(user_id=person_id) if person_id else None
    if person is None:
        return None
    found = proposals.select_for_update(of=("self",), no_key=True).select_related(
        "from_role", "to_role", "proposed_by"
    )
    proposal = found.get()
    proposal.person = person
    return proposal


def lock_document(*, document_id: UUID) -> Document:
    """Lock a document that is there; its person is locked already."""
    documents = Document.objects.select_for_update(of=("self",), no_key=True)
    return documents.select_related("person__role").get(id=document_id)


def lock_family(*, family_id: UUID) -> TokenFamily | None:
    """Lock a family until the transaction ends and return it with its person and their role."""
    families = TokenFamily.objects.select_for_update(of=("self",), no_key=True)
    return families.select_related("user__role").filter(id=family_id).first()


def lock_live_families(which: Q) -> list[TokenFamily]:
    """Lock those of the families that nobody has ended yet, in the order of their ids."""
    families = TokenFamily.objects.select_for_update(no_key=True).filter(which, revoked_at=None)
    return list(families.order_by("id"))


def lock_tries(*, subject: UUID, at: datetime) -> FailedTries:
    """Lock the count of one subject until the transaction ends, making it where there is none."""
    return FailedTries.objects.raw(_TRIES, {"subject": subject, "at": at})[0]


def lock_login_code(*, code_id: UUID) -> LoginCode | None:
    """Lock the code of a login until the transaction ends."""
    return LoginCode.objects.select_for_update(no_key=True).filter(id=code_id).first()


def lock_pin(*, owner_id: UUID) -> TransactionPin | None:
    """Lock somebody's transaction PIN until the transaction ends."""
    return TransactionPin.objects.select_for_update(no_key=True).filter(owner_id=owner_id).first()


def lock_keys(*, owner_id: UUID) -> list[ApiKey] | None:
    """Lock a person, and with them the making of keys; return their keys, None for nobody.

    The keys themselves are not locked: whoever uses one must not wait.
    """
    if lock_person(user_id=owner_id) is None:
        return None
    return list(ApiKey.objects.filter(owner_id=owner_id))

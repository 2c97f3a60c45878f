from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts import locks
from accounts.errors import ProposalClosed, ProposalNotFound, RoleTooHeavy, SecondPersonNeeded
from accounts.models import ProposalStatus, RoleProposal, User
from accounts.operations.end_families import end_families_of
from events.operations import append_event


def approve_role(*, actor_id: UUID, proposal_id: UUID, at: datetime) -> RoleProposal:
    """Give somebody the role that another person proposed; their logins and tokens end.

    Raises `ProposalNotFound` for one about somebody who does not weigh less than the approver,
    `ProposalClosed`, `SecondPersonNeeded` and `RoleTooHeavy`.
    """
    with transaction.atomic():
        proposal, actor = _lock(proposal_id=proposal_id, actor_id=actor_id, at=at)
        if proposal.proposed_by_id == actor.id:
            raise SecondPersonNeeded
        if proposal.to_role.weight >= actor.role.weight:
            raise RoleTooHeavy

        _decide(proposal, ProposalStatus.APPROVED, actor=actor, at=at)
        # The database looks for the approval.
        User.objects.filter(id=proposal.person_id).update(
            role=proposal.to_role, token_version=F("token_version") + 1
        )
        end_families_of(user_id=proposal.person_id, at=at, reason="role_changed")

    return proposal


def reject_role(*, actor_id: UUID, proposal_id: UUID, at: datetime) -> RoleProposal:
    """Turn a proposal down; whoever made it withdraws it so.

    Raises `ProposalNotFound` and `ProposalClosed`.
    """
    with transaction.atomic():
        proposal, actor = _lock(proposal_id=proposal_id, actor_id=actor_id, at=at)

        own = proposal.proposed_by_id == actor.id
        status = ProposalStatus.WITHDRAWN if own else ProposalStatus.REJECTED
        _decide(proposal, status, actor=actor, at=at)

    return proposal


def _lock(*, proposal_id: UUID, actor_id: UUID, at: datetime) -> tuple[RoleProposal, User]:
    proposal = locks.lock_proposal(proposal_id=proposal_id)
    actor = User.objects.select_related("role").filter(id=actor_id, is_active=True).first()
    if proposal is None or actor is None or proposal.person.role.weight >= actor.role.weight:
        raise ProposalNotFound
    if not proposal.is_open(at) or proposal.person.role_id != proposal.from_role_id:
        raise ProposalClosed
    return proposal, actor


def _decide(proposal: RoleProposal, status: ProposalStatus, *, actor: User, at: datetime) -> None:
    proposal.status, proposal.decided_by, proposal.decided_at = status, actor, at
    proposal.save(update_fields=["status", "decided_by", "decided_at"])
    append_event(
        type=f"role.{status}",
        subject=str(proposal.id),
        owner_id=proposal.person_id,
        actor_id=actor.id,
        data={"from": proposal.from_role.name, "to": proposal.to_role.name},
    )

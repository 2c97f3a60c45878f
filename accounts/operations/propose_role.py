from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import locks
from accounts.errors import ProposalOpen, RoleTooHeavy, RoleUnchanged, UnknownRole
from accounts.models import ProposalStatus, Role, RoleProposal
from events.operations import append_event


def propose_role(
    *, actor_id: UUID, person_id: UUID, role: str, reason: str, at: datetime
) -> RoleProposal:
    """Propose another role for somebody; nothing changes until another person approves it.

    Raises `PersonNotFound` for who does not weigh less than the proposer, `UnknownRole`,
    `RoleUnchanged`, `RoleTooHeavy`, and `ProposalOpen` while another one waits.
    """
    with transaction.atomic():
        person, actor = locks.lock_person_below(person_id=person_id, actor_id=actor_id)
        wanted = Role.objects.filter(name=role).first()
        if wanted is None:
            raise UnknownRole
        if wanted == person.role:
            raise RoleUnchanged
        if wanted.weight > actor.role.weight:
            raise RoleTooHeavy
        # What nobody decided in time makes room.
        RoleProposal.objects.filter(
            person=person, status=ProposalStatus.PROPOSED, expires_at__lte=at
        ).update(status=ProposalStatus.WITHDRAWN, decided_by=actor, decided_at=at)

        try:
            with transaction.atomic():
                proposal = RoleProposal.objects.create(
                    person=person,
                    from_role=person.role,
                    to_role=wanted,
                    reason=reason,
                    proposed_by=actor,
                    proposed_at=at,
                    expires_at=at + RoleProposal.LIFE,
                )
        except IntegrityError as error:
            raise ProposalOpen from error
        append_event(
            type="role.proposed",
            subject=str(proposal.id),
            owner_id=person.id,
            actor_id=actor.id,
            data={"from": person.role.name, "to": wanted.name, "reason": reason},
        )

    return proposal

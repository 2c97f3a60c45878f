from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from accounts.models.role import Role


class ProposalStatus(models.TextChoices):
    """Proposed, and then decided once; who proposed it may withdraw it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RoleProposal(models.Model):
    """Somebody's wish that another person had another role, for a second one to decide.

    Nobody's role changes but by one of these: the database refuses every other way, and one
    that was approved by whoever proposed it, or by the person it is about. `applied_at` is set
    by the database when the change is made, once.
    """

    LIFE = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_proposals"
    )
    from_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    to_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    status = models.CharField(
        max_length=10, choices=ProposalStatus, default=ProposalStatus.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        permissions = [
            ("propose_role", "Can propose another role for somebody"),
            ("approve_role", "Can decide what another one proposed"),
        ]
        constraints = [
            models.UniqueConstraint(
                "person",
                name="person_has_one_open_role_proposal",
                condition=models.Q(status=ProposalStatus.PROPOSED),
            ),
            models.CheckConstraint(
                name="role_is_not_proposed_to_oneself",
                condition=~models.Q(person=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="role_proposal_is_not_decided_by_who_it_is_about",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("person")),
            ),
            models.CheckConstraint(
                name="role_proposal_is_approved_by_another_than_proposed_it",
                condition=~models.Q(status=ProposalStatus.APPROVED)
                | models.Q(~models.Q(decided_by=models.F("proposed_by")), decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="role_proposal_is_decided_at_an_instant_by_somebody",
                condition=models.Q(status=ProposalStatus.PROPOSED, decided_at=None, decided_by=None)
                | models.Q(
                    ~models.Q(status=ProposalStatus.PROPOSED),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_role_id} to {self.to_role_id} for {self.person_id}"

    def is_open(self, at: datetime) -> bool:
        return self.status == ProposalStatus.PROPOSED and at < self.expires_at

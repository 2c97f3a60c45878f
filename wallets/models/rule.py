from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from wallets.limits import ANY, BALANCE, OPERATIONS

_OPERATIONS = [(name, name) for name in (ANY, *OPERATIONS)]


class RuleStatus(models.TextChoices):
    """Proposed, and then decided once; who proposed it may withdraw it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Rule(models.Model):
    """What is proposed, by whom and why, and from when it holds once another person approved it.

    Nothing of it changes but the decision, which the database lets only a second person make and
    which takes effect no sooner than `NOTICE` later. Of several approved rules about one thing
    the one with the latest `effective_from` that has come holds. Rules that came with the
    installation were proposed by nobody.
    """

    LIFE = timedelta(hours=24)
    # Longer than any process remembers rules, so that all change over at one instant.
    NOTICE = timedelta(seconds=60)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    currency = models.CharField(max_length=3, help_text="An ISO 4217 code, or * for any.")
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=RuleStatus, default=RuleStatus.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    wanted_from = models.DateTimeField(
        null=True, blank=True, help_text="Not before this instant; empty: as soon as approved."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    effective_from = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_is_approved_by_another_than_proposed_it",
                condition=~models.Q(status=RuleStatus.APPROVED)
                | models.Q(proposed_by=None)
                | models.Q(~models.Q(decided_by=models.F("proposed_by")), decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_holds_from_an_instant_once_approved",
                condition=models.Q(status=RuleStatus.APPROVED, effective_from__isnull=False)
                | models.Q(~models.Q(status=RuleStatus.APPROVED), effective_from=None),
            ),
        ]

    def is_open(self, at: datetime) -> bool:
        return self.status == RuleStatus.PROPOSED and at < self.proposed_at + self.LIFE


class FeeRule(Rule):
    """What an operation costs somebody of a role (`*`: of any), by bands of amounts."""

    operation = models.CharField(max_length=12, choices=_OPERATIONS)
    role = models.CharField(max_length=40, default=ANY, help_text="A role's name, or * for any.")
    bands = models.JSONField(
        help_text='[{"from": 0, "flat": 1000, "basis_points": 50, "least": 0, '
        '"most": 200000}] '
        "in minor units; [] is free."
    )

    class Meta(Rule.Meta):
        indexes = [models.Index("status", "effective_from", name="feerule_by_effect")]
        permissions = [
            ("propose_rule", "Can propose other fees and limits"),
            ("approve_rule", "Can decide about fees and limits that another one proposed"),
        ]

    def __str__(self) -> str:
        return f"fee of {self.operation} in {self.currency} for {self.role}"


class LimitRule(Rule):
    """How much somebody of a KYC tier may do, in minor units; empty is without limit.

    A rule for `balance` says in `each_minor` how much one wallet may hold.
    """

    operation = models.CharField(max_length=12, choices=[*_OPERATIONS, (BALANCE, BALANCE)])
    tier = models.PositiveSmallIntegerField()
    each_minor = models.BigIntegerField(null=True, blank=True)
    day_count = models.BigIntegerField(null=True, blank=True)
    day_minor = models.BigIntegerField(null=True, blank=True)
    month_count = models.BigIntegerField(null=True, blank=True)
    month_minor = models.BigIntegerField(null=True, blank=True)

    class Meta(Rule.Meta):
        indexes = [models.Index("status", "effective_from", name="limitrule_by_effect")]
        constraints = [
            *Rule.Meta.constraints,
            models.CheckConstraint(
                name="limit_is_about_a_tier_that_there_is",
                condition=models.Q(tier__lte=3),
            ),
            models.CheckConstraint(
                name="limits_are_not_negative",
                condition=~(
                    models.Q(each_minor__lt=0)
                    | models.Q(day_count__lt=0)
                    | models.Q(day_minor__lt=0)
                    | models.Q(month_count__lt=0)
                    | models.Q(month_minor__lt=0)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"limit of {self.operation} in {self.currency} for tier {self.tier}"

from __future__ import annotations

from django.conf import settings
from django.db import models

from payments.breaks import Cause, State


class ReconciliationRun(models.Model):
    """One comparison of a provider's books of a day (UTC) with ours. Never changes.

    `matched` and `broken` count the lines that it judged, those of earlier days that were open
    included.
    """

    provider = models.CharField(max_length=20)
    day = models.DateField()
    ran_at = models.DateTimeField()
    matched = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index("provider", "day", name="reconciliation_of_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class ReconciliationLine(models.Model):
    """What a provider and we have under one reference, as the last run that saw it found it.

    `key` is our reference, or the provider's where we have none. Amounts are minor units as
    they changed what the provider holds for us: `theirs_minor` by its books, `ours_minor` by
    our entries, `adjusted_minor` by the corrections that two people agreed on, which is their
    sum, as the database makes sure. A break is a line of which these do not agree.
    """

    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=120)
    day = models.DateField()
    theirs_minor = models.BigIntegerField()
    ours_minor = models.BigIntegerField()
    adjusted_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=13, choices=[(s.value, s.name) for s in State])
    cause = models.CharField(max_length=20, choices=[(c.value, c.name) for c in Cause], blank=True)
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        permissions = [
            ("resolve_reconciliationline", "Can propose how a break is resolved, and decide it"),
        ]
        constraints = [
            models.UniqueConstraint(
                "provider", "currency", "key", name="reference_is_reconciled_in_one_line"
            ),
            models.CheckConstraint(
                name="matched_line_has_no_difference",
                condition=models.Q(
                    state="matched",
                    theirs_minor=models.F("ours_minor") + models.F("adjusted_minor"),
                )
                | models.Q(
                    ~models.Q(theirs_minor=models.F("ours_minor") + models.F("adjusted_minor")),
                    ~models.Q(state="matched"),
                ),
            ),
        ]
        indexes = [
            models.Index(
                "provider",
                "day",
                name="reconciliation_breaks",
                condition=~models.Q(state="matched"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"

    @property
    def difference_minor(self) -> int:
        """What our books are short of, by the provider's."""
        return self.theirs_minor - self.ours_minor - self.adjusted_minor


class ReconciliationProposal(models.Model):
    """How one person proposed to resolve a break, for another to decide.

    Approved, one entry under `reference` moves the difference between our account with the
    provider and the account that `against` names. Only the last three columns change, once.
    """

    class Against(models.TextChoices):
        ADJUSTMENTS = "adjustments"
        BANK = "bank"
        COSTS = "costs"

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        TURNED_DOWN = "turned_down"

    line = models.ForeignKey(ReconciliationLine, on_delete=models.PROTECT, related_name="proposals")
    reference = models.CharField(max_length=24, unique=True)
    amount_minor = models.BigIntegerField()
    against = models.CharField(max_length=11, choices=Against)
    note = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    status = models.CharField(max_length=11, choices=Status, default=Status.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "line", name="break_has_one_open_proposal", condition=models.Q(status="proposed")
            ),
            models.CheckConstraint(
                name="adjustment_moves_something", condition=~models.Q(amount_minor=0)
            ),
            models.CheckConstraint(
                name="break_is_resolved_by_another_than_proposed_it",
                condition=~models.Q(status="approved")
                | models.Q(~models.Q(decided_by=models.F("proposed_by")), decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="break_proposal_is_decided_at_an_instant_by_somebody",
                condition=models.Q(status="proposed", decided_at=None, decided_by=None)
                | models.Q(
                    status__in=["approved", "turned_down"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

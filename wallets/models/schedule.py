from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from wallets.models.wallet import Wallet


class ScheduleStatus(models.TextChoices):
    """Active and paused change into one another; ended and cancelled are for good."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    CANCELLED = "cancelled"


class ScheduledTransfer(models.Model):
    """A transfer to be made once, or again and again by a rule of RFC 5545.

    `starts_at` is the first moment, and in `time_zone` the wall clock that the rule counts by.
    `occurs_at` is the occurrence that comes next, or is being tried again, and `next_try_at` when
    something is to be done about it; both None when nothing is. `most_runs` bounds occurrences,
    `attempts` how often one is tried, `gap_seconds` apart.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=255, blank=True)
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60, default="UTC")
    rule = models.CharField(max_length=200, blank=True)
    ends_at = models.DateTimeField(null=True)
    most_runs = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=3)
    gap_seconds = models.PositiveIntegerField(default=3_600)
    status = models.CharField(max_length=9, choices=ScheduleStatus, default=ScheduleStatus.ACTIVE)
    occurs_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index("owner", "created_at", "id", name="schedule_of_owner"),
            models.Index(
                "next_try_at",
                "id",
                name="schedule_that_is_due",
                condition=models.Q(status="active"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="scheduled_amount_is_above_zero", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="schedule_has_two_wallets",
                condition=~models.Q(source=models.F("destination")),
            ),
            models.CheckConstraint(
                name="schedule_that_runs_has_a_next_run",
                condition=~models.Q(status="active")
                | models.Q(occurs_at__isnull=False, next_try_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RunStatus(models.TextChoices):
    """Waiting for the next attempt, and then one of the others for good."""

    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"


class ScheduledRun(models.Model):
    """One occurrence of a schedule that came due, and what became of it.

    `reference` is that of the transfer, if it was made; it follows from schedule and occurrence.
    `skipped` counts the occurrences before it that passed while nothing ran.
    """

    schedule = models.ForeignKey(
        ScheduledTransfer, on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    occurs_at = models.DateTimeField()
    reference = models.CharField(max_length=40)
    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(max_length=40, blank=True)
    skipped = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "occurs_at"], name="one_run_for_each_occurrence"
            ),
            models.UniqueConstraint(fields=["reference"], name="one_run_for_each_transfer"),
        ]

    def __str__(self) -> str:
        return self.reference

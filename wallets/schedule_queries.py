"""Reads of scheduled transfers and of their runs. Who asks is always an argument."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from wallets.errors import ScheduleNotFound
from wallets.models import ScheduledRun, ScheduledTransfer, ScheduleStatus
from wallets.recurrence import Recurrence

OPEN = (ScheduleStatus.ACTIVE, ScheduleStatus.PAUSED)


def schedules_of(owner_id: UUID) -> QuerySet[ScheduledTransfer]:
    """Return what a person has scheduled."""
    return ScheduledTransfer.objects.filter(owner_id=owner_id).select_related(
        "source", "destination"
    )


def get_schedule(*, owner_id: UUID, schedule_id: UUID) -> ScheduledTransfer:
    """Return a scheduled transfer of this person's; raises `ScheduleNotFound`."""
    found = schedules_of(owner_id).filter(pk=schedule_id).first()
    if found is None:
        raise ScheduleNotFound
    return found


def runs_of(schedule: ScheduledTransfer) -> QuerySet[ScheduledRun]:
    """Return what became of the occurrences that came due."""
    return ScheduledRun.objects.filter(schedule=schedule)


def open_schedules(owner_id: UUID) -> int:
    """Return how many of a person's scheduled transfers are not over."""
    return ScheduledTransfer.objects.filter(owner_id=owner_id, status__in=OPEN).count()


def due_schedules(*, now: datetime, limit: int) -> list[UUID]:
    """Return the ids of schedules that something is to be done about, the longest due first."""
    due = ScheduledTransfer.objects.filter(status=ScheduleStatus.ACTIVE, next_try_at__lte=now)
    return list(due.order_by("next_try_at", "id").values_list("id", flat=True)[:limit])


def recurrence_of(schedule: ScheduledTransfer) -> Recurrence:
    """Return when a scheduled transfer comes due."""
    return Recurrence(
        starts_at=schedule.starts_at,
        time_zone=schedule.time_zone,
        rule=schedule.rule,
        ends_at=schedule.ends_at,
        most_runs=schedule.most_runs,
    )


def next_runs(schedule: ScheduledTransfer, *, number: int) -> list[datetime]:
    """Return when it will run next, as far as that is known; nothing while it does not run."""
    if schedule.status != ScheduleStatus.ACTIVE or schedule.occurs_at is None:
        return []
    later = recurrence_of(schedule).upcoming(number - 1, after=schedule.occurs_at)
    return [schedule.occurs_at, *later]

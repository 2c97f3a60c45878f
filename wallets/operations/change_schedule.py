"""Change, pause, resume and cancel a scheduled transfer. All must run in a transaction."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.operations import append_event
from ledger.money import Money
from wallets import locks, schedule_queries
from wallets.errors import CurrencyMismatch, RuleNotValid, ScheduleNotOpen
from wallets.models import RunStatus, ScheduledRun, ScheduledTransfer, ScheduleStatus
from wallets.operations.schedule_transfer import Retry
from wallets.recurrence import Recurrence
from wallets.schedule_queries import OPEN

_TIMING = ("starts_at", "time_zone", "rule", "ends_at", "most_runs")


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What is to be different from the next run on; None leaves it as it is."""

    amount: Money | None = None
    description: str | None = None
    recurrence: Recurrence | None = None
    retry: Retry | None = None


def change_schedule(
    *, owner_id: UUID, schedule_id: UUID, change: ScheduleChange, now: datetime
) -> ScheduledTransfer:
    """Change what is sent or when; a run that waits for another try is given up with its time.

    Raises `ScheduleNotFound`, `ScheduleNotOpen`, `CurrencyMismatch` and `RuleNotValid`.
    """
    schedule = _open(owner_id, schedule_id, OPEN)
    changed: list[str] = []
    if change.amount is not None:
        if change.amount.currency.code != schedule.source.currency:
            raise CurrencyMismatch
        schedule.amount_minor = change.amount.amount_minor
        changed.append("amount_minor")
    if change.description is not None:
        schedule.description = change.description
        changed.append("description")
    if change.retry is not None:
        schedule.attempts = change.retry.attempts
        schedule.gap_seconds = change.retry.gap_seconds
        changed += ["attempts", "gap_seconds"]
    if change.recurrence is not None:
        changed += _retime(schedule, change.recurrence, now)

    schedule.save(update_fields=changed)
    append_event(
        type="scheduled_transfer.changed",
        subject=str(schedule_id),
        owner_id=owner_id,
        data={"changed": sorted(changed)},
    )
    return schedule


def pause_schedule(*, owner_id: UUID, schedule_id: UUID) -> ScheduledTransfer:
    """Let nothing run until it is resumed; what comes due meanwhile is left out.

    Raises `ScheduleNotFound` and `ScheduleNotOpen`.
    """
    schedule = _open(owner_id, schedule_id, (ScheduleStatus.ACTIVE,))
    _give_up_waiting(schedule, "paused")
    return _move(schedule, ScheduleStatus.PAUSED, "paused")


def resume_schedule(*, owner_id: UUID, schedule_id: UUID, now: datetime) -> ScheduledTransfer:
    """Let it run again from its next occurrence on; it has ended when there is none.

    Raises `ScheduleNotFound` and `ScheduleNotOpen`.
    """
    schedule = _open(owner_id, schedule_id, (ScheduleStatus.PAUSED,))
    set_next(schedule, schedule_queries.recurrence_of(schedule).following(now))
    if schedule.occurs_at is None:
        return _move(schedule, ScheduleStatus.ENDED, "ended")
    return _move(schedule, ScheduleStatus.ACTIVE, "resumed")


def cancel_schedule(*, owner_id: UUID, schedule_id: UUID) -> ScheduledTransfer:
    """End it for good; what ran stays. Raises `ScheduleNotFound` and `ScheduleNotOpen`."""
    schedule = _open(owner_id, schedule_id, OPEN)
    _give_up_waiting(schedule, "cancelled")
    set_next(schedule, None)
    return _move(schedule, ScheduleStatus.CANCELLED, "cancelled")


def set_next(schedule: ScheduledTransfer, occurrence: datetime | None) -> None:
    """Say which occurrence comes next, or that none does; the caller saves."""
    schedule.occurs_at = schedule.next_try_at = occurrence


def _open(owner_id: UUID, schedule_id: UUID, states: Container[str]) -> ScheduledTransfer:
    schedule = locks.lock_schedule(owner_id=owner_id, schedule_id=schedule_id)
    if schedule.status not in states:
        raise ScheduleNotOpen
    return schedule


def _retime(schedule: ScheduledTransfer, when: Recurrence, now: datetime) -> list[str]:
    when.check(now=now)
    following = when.following(now)
    if following is None:
        raise RuleNotValid("It would not come due any more.")
    for name in _TIMING:
        setattr(schedule, name, getattr(when, name))
    _give_up_waiting(schedule, "changed")
    set_next(schedule, following)
    return [*_TIMING, "occurs_at", "next_try_at"]


def _give_up_waiting(schedule: ScheduledTransfer, reason: str) -> None:
    waiting = ScheduledRun.objects.filter(schedule=schedule, status=RunStatus.WAITING)
    waiting.update(status=RunStatus.FAILED, refusal=reason)


def _move(schedule: ScheduledTransfer, status: ScheduleStatus, verb: str) -> ScheduledTransfer:
    schedule.status = status
    schedule.save(update_fields=["status", "occurs_at", "next_try_at"])
    append_event(
        type=f"scheduled_transfer.{verb}",
        subject=str(schedule.pk),
        owner_id=schedule.owner_id,
        data={},
    )
    return schedule

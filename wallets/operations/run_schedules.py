from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import OperationalError, transaction

from events import causes
from events.operations import append_event
from ledger import references
from ledger.errors import LedgerRefusal
from ledger.money import Money, currency
from wallets import locks, schedule_queries
from wallets.errors import OwnerNotActive, ReceiverCannotTake, WalletRefusal
from wallets.facts import WalletFacts
from wallets.models import RunStatus, ScheduledRun, ScheduledTransfer, ScheduleStatus, Wallet
from wallets.operations.change_schedule import set_next
from wallets.operations.send_in_transit import TransitOrder, send_in_transit
from wallets.operations.transfer import TransferOrder, transfer

logger = logging.getLogger(__name__)


def run_schedules(*, now: datetime, limit: int = 500) -> int:
    """Make every transfer that is due, each in a transaction of its own; return how many were due.

    An occurrence runs once, however many sweeps there are: its schedule's row is locked, its run
    is a row of which there is one, and its reference follows from both. After a time when nothing
    ran, the latest occurrence that was missed runs, late; the ones before it are left out.
    """
    due = schedule_queries.due_schedules(now=now, limit=limit)
    for schedule_id in due:
        try:
            with transaction.atomic():
                _run(schedule_id, now)
        except OperationalError:
            # Somebody held a row for long. It is still due, and others are not to wait for it.
            logger.warning("A scheduled transfer is put off.", exc_info=True)
    return len(due)


def reference_of(schedule_id: UUID, occurs_at: datetime) -> str:
    """Return the reference of the transfer of an occurrence: always the same one."""
    digest = sha256(f"{schedule_id} {occurs_at.isoformat()}".encode()).digest()
    # Many are due at the same full hour: the millisecond tells them apart as well.
    at = occurs_at + timedelta(milliseconds=int.from_bytes(digest[:2]) % 1_000)
    return references.spell("TRF", at=at, entropy=int.from_bytes(digest[2:10]))


def _run(schedule_id: UUID, now: datetime) -> None:
    schedule = locks.claim_schedule(schedule_id=schedule_id, now=now)
    if schedule is None or schedule.occurs_at is None:
        return
    run = _due_run(schedule, schedule.occurs_at, now)

    if _still_waits(schedule, run, now):
        schedule.occurs_at = run.occurs_at
        schedule.next_try_at = now + timedelta(seconds=schedule.gap_seconds)
    else:
        following = schedule_queries.recurrence_of(schedule).following(run.occurs_at)
        set_next(schedule, following)
        if following is None:
            schedule.status = ScheduleStatus.ENDED
            _tell(schedule, "ended", {})
    schedule.save(update_fields=["status", "occurs_at", "next_try_at"])


def _due_run(schedule: ScheduledTransfer, first: datetime, now: datetime) -> ScheduledRun:
    """Return the run of the latest occurrence that is due, which ends one that still waits."""
    latest, passed = first, 0
    for occurrence in schedule_queries.recurrence_of(schedule).occurrences(after=first):
        if occurrence > now:
            break
        latest, passed = occurrence, passed + 1
    waiting = ScheduledRun.objects.filter(schedule=schedule, status=RunStatus.WAITING)
    for overtaken in waiting.exclude(occurs_at=latest):
        passed -= 1
        _fail(schedule, overtaken, overtaken.refusal)
    run, _ = ScheduledRun.objects.get_or_create(
        schedule=schedule,
        occurs_at=latest,
        defaults={
            "reference": reference_of(schedule.pk, latest),
            "skipped": max(passed, 0),
            "tried_at": now,
        },
    )
    return run


def _still_waits(schedule: ScheduledTransfer, run: ScheduledRun, now: datetime) -> bool:
    """Try a run that is not over; return whether it is to be tried again."""
    if run.status != RunStatus.WAITING:
        return False
    run.attempts += 1
    run.tried_at = now
    try:
        _send(schedule, run, now)
    except (WalletRefusal, LedgerRefusal) as refusal:
        run.refusal = refusal.code
        if run.attempts >= schedule.attempts:
            _fail(schedule, run, refusal.code)
            return False
        _tell(schedule, "put_off", {"reason": refusal.code, "attempt": run.attempts})
    else:
        run.status, run.refusal = RunStatus.COMPLETED, ""
        _tell(schedule, "ran", {"reference": run.reference, "skipped": run.skipped})
    run.save(update_fields=["status", "attempts", "refusal", "tried_at"])
    return run.status == RunStatus.WAITING


def _send(schedule: ScheduledTransfer, run: ScheduledRun, now: datetime) -> None:
    """Make the transfer; what it had done before it was refused is undone."""
    if not schedule.owner.is_active:
        raise OwnerNotActive
    order = TransferOrder(
        reference=run.reference,
        source=_facts(schedule.source),
        destination=_facts(schedule.destination),
        amount=Money(schedule.amount_minor, currency(schedule.source.currency)),
        at=now,
        description=schedule.description,
        metadata={"scheduled_transfer": str(schedule.pk)},
    )
    with causes.bind(replace(causes.current(), actor_id=schedule.owner_id)):
        try:
            with transaction.atomic():
                transfer(order=order)
        except ReceiverCannotTake:
            with transaction.atomic():
                send_in_transit(TransitOrder.of(order))


def _fail(schedule: ScheduledTransfer, run: ScheduledRun, reason: str) -> None:
    run.status, run.refusal = RunStatus.FAILED, reason
    run.save(update_fields=["status", "attempts", "refusal", "tried_at"])
    _tell(schedule, "failed", {"reason": reason, "occurs_at": run.occurs_at.isoformat()})


def _tell(schedule: ScheduledTransfer, verb: str, data: dict[str, object]) -> None:
    append_event(
        type=f"scheduled_transfer.{verb}",
        subject=str(schedule.pk),
        owner_id=schedule.owner_id,
        data=data,
    )


def _facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)

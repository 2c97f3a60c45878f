from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.operations import append_event
from ledger.money import Money
from wallets import schedule_queries
from wallets.errors import CurrencyMismatch, SameWallet, TooManySchedules
from wallets.facts import WalletFacts
from wallets.models import ScheduledTransfer
from wallets.recurrence import Recurrence

MOST_OPEN = 100
USUAL_ATTEMPTS, USUAL_GAP = 3, 3_600


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a run is tried, and how many seconds apart."""

    attempts: int = USUAL_ATTEMPTS
    gap_seconds: int = USUAL_GAP


@dataclass(frozen=True, slots=True)
class ScheduleOrder:
    """What is to be sent, from where to where, when, and how stubbornly."""

    source: WalletFacts
    destination: WalletFacts
    amount: Money
    recurrence: Recurrence
    description: str = ""
    retry: Retry = Retry()


def schedule_transfer(
    *, order: ScheduleOrder, schedule_id: UUID, now: datetime
) -> ScheduledTransfer:
    """Arrange for a transfer to be made once or again and again.

    Must run in a transaction. Raises `SameWallet`, `CurrencyMismatch`, `RuleNotValid` and
    `TooManySchedules`. Whether there is money is asked when it is due.
    """
    source, destination, when = order.source, order.destination, order.recurrence
    if source.account_id == destination.account_id:
        raise SameWallet
    if not source.currency == destination.currency == order.amount.currency.code:
        raise CurrencyMismatch
    first = when.check(now=now)
    if schedule_queries.open_schedules(source.owner_id) >= MOST_OPEN:
        raise TooManySchedules

    schedule = ScheduledTransfer.objects.create(
        id=schedule_id,
        owner_id=source.owner_id,
        source_id=source.account_id,
        destination_id=destination.account_id,
        amount_minor=order.amount.amount_minor,
        description=order.description,
        starts_at=when.starts_at,
        time_zone=when.time_zone,
        rule=when.rule,
        ends_at=when.ends_at,
        most_runs=when.most_runs,
        attempts=order.retry.attempts,
        gap_seconds=order.retry.gap_seconds,
        occurs_at=first,
        next_try_at=first,
    )
    append_event(
        type="scheduled_transfer.created",
        subject=str(schedule_id),
        owner_id=source.owner_id,
        data={"first": first.isoformat()},
    )
    return schedule

"""A scheduled transfer from Alice to Bob, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.tests.factories import person
from events.models import Event
from ledger.money import Money
from wallets.facts import WalletFacts
from wallets.models import ScheduledRun, ScheduledTransfer, Wallet
from wallets.operations import (
    Retry,
    ScheduleOrder,
    schedule_transfer,
)
from wallets.recurrence import Recurrence
from wallets.tests.factories import wallet_of

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
BEFORE = START - timedelta(hours=1)
ID = UUID("00000000-0000-4000-8000-00000000000b")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


class Standing:
    """Alice, who has 100.00, sends Bob 10.00 every day at nine."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source, self.target = wallet_of(self.alice, holding="100.00"), wallet_of(self.bob)

    def schedule(self, amount: str = "10.00", rule: str = "FREQ=DAILY", **more: Any) -> None:
        retry = more.pop("retry", Retry())
        schedule_transfer(
            order=ScheduleOrder(
                source=facts(self.source),
                destination=facts(self.target),
                amount=Money.of(amount, "NGN"),
                recurrence=Recurrence(START, "UTC", rule, **more),
                description="Allowance",
                retry=retry,
            ),
            schedule_id=ID,
            now=BEFORE,
        )

    def now(self) -> ScheduledTransfer:
        return ScheduledTransfer.objects.get(pk=ID)

    def runs(self) -> list[tuple[Any, ...]]:
        rows = ScheduledRun.objects.order_by("occurs_at")
        return [(r.occurs_at, r.status, r.attempts, r.refusal, r.skipped) for r in rows]

    def told(self) -> list[str]:
        events = Event.objects.filter(subject=str(ID)).order_by("id")
        return [event.type.removeprefix("scheduled_transfer.") for event in events]

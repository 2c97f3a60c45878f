"""Scheduled transfers that are paused, resumed, cancelled and changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.money import Money
from wallets import schedule_queries
from wallets.operations import (
    ScheduleChange,
    cancel_schedule,
    change_schedule,
    pause_schedule,
    resume_schedule,
    run_schedules,
)
from wallets.recurrence import Recurrence
from wallets.tests.factories import holds
from wallets.tests.schedules import DAY, HOUR, ID, START, Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing() -> Standing:
    return Standing()


class TestChanging:
    def test_paused_does_not_run_and_resumed_leaves_out_what_passed(
        self, standing: Standing
    ) -> None:
        standing.schedule()
        pause_schedule(owner_id=standing.alice.id, schedule_id=ID)

        assert run_schedules(now=START + DAY) == 0
        resume_schedule(owner_id=standing.alice.id, schedule_id=ID, now=START + DAY + HOUR)
        assert run_schedules(now=START + DAY + HOUR) == 0
        assert run_schedules(now=START + 2 * DAY) == 1

        assert standing.runs() == [(START + 2 * DAY, "completed", 1, "", 0)]
        assert standing.told() == ["created", "paused", "resumed", "ran"]

    def test_resumed_after_its_end_it_is_over(self, standing: Standing) -> None:
        standing.schedule(rule="")
        pause_schedule(owner_id=standing.alice.id, schedule_id=ID)

        resume_schedule(owner_id=standing.alice.id, schedule_id=ID, now=START + DAY)

        assert standing.now().status == "ended"

    def test_pausing_gives_up_what_waits(self, standing: Standing) -> None:
        standing.schedule("150.00")
        run_schedules(now=START)

        pause_schedule(owner_id=standing.alice.id, schedule_id=ID)

        assert standing.runs() == [(START, "failed", 1, "paused", 0)]

    def test_cancelled_is_for_good(self, standing: Standing) -> None:
        standing.schedule()
        cancel_schedule(owner_id=standing.alice.id, schedule_id=ID)

        assert run_schedules(now=START + 9 * DAY) == 0
        assert (standing.now().status, standing.now().occurs_at) == ("cancelled", None)

    def test_a_changed_time_counts_from_now(self, standing: Standing) -> None:
        standing.schedule()
        run_schedules(now=START)

        change_schedule(
            owner_id=standing.alice.id,
            schedule_id=ID,
            change=ScheduleChange(
                amount=Money.of("7.00", "NGN"),
                recurrence=Recurrence(START + HOUR, "UTC", "FREQ=DAILY"),
            ),
            now=START + timedelta(minutes=1),
        )
        run_schedules(now=START + HOUR)

        assert holds(standing.target) == "17.00"
        assert standing.now().occurs_at == START + HOUR + DAY

    def test_next_runs_are_known(self, standing: Standing) -> None:
        standing.schedule(most_runs=3)

        assert schedule_queries.next_runs(standing.now(), number=5) == [
            START,
            START + DAY,
            START + 2 * DAY,
        ]

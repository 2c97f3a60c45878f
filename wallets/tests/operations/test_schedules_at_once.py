"""Many sweeps at once run each occurrence once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.test_concurrency import at_once
from ledger.money import Money
from wallets.models import ScheduledRun, Transfer
from wallets.operations import ScheduleOrder, run_schedules, schedule_transfer
from wallets.recurrence import Recurrence
from wallets.tests.factories import holds
from wallets.tests.schedules import Standing, facts

pytestmark = pytest.mark.usefixtures("committed_db")


def test_ten_sweeps_at_once_run_each_of_five_schedules_once() -> None:
    standing = Standing()
    start = timezone.now().replace(microsecond=0)
    ids = [uuid4() for _ in range(5)]
    for number, schedule_id in enumerate(ids):
        with transaction.atomic():
            schedule_transfer(
                order=ScheduleOrder(
                    source=facts(standing.source),
                    destination=facts(standing.target),
                    amount=Money.of(f"{number + 1}.00", "NGN"),
                    recurrence=Recurrence(start, rule="FREQ=HOURLY"),
                ),
                schedule_id=schedule_id,
                now=start,
            )

    at_once(10, lambda _: run_schedules(now=start + timedelta(minutes=1)))

    assert holds(standing.target) == "15.00"
    assert Transfer.objects.filter(source=standing.source).count() == 5
    runs = ScheduledRun.objects.filter(schedule_id__in=ids)
    assert [run.status for run in runs] == ["completed"] * 5

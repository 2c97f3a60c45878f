"""Scheduled transfers run once for each occurrence, rather late than never, and say how it went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from events.models import Event
from ledger.models import JournalEntry
from ledger.money import Money
from ledger.operations import block_account
from wallets.models import ScheduledTransfer, Transfer
from wallets.operations import (
    Retry,
    ScheduleOrder,
    run_schedules,
    schedule_transfer,
)
from wallets.operations.run_schedules import reference_of
from wallets.recurrence import Recurrence
from wallets.tests.factories import fund, holds
from wallets.tests.schedules import BEFORE, DAY, HOUR, ID, START, Standing, facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing() -> Standing:
    return Standing()


def test_nothing_runs_before_its_time(standing: Standing) -> None:
    standing.schedule()

    assert run_schedules(now=START - timedelta(seconds=1)) == 0
    assert holds(standing.target) == "0.00"


def test_a_run_is_a_transfer_with_a_reference_of_its_own(standing: Standing) -> None:
    standing.schedule()

    assert run_schedules(now=START) == 1

    transfer = Transfer.objects.select_related("entry").get(source=standing.source)
    assert transfer.entry.reference == reference_of(ID, START)
    assert transfer.entry.actor_id == standing.alice.id
    assert (transfer.amount_minor, transfer.description) == (1000, "Allowance")
    assert transfer.metadata == {"scheduled_transfer": str(ID)}
    assert standing.runs() == [(START, "completed", 1, "", 0)]
    assert standing.now().occurs_at == START + DAY
    assert standing.told() == ["created", "ran"]


def test_every_sweep_finds_what_is_due_once(standing: Standing) -> None:
    standing.schedule()

    for minute in range(5):
        run_schedules(now=START + timedelta(minutes=minute))

    assert holds(standing.target) == "10.00"


def test_an_occurrence_whose_row_was_put_back_does_not_run_again(standing: Standing) -> None:
    """As after a restored schedule: the run of the occurrence is there, and counts."""
    standing.schedule()
    run_schedules(now=START)
    ScheduledTransfer.objects.update(occurs_at=START, next_try_at=START)

    run_schedules(now=START + HOUR)

    assert holds(standing.target) == "10.00"
    assert standing.now().occurs_at == START + DAY


def test_references_follow_from_schedule_and_occurrence() -> None:
    other = UUID("00000000-0000-4000-8000-00000000000c")

    references = {reference_of(id_, START + n * HOUR) for id_ in (ID, other) for n in range(50)}

    assert len(references) == 100
    assert reference_of(ID, START) == reference_of(ID, START)
    assert reference_of(ID, START).startswith("TRF_")


def test_a_missed_beat_runs_late_and_once(standing: Standing) -> None:
    standing.schedule()

    run_schedules(now=START + 3 * DAY + HOUR)

    assert standing.runs() == [(START + 3 * DAY, "completed", 1, "", 3)]
    assert holds(standing.target) == "10.00"
    assert standing.now().occurs_at == START + 4 * DAY
    assert Event.objects.get(type="scheduled_transfer.ran").data["skipped"] == 3


def test_what_runs_once_is_over_then(standing: Standing) -> None:
    standing.schedule(rule="")

    run_schedules(now=START + 30 * DAY)

    assert (standing.now().status, standing.now().next_try_at) == ("ended", None)
    assert holds(standing.target) == "10.00"
    assert standing.told() == ["created", "ran", "ended"]


@pytest.mark.parametrize("ends", [{"most_runs": 2}, {"ends_at": START + DAY}], ids=str)
def test_a_rule_ends(standing: Standing, ends: dict[str, Any]) -> None:
    standing.schedule(**ends)

    for day in range(5):
        run_schedules(now=START + day * DAY)

    assert holds(standing.target) == "20.00"
    assert standing.now().status == "ended"


def test_a_refused_run_is_tried_again_and_then_made(standing: Standing) -> None:
    standing.schedule("150.00")

    run_schedules(now=START)
    assert standing.runs() == [(START, "waiting", 1, "insufficient_funds", 0)]
    assert standing.now().next_try_at == START + HOUR
    assert run_schedules(now=START + HOUR / 2) == 0
    fund(standing.source, Money.of("50.00", "NGN"))
    run_schedules(now=START + HOUR)

    assert standing.runs() == [(START, "completed", 2, "", 0)]
    assert (holds(standing.source), holds(standing.target)) == ("0.00", "150.00")
    assert standing.told() == ["created", "put_off", "ran"]


def test_a_run_fails_after_its_attempts_and_says_why(standing: Standing) -> None:
    standing.schedule("150.00", retry=Retry(attempts=2, gap_seconds=60))

    run_schedules(now=START)
    run_schedules(now=START + timedelta(seconds=60))

    assert standing.runs() == [(START, "failed", 2, "insufficient_funds", 0)]
    assert standing.now().occurs_at == START + DAY
    failed = Event.objects.get(type="scheduled_transfer.failed")
    assert failed.owner_id == standing.alice.id
    assert failed.data == {"reason": "insufficient_funds", "occurs_at": START.isoformat()}
    assert holds(standing.source) == "100.00"
    assert not JournalEntry.objects.filter(kind="transfer").exists()


def test_the_next_occurrence_ends_one_that_still_waits(standing: Standing) -> None:
    standing.schedule("150.00", retry=Retry(attempts=10, gap_seconds=23 * 3600))

    run_schedules(now=START)
    run_schedules(now=START + DAY)

    assert standing.runs() == [
        (START, "failed", 1, "insufficient_funds", 0),
        (START + DAY, "waiting", 1, "insufficient_funds", 0),
    ]


def test_a_blocked_source_is_a_refusal(standing: Standing) -> None:
    standing.schedule()
    block_account(account_id=standing.source.account_id, debits=True, credits_=True)

    run_schedules(now=START)

    assert standing.runs() == [(START, "waiting", 1, "wallet_not_active", 0)]


def test_who_was_shut_out_sends_nothing(standing: Standing) -> None:
    standing.schedule()
    User.objects.filter(pk=standing.alice.pk).update(is_active=False)

    run_schedules(now=START)

    assert standing.runs() == [(START, "waiting", 1, "owner_not_active", 0)]
    assert holds(standing.source) == "100.00"


def test_one_that_is_refused_hinders_no_other(standing: Standing) -> None:
    standing.schedule("150.00")
    other = Standing()
    schedule_transfer(
        order=ScheduleOrder(
            source=facts(other.source),
            destination=facts(other.target),
            amount=Money.of("1.00", "NGN"),
            recurrence=Recurrence(START),
        ),
        schedule_id=UUID("00000000-0000-4000-8000-00000000000d"),
        now=BEFORE,
    )

    assert run_schedules(now=START) == 2

    assert holds(other.target) == "1.00"

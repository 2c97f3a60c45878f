"""Scheduled transfers through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.operations import set_pin
from accounts.tests.factories import client_of, person
from wallets.models import ScheduledTransfer
from wallets.operations import run_schedules
from wallets.operations.schedule_transfer import MOST_OPEN
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/scheduled-transfers"
NOWHERE = f"{URL}/00000000-0000-4000-8000-000000000000"


class Standing:
    """Alice has 100.00 and wants Bob to get 10.00 on each first of a month."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source, self.target = wallet_of(self.alice, holding="100.00"), wallet_of(self.bob)
        self.client = client_of(self.alice)
        self.start = timezone.now().replace(microsecond=0) + timedelta(hours=1)

    def post(self, key: str = "", **changes: Any) -> Any:
        body = {
            "source": self.source.number,
            "destination": self.target.number,
            "amount": "10.00",
            "description": "Allowance",
            "starts_at": self.start.isoformat(),
            "rrule": "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0",
            "time_zone": "Africa/Lagos",
        }
        body = {k: v for k, v in (body | changes).items() if v is not None}
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(URL, body, format="json", headers=headers)

    def made(self, **changes: Any) -> dict[str, Any]:
        response = self.post(**changes)
        assert response.status_code == 201, response.content
        answer: dict[str, Any] = response.json()
        return answer

    def patch(self, schedule: str, **changes: Any) -> Any:
        return self.client.patch(f"{URL}/{schedule}", changes, format="json")


@pytest.fixture
def standing() -> Standing:
    return Standing()


def test_it_is_made_and_shows_its_next_runs(standing: Standing) -> None:
    answer = standing.made(count=3, retry={"attempts": 2, "gap_seconds": 600})

    runs = [datetime.fromisoformat(run) for run in answer["next_runs"]]
    assert len(runs) == 3
    # Nine in Lagos is eight in Greenwich.
    assert {(run.day, run.hour, run.minute) for run in runs} == {(1, 8, 0)}
    assert answer["next_run_at"] == answer["next_try_at"] == answer["next_runs"][0]
    assert {k: answer[k] for k in ("status", "amount", "currency", "count", "ends_at")} == {
        "status": "active",
        "amount": "10.00",
        "currency": "NGN",
        "count": 3,
        "ends_at": None,
    }
    assert answer["retry"] == {"attempts": 2, "gap_seconds": 600}
    assert (answer["source"], answer["destination"]) == (
        standing.source.number,
        standing.target.number,
    )
    assert standing.client.get(f"{URL}/{answer['id']}").json() == answer
    assert standing.client.get(URL).json()["results"] == [answer]


def test_once_without_a_rule(standing: Standing) -> None:
    answer = standing.made(rrule=None)

    assert (answer["rrule"], answer["retry"]["attempts"]) == ("", 3)
    assert [datetime.fromisoformat(run) for run in answer["next_runs"]] == [standing.start]


def test_a_rule_may_carry_its_name(standing: Standing) -> None:
    assert standing.made(rrule="RRULE:FREQ=DAILY;COUNT=2")["rrule"] == "FREQ=DAILY;COUNT=2"


def test_same_key_makes_one(standing: Standing) -> None:
    first, again = (standing.post(key="k1") for _ in range(2))

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert ScheduledTransfer.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"rrule": "FREQ=MINUTELY"}, "rrule"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"count": 0}, "count"),
        ({"retry": {"attempts": 11}}, "retry.attempts"),
        ({"retry": {"gap_seconds": 1}}, "retry.gap_seconds"),
        ({"source": "1"}, "source"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_schedule_is_refused(standing: Standing, changes: dict[str, Any], field: str) -> None:
    response = standing.post(**changes)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert not ScheduledTransfer.objects.exists()


def test_wallets_are_those_of_a_transfer(standing: Standing) -> None:
    dollars = wallet_of(standing.bob, code="USD")
    for changes, status, code in (
        ({"source": standing.target.number}, 404, "not_found"),
        ({"destination": "0000000000000"}, 404, "not_found"),
        ({"destination": standing.source.number}, 422, "same_wallet"),
        ({"destination": dollars.number}, 422, "currency_mismatch"),
        ({"currency": "USD"}, 422, "currency_mismatch"),
    ):
        response = standing.post(**changes)
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert not ScheduledTransfer.objects.exists()


def test_so_many_are_too_many(standing: Standing) -> None:
    first = standing.made()
    row = ScheduledTransfer.objects.get(pk=first["id"])
    for number in range(1, MOST_OPEN):
        row.pk = f"00000000-0000-4000-8000-{number:012d}"
        row.save(force_insert=True)

    response = standing.post()

    assert (response.status_code, response.json()["code"]) == (422, "too_many_schedules")
    standing.client.delete(f"{URL}/{first['id']}")
    assert standing.post().status_code == 201


def test_it_is_changed_from_the_next_run_on(standing: Standing) -> None:
    schedule = standing.made()["id"]

    answer = standing.patch(schedule, amount="12.00", rrule="FREQ=DAILY", description="More")

    assert answer.status_code == 200, answer.content
    assert answer.json()["amount"] == "12.00"
    assert answer.json()["description"] == "More"
    assert len(answer.json()["next_runs"]) == 5
    assert standing.client.get(f"{URL}/{schedule}").json() == answer.json()


@pytest.mark.parametrize(
    "changes",
    [{}, {"amount": "0"}, {"rrule": "FREQ=SECONDLY"}, {"ends_at": "2020-01-01T00:00:00Z"}],
    ids=str,
)
def test_bad_change_is_refused_and_changes_nothing(
    standing: Standing, changes: dict[str, Any]
) -> None:
    before = standing.made()

    response = standing.patch(before["id"], **changes)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert standing.client.get(f"{URL}/{before['id']}").json() == before


def test_it_is_paused_and_resumed(standing: Standing) -> None:
    url = f"{URL}/{standing.made()['id']}"

    paused = standing.client.post(f"{url}/pause").json()
    assert (paused["status"], paused["next_run_at"], paused["next_runs"]) == ("paused", None, [])
    again = standing.client.post(f"{url}/pause")
    assert (again.status_code, again.json()["reason"]) == (409, "schedule_not_open")
    resumed = standing.client.post(f"{url}/resume").json()
    assert (resumed["status"], len(resumed["next_runs"])) == ("active", 5)
    assert standing.client.post(f"{url}/resume").status_code == 409


def test_cancelled_stays_to_be_read(standing: Standing) -> None:
    url = f"{URL}/{standing.made()['id']}"

    assert standing.client.delete(url).status_code == 204

    assert standing.client.get(url).json()["status"] == "cancelled"
    assert standing.client.delete(url).status_code == 409
    assert standing.client.post(f"{url}/resume").status_code == 409
    assert standing.client.patch(url, {"amount": "1"}, format="json").status_code == 409


def test_runs_are_told_newest_first(standing: Standing) -> None:
    schedule = standing.made(rrule="FREQ=DAILY", amount="60.00", retry={"attempts": 1})["id"]
    for day in range(2):
        run_schedules(now=standing.start + timedelta(days=day))

    failed, done = standing.client.get(f"{URL}/{schedule}/runs").json()["results"]

    assert (failed["status"], failed["reason"], failed["reference"]) == (
        "failed",
        "insufficient_funds",
        None,
    )
    assert (done["status"], done["attempts"], done["reason"]) == ("completed", 1, None)
    assert datetime.fromisoformat(done["occurs_at"]) == standing.start.astimezone(UTC)
    transfer = standing.client.get(f"/api/v1/transfers/{done['reference']}").json()
    assert (transfer["amount"], transfer["metadata"]) == (
        "60.00",
        {"scheduled_transfer": schedule},
    )


def test_it_is_nobody_elses(standing: Standing) -> None:
    url = f"{URL}/{standing.made()['id']}"
    stranger = client_of(standing.bob)

    assert stranger.get(URL).json()["results"] == []
    for answer in (
        stranger.get(url),
        stranger.get(f"{url}/runs"),
        stranger.patch(url, {"amount": "1"}, format="json"),
        stranger.post(f"{url}/pause"),
        stranger.post(f"{url}/resume"),
        stranger.delete(url),
        stranger.get(NOWHERE),
    ):
        assert answer.status_code == 404
    assert standing.client.get(url).json()["status"] == "active"


def test_a_pin_is_asked_for_before_money_is_sent_later(standing: Standing) -> None:
    set_pin(owner_id=standing.alice.id, pin="2580", at=timezone.now())
    standing.client = client_of(standing.alice)

    assert standing.post().json()["reason"] == "pin_required"
    standing.client.defaults["HTTP_X_TRANSACTION_PIN"] = "2580"
    assert standing.post().status_code == 201

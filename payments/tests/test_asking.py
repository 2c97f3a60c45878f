from __future__ import annotations

from datetime import UTC, datetime, timedelta

from payments import asking

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_fresh_deposit_is_asked_about_every_period() -> None:
    now = START + 5 * MINUTE

    assert asking.next_time(since=START, now=now, period=MINUTE) == now + MINUTE


def test_an_old_one_is_asked_about_ever_more_rarely_and_at_least_every_six_hours() -> None:
    now, pauses = START + asking.OPEN_FOR, []
    while not asking.is_over(since=START, now=now):
        following = asking.next_time(since=START, now=now, period=MINUTE)
        pauses.append(following - now)
        now = following

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=15)
    assert pauses[-1] == timedelta(hours=6)
    assert len(pauses) < 30

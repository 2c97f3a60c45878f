"""When to ask a provider again. Pure rules; every duration is in wall time."""

from __future__ import annotations

from datetime import datetime, timedelta

# A checkout is open to its payer this long, as far as we are concerned.
OPEN_FOR = timedelta(minutes=30)

# A provider may tell of a payment this late, and tells of an event again and again this long.
LATE_FOR = timedelta(hours=72)

_LONGEST_PAUSE = timedelta(hours=6)


def next_time(*, since: datetime, now: datetime, period: timedelta) -> datetime:
    """Return when to ask next about something that began at `since`.

    Every `period` while it is fresh, then at intervals that grow with its age, up to 6 hours.
    """
    age = now - since
    if age < OPEN_FOR:
        return now + period
    return now + max(period, min(age / 2, _LONGEST_PAUSE))


def is_over(*, since: datetime, now: datetime) -> bool:
    """Whether a provider has had all the time it may take."""
    return now - since >= LATE_FOR


# A payout that its provider never heard of was not paid, when that is said so late, and was said
# this long before as well: a call may arrive after the one who made it gave up.
_SURE_AFTER = timedelta(hours=24)
_SAID_BEFORE = timedelta(hours=1)


def next_step(*, since: datetime, now: datetime, period: timedelta) -> datetime:
    """The same for a payout that was sent `since`: when "not found" is first believed, we ask."""
    usual, sure = next_time(since=since, now=now, period=period), since + _SURE_AFTER
    return min(usual, sure) if now < sure else usual


def never_arrived(
    *, sent_at: datetime | None, not_found_at: datetime | None, now: datetime
) -> bool:
    """Whether a provider that says "not found" now, and since `not_found_at`, is to be believed."""
    if sent_at is None or not_found_at is None:
        return False
    return now - sent_at >= _SURE_AFTER and now - not_found_at >= _SAID_BEFORE

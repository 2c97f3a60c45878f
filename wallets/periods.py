"""The time that a statement is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from wallets.errors import BadPeriod

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 9000


@dataclass(frozen=True, slots=True)
class Period:
    """From `since`, which belongs to it, to `until`, which does not. Both are UTC."""

    since: datetime
    until: datetime


def read_period(since: str | None, until: str | None, *, now: datetime) -> Period:
    """Read a period as people write one: days of UTC, or RFC 3339 instants.

    A day named as the end belongs to the period, an instant does not. Without an end it lasts
    until `now`, and without a beginning it begins with the month that its last moment is in.
    Raises `BadPeriod`, which names the parameter.
    """
    end = now if until is None else _instant(until, "to", days_later=1)
    if since is None:
        begin = (end - timedelta(microseconds=1)).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
    else:
        begin = _instant(since, "from")
    if begin > now:
        raise BadPeriod("from", "The period has not begun yet.")
    if begin >= end:
        raise BadPeriod("to", "The period ends before it begins.")
    return Period(begin, end)


def _instant(text: str, field: str, *, days_later: int = 0) -> datetime:
    try:
        if len(text) == 10:
            midnight = datetime.combine(date.fromisoformat(text), time(), UTC)
            at: datetime | None = midnight + timedelta(days=days_later)
        else:
            # An unescaped "+" arrives as a space.
            read = datetime.fromisoformat(text.strip().replace(" ", "+"))
            at = read.astimezone(UTC) if read.utcoffset() is not None else None
    except (ValueError, OverflowError):
        at = None
    if at is None or not _EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
        raise BadPeriod(field, "A day, such as 2026-01-31, or an instant, 2026-01-31T12:00:00Z.")
    return at

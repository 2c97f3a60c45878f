"""When a scheduled transfer is due: once, or by a rule of RFC 5545. Pure.

A rule counts by the wall clock of a time zone, as the standard has it: 09:00 stays 09:00 when
clocks change. An hour that a change leaves out is taken with the offset from before it (02:30
becomes 03:30), and of an hour that comes twice the first is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr

from wallets.errors import RuleNotValid

# How far ahead an occurrence is looked for; a rule without one until then has come to its end.
HORIZON = timedelta(days=5 * 366)
LONGEST_RULE = 200
MOST_RUNS = 10_000

_LONGEST_PAST = timedelta(days=366)
_LATE = timedelta(minutes=5)
_LARGEST_INTERVAL = 1_000
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BOUNDS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL"})
_PARTS = _BOUNDS | {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSETPOS"}
_PARTS |= {"BYYEARDAY", "BYWEEKNO", "WKST"}
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
# For what never comes the library looks until the year 9999, which takes seconds. The calendar
# repeats itself every 400 years, so it is asked about a time from which that is not far.
_SHIFT = 19 * 400
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`starts_at` once, or by `rule` from then on until `ends_at` or `most_runs` occurrences."""

    starts_at: datetime
    time_zone: str = "UTC"
    rule: str = ""
    ends_at: datetime | None = None
    most_runs: int | None = None

    def check(self, *, now: datetime) -> datetime:
        """Return the first occurrence to come; raises `RuleNotValid` for what has none."""
        if self.time_zone not in _time_zones():
            raise RuleNotValid("Not a time zone of the IANA database.", field="time_zone")
        if self.starts_at > now + HORIZON:
            raise RuleNotValid("This is too far ahead.", field="starts_at")
        if self.starts_at < now - (_LONGEST_PAST if self.rule else _LATE):
            raise RuleNotValid("This is too long ago.", field="starts_at")
        if not self.rule:
            return self.starts_at
        first = self.following(now - _LATE)
        if first is None:
            raise RuleNotValid("The rule never comes due in the next five years.")
        return first

    def following(self, instant: datetime) -> datetime | None:
        """Return the first occurrence after an instant, or None when there is none any more."""
        return next(self.occurrences(after=instant), None)

    def upcoming(self, number: int, *, after: datetime) -> list[datetime]:
        """Return the next so many occurrences after an instant."""
        return list(islice(self.occurrences(after=after), number))

    def occurrences(self, *, after: datetime) -> Iterator[datetime]:
        """Yield the occurrences after an instant, in UTC; raises `RuleNotValid`."""
        last: datetime | None = None
        for number, occurrence in enumerate(self._all(until=after + HORIZON)):
            if self.most_runs is not None and number >= self.most_runs:
                return
            if self.ends_at is not None and occurrence > self.ends_at:
                return
            # Two wall clock times may be one instant when clocks go forward.
            if occurrence > after and occurrence != last:
                yield occurrence
            last = occurrence

    def _all(self, *, until: datetime) -> Iterator[datetime]:
        if not self.rule:
            return iter((self.starts_at,))
        zone = ZoneInfo(self.time_zone)
        begin = self.starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
        times = _read(self.rule, begin, until.astimezone(zone), zone)
        return (local.replace(tzinfo=zone).astimezone(UTC) for local in times)


def _read(rule: str, begin: datetime, horizon: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the wall clock times of a rule; raises `RuleNotValid`."""
    parts = _split(rule)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    end = horizon.replace(tzinfo=None)
    if until is not None:
        end = min(end, _until(until, zone))
    most = MOST_RUNS * 10 if count is None else _whole(count, "COUNT", MOST_RUNS)
    try:
        for shifted in islice(_ask(parts, begin), most):
            local = shifted.replace(year=shifted.year - _SHIFT)
            if local > end:
                return
            yield local
    except (ValueError, TypeError, OverflowError, LookupError):
        raise RuleNotValid("Not a rule of RFC 5545.") from None


def _ask(parts: dict[str, str], begin: datetime) -> Iterator[datetime]:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    read = rrulestr(text, dtstart=begin.replace(year=begin.year + _SHIFT))
    return iter(read)


def _split(rule: str) -> dict[str, str]:
    """Take a rule apart and refuse what is not followed here: a run within the hour above all."""
    if len(rule) > LONGEST_RULE:
        raise RuleNotValid("The rule is too long.")
    parts: dict[str, str] = {}
    for text in rule.split(";"):
        read = _PART.fullmatch(text)
        if read is None or read[1] not in _PARTS or read[1] in parts:
            raise RuleNotValid(f"{text[:40]!r} is not understood, or is there twice.")
        parts[read[1]] = read[2]
    _refuse_unfit(parts)
    return parts


def _refuse_unfit(parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in _FREQUENCIES:
        raise RuleNotValid(f"FREQ is one of {', '.join(_FREQUENCIES)}.")
    if parts["FREQ"] == "HOURLY" and not parts.keys() <= _BOUNDS:
        raise RuleNotValid("A rule by the hour has an INTERVAL and an end, and nothing else.")
    if "," in parts.get("BYMINUTE", ""):
        raise RuleNotValid("At most one run an hour.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleNotValid("Either COUNT or UNTIL.")
    if "INTERVAL" in parts:
        _whole(parts["INTERVAL"], "INTERVAL", _LARGEST_INTERVAL)


def _whole(text: str, name: str, largest: int) -> int:
    if not (text.isdigit() and len(text) <= 6 and 1 <= int(text) <= largest):
        raise RuleNotValid(f"{name} is a whole number from 1 to {largest}.")
    return int(text)


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Read the end of a rule as wall clock time: a day is meant whole."""
    read = _UNTIL.fullmatch(text)
    if read is None:
        raise RuleNotValid("UNTIL is 20261231, 20261231T120000 or 20261231T120000Z.")
    day, clock, is_utc = read.groups()
    try:
        at = datetime.strptime(day + (clock or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- local
    except ValueError:
        raise RuleNotValid("UNTIL is no date.") from None
    if is_utc:
        return at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    return at


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())

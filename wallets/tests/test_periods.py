"""Which time a statement is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wallets.errors import BadPeriod
from wallets.periods import Period, read_period

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)


def _at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "begin", "end"),
    [
        (None, None, _at(2026, 3, 1), NOW),
        (None, "2026-01-31", _at(2026, 1, 1), _at(2026, 2, 1)),
        (None, "2026-02-01T00:00:00Z", _at(2026, 1, 1), _at(2026, 2, 1)),
        ("2026-01-05", "2026-01-05", _at(2026, 1, 5), _at(2026, 1, 6)),
        ("2026-03-15", None, _at(2026, 3, 15), NOW),
        ("2026-03-15", "2027-01-01", _at(2026, 3, 15), _at(2027, 1, 2)),
        ("2026-01-05T01:00:00+01:00", "2026-01-05", _at(2026, 1, 5), _at(2026, 1, 6)),
        ("2026-01-05T01:00:00 01:00", "2026-01-05", _at(2026, 1, 5), _at(2026, 1, 6)),
        ("2026-01-05", "2026-01-05T01:00:00-02:00", _at(2026, 1, 5), _at(2026, 1, 5, 3)),
    ],
)
def test_period_is_read(
    since: str | None, until: str | None, begin: datetime, end: datetime
) -> None:
    assert read_period(since, until, now=NOW) == Period(begin, end)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-03-16", None, "from"),
        ("2026-01-02", "2026-01-01", "to"),
        ("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "to"),
        ("2026-01-02T00:00:00", None, "from"),
        ("2026-1-2", None, "from"),
        ("", None, "from"),
        ("0001-01-01", None, "from"),
        (None, "9999-12-31", "to"),
        (None, "9999-12-31T23:59:59-23:00", "to"),
        ("20260102", None, "from"),
    ],
)
def test_what_is_no_period_is_refused(since: str | None, until: str | None, field: str) -> None:
    with pytest.raises(BadPeriod) as refusal:
        read_period(since, until, now=NOW)

    assert refusal.value.field == field

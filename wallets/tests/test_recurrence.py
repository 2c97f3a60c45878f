"""When scheduled transfers come due, above all where clocks change."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallets.errors import RuleNotValid
from wallets.recurrence import Recurrence

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def upcoming(
    starts: str, rule: str = "", zone: str = "UTC", n: int = 4, **ends: object
) -> list[str]:
    when = Recurrence(at(starts), zone, rule, **ends)  # type: ignore[arg-type]
    found = when.upcoming(n, after=at(starts) - timedelta(seconds=1))
    return [f"{each:%Y-%m-%d %H:%M}" for each in found]


def test_once() -> None:
    assert upcoming("2026-12-01T09:00:00Z") == ["2026-12-01 09:00"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY", ["2026-12-01 09:00", "2027-01-01 09:00", "2027-02-01 09:00"]),
        ("FREQ=WEEKLY;BYDAY=TU,FR", ["2026-12-01 09:00", "2026-12-04 09:00", "2026-12-08 09:00"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            ["2026-12-31 09:00", "2027-01-31 09:00", "2027-02-28 09:00"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            ["2026-12-31 09:00", "2027-01-29 09:00", "2027-02-26 09:00"],
        ),
        ("FREQ=DAILY;COUNT=2", ["2026-12-01 09:00", "2026-12-02 09:00"]),
        ("FREQ=DAILY;UNTIL=20261202", ["2026-12-01 09:00", "2026-12-02 09:00"]),
        ("FREQ=DAILY;UNTIL=20261202T085959Z", ["2026-12-01 09:00"]),
        ("FREQ=HOURLY;INTERVAL=12", ["2026-12-01 09:00", "2026-12-01 21:00", "2026-12-02 09:00"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29 09:00"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rules(rule: str, expected: list[str]) -> None:
    assert upcoming("2026-12-01T09:00:00Z", rule, n=3) == expected


def test_end_date_and_number_of_runs_bound_a_rule() -> None:
    start = "2026-12-01T09:00:00Z"

    assert upcoming(start, "FREQ=DAILY", most_runs=2) == ["2026-12-01 09:00", "2026-12-02 09:00"]
    assert upcoming(start, "FREQ=DAILY", ends_at=at("2026-12-02T09:00:00Z")) == [
        "2026-12-01 09:00",
        "2026-12-02 09:00",
    ]


class TestClocks:
    """Berlin: forward at 02:00 on 28 March 2027, back at 03:00 on 31 October 2027."""

    def test_nine_stays_nine(self) -> None:
        found = upcoming("2027-03-27T09:00:00+01:00", "FREQ=DAILY", "Europe/Berlin", n=3)

        assert found == ["2027-03-27 08:00", "2027-03-28 07:00", "2027-03-29 07:00"]

    def test_an_hour_that_is_left_out_is_an_hour_later(self) -> None:
        found = upcoming("2027-03-27T02:30:00+01:00", "FREQ=DAILY", "Europe/Berlin", n=3)

        # 02:30, 03:30 in summer time, 02:30 in summer time.
        assert found == ["2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30"]

    def test_of_an_hour_that_comes_twice_the_first_is_meant(self) -> None:
        found = upcoming("2027-10-30T02:30:00+02:00", "FREQ=DAILY", "Europe/Berlin", n=3)

        assert found == ["2027-10-30 00:30", "2027-10-31 00:30", "2027-11-01 01:30"]

    def test_no_instant_comes_twice_when_clocks_go_forward(self) -> None:
        found = upcoming("2027-03-28T00:30:00+01:00", "FREQ=HOURLY", "Europe/Berlin", n=5)

        assert found == [
            "2027-03-27 23:30", "2027-03-28 00:30", "2027-03-28 01:30", "2027-03-28 02:30",
            "2027-03-28 03:30",
        ]  # fmt: skip

    def test_a_day_on_the_other_side_of_the_date_line_left_out(self) -> None:
        # Samoa had no 30 December 2011.
        found = upcoming("2011-12-29T12:00:00-10:00", "FREQ=DAILY", "Pacific/Apia", n=3)

        assert found == ["2011-12-29 22:00", "2011-12-30 22:00", "2011-12-31 22:00"]


REFUSED = [
    "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=FORTNIGHTLY", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=10001", "FREQ=DAILY;BYMINUTE=0,30", "FREQ=HOURLY;BYMINUTE=0,30",
    "FREQ=HOURLY;BYHOUR=9", "FREQ=DAILY;BYSECOND=0", "FREQ=YEARLY;BYEASTER=0",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYHOUR=25", "FREQ=DAILY;BYSETPOS=0", "FREQ=MONTHLY;BYMONTHDAY=99",
    "FREQ=YEARLY;BYDAY=99MO", "FREQ=YEARLY;BYWEEKNO=60", "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=DAILY;UNTIL=20200101", "FREQ=DAILY;UNTIL=20261301", "FREQ=DAILY;UNTIL=soon",
    "FREQ=DAILY;COUNT=1;UNTIL=20271231", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;", ";",
    "freq=daily", "FREQ=DAILY\nDTSTART:20200101T000000", "EXRULE:FREQ=DAILY",
    "FREQ=DAILY;BYMONTHDAY=" + "1," * 200,
]  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED, ids=lambda rule: rule[:40].replace("\n", " "))
def test_other_rules_are_refused_and_soon(rule: str) -> None:
    begun = time.process_time()

    with pytest.raises(RuleNotValid):
        Recurrence(NOW, "UTC", rule).check(now=NOW)

    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("when", "field"),
    [
        (Recurrence(NOW, "Mars/Olympus"), "time_zone"),
        (Recurrence(NOW, "../../etc/passwd"), "time_zone"),
        (Recurrence(NOW - timedelta(minutes=6)), "starts_at"),
        (Recurrence(NOW + timedelta(days=2000)), "starts_at"),
        (Recurrence(NOW - timedelta(days=367), rule="FREQ=DAILY"), "starts_at"),
        (Recurrence(NOW, rule="FREQ=DAILY", ends_at=NOW - timedelta(days=1)), "rrule"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_named(when: Recurrence, field: str) -> None:
    with pytest.raises(RuleNotValid) as refusal:
        when.check(now=NOW)

    assert refusal.value.field == field


def test_a_rule_that_began_before_goes_on_from_now() -> None:
    when = Recurrence(NOW - timedelta(days=31), rule="FREQ=WEEKLY")

    assert when.check(now=NOW) == NOW + timedelta(days=4)


FREQUENCIES = st.sampled_from(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
PARTS = st.one_of(
    st.tuples(
        st.sampled_from(
            "INTERVAL COUNT BYMONTH BYMONTHDAY BYHOUR BYMINUTE BYYEARDAY BYWEEKNO BYSETPOS".split()  # noqa: SIM905
        ),
        st.integers(-400, 400).map(str),
    ),
    st.tuples(st.just("BYDAY"), st.sampled_from(["MO", "-1FR", "5SU", "MO,TU", "53SA", "X"])),
)


@settings(max_examples=60, deadline=None)
@given(FREQUENCIES, st.lists(PARTS, max_size=3, unique_by=lambda part: part[0]))
def test_any_rule_is_followed_or_refused(freq: str, parts: list[tuple[str, str]]) -> None:
    rule = ";".join([f"FREQ={freq}", *(f"{name}={value}" for name, value in parts)])
    when = Recurrence(NOW, "America/New_York", rule)

    try:
        first = when.check(now=NOW)
    except RuleNotValid:
        return

    runs = when.upcoming(5, after=first - timedelta(seconds=1))
    assert runs[0] == first >= NOW
    gaps = [(b - a) for a, b in pairwise(runs)]
    assert all(gap >= timedelta(hours=1) for gap in gaps)

"""How much a wallet may send: what limits say, and what is left of them. Pure.

Amounts are minor units, days and months those of UTC, and None means no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

OPERATIONS = ("transfer", "deposit", "payout", "conversion", "hold", "payment")
# What a rule for all operations is written under; and the one that says how much a wallet may hold.
ANY, BALANCE = "*", "balance"
TIERS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kind of operation may come to: each, in a day, in a month."""

    each_minor: int | None = None
    day_count: int | None = None
    day_minor: int | None = None
    month_count: int | None = None
    month_minor: int | None = None

    def as_list(self) -> list[int | None]:
        """Return them in the order in which the database takes them."""
        return [
            self.each_minor,
            self.day_count,
            self.day_minor,
            self.month_count,
            self.month_minor,
        ]

    def __bool__(self) -> bool:
        return self != UNLIMITED


UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Use:
    """What was done already on `day`, and in the month of `month`, its first day."""

    day: date
    day_count: int
    day_minor: int
    month: date
    month_count: int
    month_minor: int


def left(limits: Limits, use: Use | None, *, today: date) -> Limits:
    """Return what may still be done today: never below zero, None where there is no limit."""
    same_day = use if use is not None and use.day >= today else None
    same_month = use if use is not None and use.month >= today.replace(day=1) else None
    return Limits(
        each_minor=limits.each_minor,
        day_count=_less(limits.day_count, same_day.day_count if same_day else 0),
        day_minor=_less(limits.day_minor, same_day.day_minor if same_day else 0),
        month_count=_less(limits.month_count, same_month.month_count if same_month else 0),
        month_minor=_less(limits.month_minor, same_month.month_minor if same_month else 0),
    )


def _less(most: int | None, used: int) -> int | None:
    return None if most is None else max(0, most - used)

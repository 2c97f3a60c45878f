"""A balance over time as a drawing, made here: no script runs in the reader's browser. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 104, 708, 14, 190
_STEPS = (1, 2, 5, 10)
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it is, and what it stands for."""

    place: float
    value: int


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing's parts, in its own coordinates of `width` by `height`."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    path: str
    ticks: tuple[Tick, ...]
    since: datetime
    until: datetime


def plot(course: Sequence[tuple[datetime, int]]) -> Plot:
    """Draw a course of balances as steps: it holds from each instant until the next.

    `course` is in order and not empty; balances are minor units.
    """
    balances = [balance for _, balance in course]
    low, high = min(0, *balances), max(1, *balances)
    marks = _marks(low, high)
    low, high = min(low, marks[0]), max(high, marks[-1])
    since, until = course[0][0], course[-1][0]
    span = (until - since).total_seconds() or 1.0

    def across(at: datetime) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (at - since).total_seconds() / span

    def down(balance: int) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (balance - low) / (high - low)

    path = f"M{across(since):.1f} {down(balances[0]):.1f}"
    path += "".join(f"H{across(at):.1f}V{down(balance):.1f}" for at, balance in course[1:])
    ticks = tuple(Tick(round(down(mark), 1), mark) for mark in marks)
    return Plot(_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BOTTOM, path, ticks, since, until)


def _marks(low: int, high: int) -> list[int]:
    """Round values at equal distances, no more than a few, that cover the range."""
    magnitude = 10 ** max(0, floor(log10(high - low)) - 1)
    steps = (step * magnitude * factor for factor in (1, 10) for step in _STEPS)
    step = next(step for step in steps if (high - low) / step <= _MOST_LINES)
    return list(range(low // step * step, -(-high // step) * step + 1, step))

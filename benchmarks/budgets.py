"""What the figures should be: a floor that must hold and a goal to reach for.

Almost all are ratios of two figures of the same run: a shared machine makes absolute ones
mean little. A budget in bytes or seconds is one that should not be exceeded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.meters import Sample
from benchmarks.rounds import ratio


@dataclass(frozen=True)
class Budget:
    """`ours` divided by `theirs`; without `theirs` a figure that should be small."""

    name: str
    ours: str
    theirs: str
    floor: float
    goal: float


@dataclass(frozen=True)
class Verdict:
    """A budget and what was measured; `by_cpu` is the same ratio for each second of CPU."""

    budget: Budget
    value: float
    by_cpu: float | None

    @property
    def reached(self) -> str:
        budget = self.budget
        sign = 1 if budget.theirs else -1
        if sign * self.value >= sign * budget.goal:
            return "goal"
        return "floor" if sign * self.value >= sign * budget.floor else "MISSED"


BUDGETS = (
    Budget("posting, 1 client ÷ limit", "post, 1 client", "limit, 1 client", 0.60, 0.75),
    Budget("posting, 8 clients ÷ limit", "post, 8 clients", "limit, 8 clients", 0.40, 0.60),
    Budget(
        "posting through one hot account, 8 clients ÷ limit through one hot row",
        "post, one hot account, 8 clients",
        "limit, one hot row, 8 clients",
        1.0,
        2.5,
    ),
    Budget(
        "batch of 100 with verdicts, 4 clients ÷ limit",
        "post_batch of 100, 4 clients",
        "limit, 4 clients",
        2.0,
        4.0,
    ),
    Budget(
        "whole transfer from Python, 8 clients ÷ limit",
        "whole transfer, 8 clients",
        "limit, 8 clients",
        0.30,
        0.50,
    ),
    Budget(
        "POST transfers, 16 connections ÷ stand-in",
        "POST transfers, 16 connections",
        "stand-in, 16 connections",
        4.0,
        10.0,
    ),
    Budget(
        "POST transfers, one receiver, 64 connections ÷ stand-in",
        "POST transfers, one receiver, 64 connections",
        "stand-in, one receiver, 64 connections",
        8.0,
        30.0,
    ),
    Budget("GET balance ÷ bare view", "GET balance", "bare balance", 0.5, 0.8),
    Budget(
        "GET first history page ÷ bare view",
        "GET first history page",
        "bare first history page",
        0.5,
        0.8,
    ),
    Budget(
        "posting to 5 million postings ÷ to 0.1 million",
        "post to 5 million postings, 8 clients",
        "post to 0.1 million postings, 8 clients",
        0.9,
        1.0,
    ),
    Budget(
        "seconds to check a million postings in one pass",
        "seconds for one pass over all balances",
        "",
        1.0,
        0.3,
    ),
    Budget("bytes on disk for each transfer", "bytes for each transfer", "", 1200, 700),
)


def judge(samples: list[Sample], figures: Mapping[str, Any]) -> list[Verdict]:
    """Hold what was measured against the budgets; what was not measured is left out."""
    verdicts = []
    for budget in BUDGETS:
        if not budget.theirs:
            value, by_cpu = figures.get(budget.ours), None
        else:
            value = ratio(samples, budget.ours, budget.theirs)
            by_cpu = ratio(samples, budget.ours, budget.theirs, by="cpu")
        if value is not None:
            verdicts.append(Verdict(budget, value, by_cpu))
    return verdicts

"""Contenders side by side: every round runs all of them, in another order."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.meters import Meter, Sample, Watch, Work

# Does its run, restarting the watch when it is set up.
Contender = Callable[[Watch], Work]


@dataclass(frozen=True)
class Effort:
    """How long each run takes and how often all of them are run."""

    seconds: float
    rounds: int
    say: Callable[[str], None]


def compare(contenders: Mapping[str, Contender], meter: Meter, effort: Effort) -> list[Sample]:
    """Run all contenders in every round; neighbours then slow all of them alike."""
    samples: list[Sample] = []
    for number in range(1, effort.rounds + 1):
        names = list(contenders)
        random.shuffle(names)
        for name in names:
            watch = Watch(meter)
            sample = watch.sample(name, number, contenders[name](watch))
            samples.append(sample)
            effort.say(f"round {number} of {effort.rounds}: {name}: {sample.rate:,.0f}/s")
    return samples


def ratio(samples: list[Sample], ours: str, theirs: str, *, by: str = "rate") -> float | None:
    """Return the median, over the rounds, of ours divided by theirs; None if not measured.

    `by="cpu"` compares operations for each second of CPU, of clients and PostgreSQL together.
    """
    of_round = {(sample.contender, sample.round): sample for sample in samples}
    rounds = {sample.round for sample in samples if sample.contender == ours}
    quotients = []
    for number in rounds:
        mine, other = of_round[ours, number], of_round.get((theirs, number))
        if other is not None:
            quotients.append(mine.rate / other.rate if by == "rate" else other.cpu_us / mine.cpu_us)
    return statistics.median(quotients) if quotients else None

"""Sets the stage, runs the sections, reports."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from benchmarks.meters import Sample
from benchmarks.rounds import Effort
from benchmarks.stage import Stage, open_stage
from config.embedded.progress import Progress


def run(arguments: argparse.Namespace) -> int:
    """Measure the sections asked for and print the tables; return 1 when a floor is missed."""
    progress = Progress(sys.stderr)
    effort = Effort(arguments.seconds, arguments.rounds, progress.passing)
    with open_stage(arguments.users, progress.say) as stage:
        samples, figures = _measure(stage, effort, arguments.sections, progress)
        return _tell(samples, figures, vars(arguments))


def _measure(
    stage: Stage, effort: Effort, wanted: list[str], progress: Progress
) -> tuple[list[Sample], dict[str, Any]]:
    from benchmarks import books, sections  # noqa: PLC0415 -- models need Django set up

    compared = {
        "posting": sections.posting,
        "http": sections.http,
        "reads": sections.reads,
        "growth": books.growth,
    }
    found = {"size": books.size, "integrity": books.integrity}
    if "integrity" in wanted or "growth" in wanted:
        stage.copy(books.LARGE)
    if "growth" in wanted:
        stage.copy(books.SMALL)

    samples: list[Sample] = []
    figures: dict[str, Any] = {}
    for name in wanted:
        progress.say(f"measuring {name}")
        if name in compared:
            samples += compared[name](stage, effort)
        else:
            figures |= found[name](stage, effort)
    return samples, figures


def _tell(samples: list[Sample], figures: dict[str, Any], options: dict[str, Any]) -> int:
    from benchmarks import budgets, report  # noqa: PLC0415 -- as above

    verdicts = budgets.judge(samples, figures)
    if samples:
        print(report.sample_table(samples), end="\n\n")
    print(report.verdict_table(verdicts))
    path = report.write(samples, figures, verdicts, options)
    print(f"\nAll figures are in {path}.")
    return int(any(verdict.reached == "MISSED" for verdict in verdicts))

"""The tables that are printed, and the JSON that is kept."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.budgets import Verdict
from benchmarks.load import generator
from benchmarks.meters import Sample
from config.embedded import state

RESULTS = Path(__file__).with_name("results")


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    """Write the ratios with their floors and goals."""
    rows = [
        [
            verdict.budget.name,
            _short(verdict.value),
            _short(verdict.by_cpu),
            _short(verdict.budget.floor),
            _short(verdict.budget.goal),
            verdict.reached,
        ]
        for verdict in verdicts
    ]
    return _table(["what", "measured", "by CPU", "floor", "goal", "reached"], rows)


def sample_table(samples: Sequence[Sample]) -> str:
    """Write the medians of each contender's rounds."""
    names = dict.fromkeys(sample.contender for sample in samples)
    rows = []
    for name in names:
        own = [sample for sample in samples if sample.contender == name]
        rows.append(
            [
                name,
                *(_short(_median(own, field)) for field in _FIELDS),
                str(sum(sample.errors for sample in own)),
            ]
        )
    head = ["contender", "per second", "client µs", "PG µs", "p50 ms", "p99 ms", "others", "errors"]
    return _table(head, rows)


def write(
    samples: Sequence[Sample],
    figures: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    options: Mapping[str, Any],
) -> Path:
    """Keep everything, with the facts of the machine, and return the file."""
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    document = {
        "at": now.isoformat(),
        "machine": machine(),
        "options": dict(options),
        "budgets": [
            {**asdict(verdict.budget), "value": verdict.value, "by_cpu": verdict.by_cpu}
            | {"reached": verdict.reached}
            for verdict in verdicts
        ],
        "figures": dict(figures),
        "samples": [sample.document() for sample in samples],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False))
    return path


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=state.ROOT, capture_output=True, text=True, check=False
    )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gib": round(memory, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": postgres,
        "load_generator": generator(),
        "load_average": os.getloadavg(),
        "commit": commit.stdout.strip(),
    }


_FIELDS = ("rate", "client_us", "postgres_us", "p50_ms", "p99_ms", "neighbours")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _median(samples: Sequence[Sample], field: str) -> float | None:
    values = [value for sample in samples if (value := getattr(sample, field)) is not None]
    return statistics.median(values) if values else None


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [_row(head, widths), "  ".join("-" * width for width in widths)]
    return "\n".join([*lines, *(_row(row, widths) for row in rows)])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others])

"""What was done and what it cost, read from the operating system (Linux)."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Work:
    """What a contender did. `cpu_seconds` are its clients' or its server's own.

    `driver_seconds` are the load generator's, which are nobody's merit. Latencies are in
    milliseconds.
    """

    operations: int
    seconds: float
    cpu_seconds: float
    errors: int = 0
    driver_seconds: float = 0.0
    p50_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured run. CPU is in microseconds for each operation.

    `neighbours` is how many cores others kept busy meanwhile: of runs with much of it only
    the CPU figures are worth something.
    """

    contender: str
    round: int
    rate: float
    operations: int
    errors: int
    client_us: float
    postgres_us: float
    neighbours: float
    p50_ms: float | None
    p99_ms: float | None

    @property
    def cpu_us(self) -> float:
        return self.client_us + self.postgres_us

    def document(self) -> dict[str, Any]:
        return asdict(self)


class Meter:
    """Reads the CPU time of one PostgreSQL, of process groups and of the machine."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster

    def postgres(self) -> float:
        """Seconds used by the postmaster, its processes, and those that ended."""
        total = 0
        for pid, fields in _processes():
            if pid == self._postmaster:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) == self._postmaster:
                total += int(fields[11]) + int(fields[12])
        return total / _TICKS

    def group(self, leader: int) -> float:
        """Seconds used by the live processes of a process group."""
        return (
            sum(
                int(fields[11]) + int(fields[12])
                for _, fields in _processes()
                if int(fields[2]) == leader
            )
            / _TICKS
        )


def busy() -> float:
    """Seconds used by anything on the machine, all cores together."""
    with (_PROC / "stat").open() as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def ended_children() -> float:
    """Seconds used by children of ours that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Watch:
    """Turns the `Work` of one contender's run into a `Sample`."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.restart()

    def restart(self) -> None:
        """Forget what was used up to now: set-up does not count."""
        self._postgres = self.meter.postgres()
        self._busy = busy()
        self._began = time.perf_counter()

    def sample(self, contender: str, number: int, work: Work) -> Sample:
        postgres = self.meter.postgres() - self._postgres
        others = busy() - self._busy - postgres - work.cpu_seconds - work.driver_seconds
        each = 1e6 / max(work.operations, 1)
        return Sample(
            contender=contender,
            round=number,
            rate=work.operations / work.seconds,
            operations=work.operations,
            errors=work.errors,
            client_us=work.cpu_seconds * each,
            postgres_us=postgres * each,
            neighbours=max(0.0, others / (time.perf_counter() - self._began)),
            p50_ms=work.p50_ms,
            p99_ms=work.p99_ms,
        )


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(entry.name), stat.rpartition(")")[2].split()

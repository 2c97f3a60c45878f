"""Closed-loop clients: one process each, doing one thing as often as it can."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any

from django.db import connections

from benchmarks.meters import Watch, Work

# Does something once and says how many operations that was.
Operation = Callable[[], int]
# Makes a client's operation; the seed is another one for each client and run.
Maker = Callable[[int], Operation]

_WARM_UP = 10
_PATIENCE = 120.0
_fork = multiprocessing.get_context("fork")


def loop(make: Maker, watch: Watch, *, clients: int, seconds: float) -> Work:
    """Run so many clients for so many seconds; raises `RuntimeError` when one fails.

    `watch` starts when all of them are connected and warm.
    """
    # A connection must not be shared with a child.
    connections.close_all()
    start = _fork.Barrier(clients + 1)
    answers: Queue[Any] = _fork.Queue()
    seed = time.time_ns()
    processes = [
        _fork.Process(
            target=_client, args=(make, seed + number, start, answers, seconds), daemon=True
        )
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    try:
        start.wait(_PATIENCE)
    except BrokenBarrierError:
        raise RuntimeError(f"a client failed: {answers.get(timeout=5)}") from None
    watch.restart()
    told = [answers.get(timeout=seconds + _PATIENCE) for _ in processes]
    for process in processes:
        process.join()
    failures = [answer for answer in told if isinstance(answer, str)]
    if failures:
        raise RuntimeError(f"a client failed: {failures[0]}")
    return _together(told)


def _together(told: list[tuple[int, float, float, list[float]]]) -> Work:
    waits = sorted(wait for answer in told for wait in answer[3])
    return Work(
        operations=sum(answer[0] for answer in told),
        seconds=sum(answer[1] for answer in told) / len(told),
        cpu_seconds=sum(answer[2] for answer in told),
        p50_ms=waits[len(waits) // 2] * 1000,
        p99_ms=waits[int(len(waits) * 0.99)] * 1000,
    )


def _client(make: Maker, seed: int, start: Barrier, answers: Queue[Any], seconds: float) -> None:
    try:
        operation = make(seed)
        for _ in range(_WARM_UP):
            operation()
    except BaseException as error:
        start.abort()
        answers.put(repr(error))
        raise
    start.wait(_PATIENCE)
    try:
        answers.put(_repeat(operation, seconds))
    except BaseException as error:
        answers.put(repr(error))
        raise


def _repeat(operation: Operation, seconds: float) -> tuple[int, float, float, list[float]]:
    waits: list[float] = []
    done = 0
    cpu = time.process_time()
    began = now = time.perf_counter()
    while now - began < seconds:
        done += operation()
        before, now = now, time.perf_counter()
        waits.append(now - before)
    return done, now - began, time.process_time() - cpu, waits[:20_000]

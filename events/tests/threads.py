from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in as many threads, each with a connection of its own, from one instant on."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        connection.ensure_connection()
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))

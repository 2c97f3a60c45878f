"""What the installation measures about itself, for Prometheus.

With `PROMETHEUS_MULTIPROC_DIR` set before this is imported, the processes of one machine add
up: each writes files there, and whichever is asked reads them all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

_REQUESTS = Histogram(
    "purser_http_request_seconds",
    "Time from a request's arrival to its answer, by route template.",
    ["method", "route", "status"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

_FILE = re.compile(r"[a-z_]+?_(\d+)\.db")


@lru_cache(maxsize=4096)
def _series(method: str, route: str, status: int) -> Histogram:
    return _REQUESTS.labels(method, route, status)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request. Routes are templates, so that there are only so many series."""
    _series(method, route, status).observe(seconds)


def exposition() -> bytes:
    """Write everything that processes measured, as Prometheus reads it."""
    if DIRECTORY not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def looked_up() -> bytes:
    """Write what the database knows, whichever process is asked; nothing while it is away."""
    registry = CollectorRegistry()
    registry.register(_LookedUp())
    return generate_latest(registry)


class _LookedUp(Collector):
    """Setting `MEASURES` names functions that return values by name and explanation."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name in settings.MEASURES:
            measure: Callable[[], Mapping[tuple[str, str], float]] = import_string(name)
            try:
                measured = measure()
            except DatabaseError:
                continue
            for (gauge, words), value in measured.items():
                yield GaugeMetricFamily(gauge, words, value=value)


def forget_the_dead(directory: Path) -> None:
    """Remove the files of processes that are gone; to be called when one starts.

    Their counts go with them, which Prometheus takes for the restart that it was.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.glob("*.db"):
        match = _FILE.fullmatch(file.name)
        if match and not _alive(int(match[1])):
            file.unlink(missing_ok=True)


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process_id != os.getpid()

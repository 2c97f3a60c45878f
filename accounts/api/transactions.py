"""Where a request's transaction begins: transport opens it, once, and tries again when told to."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction
from django.db.utils import OperationalError

T = TypeVar("T")

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"

_AGAIN = (SERIALIZATION_FAILURE, DEADLOCK_DETECTED)
_RETRIES = 3
_PAUSE_SECONDS = 0.02


def sqlstate(error: BaseException) -> str | None:
    """The five characters by which PostgreSQL names an error; None for a lost connection."""
    return getattr(error.__cause__, "sqlstate", None)


def in_transaction(work: Callable[[], T]) -> T:
    """Run `work` in a transaction of its own that waits 2 s at most for any lock.

    The whole of it is tried again, at most three times, when PostgreSQL ended it to resolve
    a deadlock or a serialization conflict; `work` must not mind. Raises what `work` raises.
    """
    for attempt in range(1, _RETRIES + 1):
        try:
            return _once(work)
        except OperationalError as error:
            if sqlstate(error) not in _AGAIN:
                raise
        time.sleep(_PAUSE_SECONDS * attempt * (0.5 + random.random()))  # noqa: S311 -- jitter
    return _once(work)


def _once(work: Callable[[], T]) -> T:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        return work()

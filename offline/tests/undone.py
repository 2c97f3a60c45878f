"""Trying a thing many times in one test, each time as if for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from offline.tests.phones import keys


@contextmanager
def undone() -> Iterator[None]:
    """Take back what an example did, so that the next one begins as this one."""
    keys.begin()
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(savepoint)

"""Wallets with a past, so that a first page of history is a full one."""

from __future__ import annotations

from benchmarks import operations
from benchmarks.stage import Member, Stage

_READERS = 100
_TRANSFERS = 30 * _READERS


def give(stage: Stage) -> list[Member]:
    """Let a hundred of the crowd pay one another until each has some 60 lines; return them."""
    readers = stage.crowd[:_READERS]
    once = operations.whole_transfer(readers)(1)
    for _ in range(_TRANSFERS):
        once()
    return readers

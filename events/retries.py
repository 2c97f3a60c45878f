"""When a webhook that did not arrive is sent again: ten times over three days. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

# How long after one attempt the next one comes.
_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=21),
)
MOST_ATTEMPTS = len(_WAITS) + 1
_JITTER = 0.1

# An endpoint that answered well to nothing for so long is disabled.
PATIENCE = timedelta(days=3)


def next_attempt(*, made: int, at: datetime, chance: float) -> datetime | None:
    """Return when to try again after `made` attempts, the last of them at `at`; None: no more.

    `chance`, from 0 to 1, spreads what failed together over a tenth of the wait.
    """
    if made > len(_WAITS):
        return None
    return at + _WAITS[made - 1] * (1 + _JITTER * chance)

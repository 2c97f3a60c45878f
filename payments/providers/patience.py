"""How long we go on asking a provider that does not answer: breakers, and reads asked again.

A breaker belongs to this process: after `FAILURES` unknown outcomes in a row nobody here calls
the provider for `PAUSE_SECONDS`, and what comes then decides whether it is back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import pybreaker
import tenacity

from payments.providers.base import Outcome, Unknown

T = TypeVar("T")

FAILURES = 5
PAUSE_SECONDS = 20
READS = 3

OPEN = Unknown("circuit_open")


class _Unanswered(Exception):
    """What a breaker counts."""


@cache
def _memory(provider: str) -> pybreaker.CircuitMemoryStorage:
    return pybreaker.CircuitMemoryStorage(pybreaker.STATE_CLOSED)


@cache
def breaker(provider: str) -> pybreaker.CircuitBreaker:
    """Return the breaker of a provider, the same for this whole process."""
    return pybreaker.CircuitBreaker(
        fail_max=FAILURES,
        reset_timeout=PAUSE_SECONDS,
        state_storage=_memory(provider),
        name=provider,
        throw_new_error_on_trip=False,
    )


def is_away(provider: str) -> bool:
    """Whether calls to the provider are not even tried at this moment."""
    opened_at = _memory(provider).opened_at
    if breaker(provider).current_state != pybreaker.STATE_OPEN or opened_at is None:
        return False
    return datetime.now(UTC) < opened_at + timedelta(seconds=PAUSE_SECONDS)


def once(provider: str, call: Callable[[], Outcome[T]]) -> Outcome[T]:
    """Make one call; never repeated here. `OPEN` when the provider is away: nothing was called."""
    if is_away(provider):
        return OPEN
    outcome = call()
    # Told afterwards: a breaker lets nobody else through while it makes a call itself.
    with suppress(_Unanswered, pybreaker.CircuitBreakerError):
        breaker(provider).call(_count, outcome)
    return outcome


def again(provider: str, call: Callable[[], Outcome[T]]) -> Outcome[T]:
    """Make a call that only reads, up to three times with growing, uneven pauses."""
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(READS),
        wait=tenacity.wait_random_exponential(multiplier=0.1, max=2),
        retry=tenacity.retry_if_result(_is_worth_another),
        retry_error_callback=_last,
    )
    found: Outcome[T] = retrying(once, provider, call)
    return found


def _count(outcome: Outcome[Any]) -> None:
    if isinstance(outcome, Unknown):
        raise _Unanswered


def _is_worth_another(outcome: Outcome[Any]) -> bool:
    return isinstance(outcome, Unknown) and outcome is not OPEN


def _last(state: tenacity.RetryCallState) -> Any:
    return state.outcome.result() if state.outcome else OPEN

"""Why something happens: the request that asked for it and the person behind it.

Transport binds the cause once; whatever is written on its behalf names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cause:
    """`request_id` is empty and `actor_id` None for what nobody asked for, such as a sweep."""

    request_id: str = ""
    actor_id: UUID | None = None


_NOBODY = Cause()
_current: ContextVar[Cause] = ContextVar("cause", default=_NOBODY)


def current() -> Cause:
    """Return the cause of what is being done now."""
    return _current.get()


@contextmanager
def bind(cause: Cause) -> Iterator[None]:
    """Make `cause` the current one inside the block."""
    token = _current.set(cause)
    try:
        yield
    finally:
        _current.reset(token)

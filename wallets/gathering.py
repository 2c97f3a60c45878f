"""Jobs that arrive while others are being carried out go together next. Pure.

There is no thread of its own and no waiting for company: who finds nobody at work carries out
what waits, and then hands over to the first of those who came meanwhile. Alone, a job pays for
a lock that nobody else holds; in a crowd, one call and one commit do for many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class Crowded(Exception):
    """Too many jobs wait, or this one waited too long. It was not carried out."""


class OutcomeUnknown(Exception):
    """Whoever carried this job out did not come back to tell: it may have been done."""


class Undone(Exception):
    """What became of a job that went with others: it was not done, and is to be tried alone.

    Raised by who carries out many, it is said of all of them.
    """


class _Place(Generic[Job, Outcome]):
    """One job in the queue; `turn` is free once there is something to do or to know."""

    __slots__ = ("job", "leads", "outcome", "told", "turn")

    outcome: Outcome | Exception

    def __init__(self, job: Job) -> None:
        self.job = job
        self.leads = self.told = False
        self.turn = Lock()
        self.turn.acquire()


class Gatherer(Generic[Job, Outcome]):
    """`one` carries out a job; `many` does several, and returns what became of each, in order.

    What `one` raises, and what `many` returns as an exception, is raised to whoever submitted
    the job. At most `most` go together, at most `room` wait, and none longer than `patience`
    seconds.
    """

    def __init__(
        self,
        *,
        one: Callable[[Job], Outcome],
        many: Callable[[Sequence[Job]], Sequence[Outcome | Exception]],
        most: int,
        room: int,
        patience: float,
    ) -> None:
        self._one = one
        self._many = many
        self._most = most
        self._room = room
        self._patience = patience
        self._lock = Lock()
        self._waiting: deque[_Place[Job, Outcome]] = deque()
        self._at_work = False

    def submit(self, job: Job) -> Outcome:
        """Have a job carried out and return its outcome, or raise it.

        Raises `Crowded` and `OutcomeUnknown`.
        """
        place: _Place[Job, Outcome] = _Place(job)
        with self._lock:
            if len(self._waiting) >= self._room:
                raise Crowded
            self._waiting.append(place)
            if not self._at_work:
                self._at_work = place.leads = True
        if not place.leads:
            self._await(place)
        if place.leads:
            self._lead()
        if not place.told:
            raise OutcomeUnknown
        if isinstance(place.outcome, Undone):
            return self._one(job)
        if isinstance(place.outcome, Exception):
            raise place.outcome
        return place.outcome

    def waiting(self) -> int:
        """Return how many jobs wait at this moment: for measurements."""
        return len(self._waiting)

    def _await(self, place: _Place[Job, Outcome]) -> None:
        if place.turn.acquire(timeout=self._patience):
            return
        with self._lock:
            if place.leads:
                return
            if place in self._waiting:
                self._waiting.remove(place)
                raise Crowded
        if not place.turn.acquire(timeout=self._patience):
            raise OutcomeUnknown

    def _lead(self) -> None:
        """Carry out what waits, of which the caller's job is the first; then hand over."""
        with self._lock:
            gathered = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._carry_out(gathered)
        finally:
            self._hand_over()
            for place in gathered[1:]:
                place.turn.release()

    def _carry_out(self, gathered: list[_Place[Job, Outcome]]) -> None:
        if len(gathered) == 1:
            gathered[0].outcome = self._one(gathered[0].job)
            gathered[0].told = True
            return
        outcomes: Sequence[Outcome | Exception]
        try:
            outcomes = self._many([place.job for place in gathered])
        except Undone as undone:
            outcomes = [undone] * len(gathered)
        for place, outcome in zip(gathered, outcomes, strict=True):
            place.outcome = outcome
            place.told = True

    def _hand_over(self) -> None:
        with self._lock:
            if not self._waiting:
                self._at_work = False
                return
            successor = self._waiting[0]
            successor.leads = True
        successor.turn.release()

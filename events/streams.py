"""Event streams: one reader of the log for all that a process has open.

A stream keeps a thread of the web server busy and nothing else: no connection to the
database, which one thread asks for all of them while there are any. It asks twice a second,
rather than be woken by NOTIFY: that would make all who write events commit one after the other.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Condition, Thread, current_thread
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from events import queries, telling
from events.errors import NoStreamFree, TooManyStreams
from events.horizon import Horizon
from events.names import Position
from events.telling import Telling

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 0.5
# What a client may lag behind, and what one who comes back is told of what was missed.
LONGEST_QUEUE = 1000
MOST_MISSED = 1000
_AT_ONCE = 2000
_AFTER_ALL_PARTS = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that a stream says. `position` is where it stands, None for what is not a row."""

    kind: str
    document: dict[str, Any]
    position: Position | None = None


class Stream:
    """What one client is to be told. Made by `Hub.open`, ended by `Hub.close`."""

    def __init__(self, owner_id: UUID) -> None:
        self.owner_id = owner_id
        # From which number on the hub tells this client; None until it has taken notice.
        self.joined: int | None = None
        self.lost = False
        self._frames: deque[Frame] = deque()
        self._changed = Condition()

    def push(self, frames: Sequence[Frame]) -> None:
        """Queue what is to be told; a client that is too slow loses the stream."""
        with self._changed:
            self._frames.extend(frames)
            self.lost = self.lost or len(self._frames) > LONGEST_QUEUE
            self._changed.notify()

    def join(self, number: int) -> None:
        with self._changed:
            self.joined = number
            self._changed.notify()

    def lose(self) -> None:
        with self._changed:
            self.lost = True
            self._changed.notify()

    def wait_to_join(self, seconds: float) -> int | None:
        """Return from which number on the hub tells this client; None when it does not."""
        with self._changed:
            self._changed.wait_for(lambda: self.lost or self.joined is not None, seconds)
            return None if self.lost else self.joined

    def take(self, seconds: float) -> list[Frame]:
        """Return what there is to tell, after `seconds` at most."""
        with self._changed:
            self._changed.wait_for(lambda: self.lost or bool(self._frames), seconds)
            taken = list(self._frames)
            self._frames.clear()
            return taken


class Hub:
    """The open streams of a process, and the thread that reads the log for them."""

    def __init__(self, *, most: int, most_of_one: int, period: float = PERIOD_SECONDS) -> None:
        self.most, self.most_of_one, self.period = most, most_of_one, period
        self._streams: set[Stream] = set()
        self._changed = Condition()  # which one thread may enter twice
        self._reader: Thread | None = None

    def open(self, owner_id: UUID) -> Stream:
        """Begin a stream. Raises `TooManyStreams` or `NoStreamFree`."""
        with self._changed:
            held = Counter(stream.owner_id for stream in self._streams)
            if held[owner_id] >= self.most_of_one:
                raise TooManyStreams
            if held.total() >= self.most:
                raise NoStreamFree
            stream = Stream(owner_id)
            self._streams.add(stream)
            if self._reader is None:
                self._reader = Thread(target=self._run, name="event-streams", daemon=True)
                self._reader.start()
            return stream

    def close(self, stream: Stream) -> None:
        """End a stream; again, it changes nothing."""
        with self._changed:
            self._streams.discard(stream)
            self._changed.notify()

    def end(self) -> None:
        """End all streams: their clients come again, to another process."""
        with self._changed:
            for stream in self._streams:
                stream.lose()

    def _run(self) -> None:
        try:
            horizon, told = Horizon(), -1
            while streams := self._current():
                try:
                    told = self._look(streams, horizon, told)
                except (DatabaseError, InterfaceError):
                    logger.warning("The log could not be read for streams.", exc_info=True)
                    connection.close()
                with self._changed:
                    self._changed.wait(self.period)
        finally:
            connection.close()
            self._give_up()

    def _current(self) -> list[Stream]:
        with self._changed:
            if not self._streams:
                # In one step with looking: whoever opens the next one starts another reader.
                self._reader = None
            return list(self._streams)

    def _give_up(self) -> None:
        """What this reader leaves behind, when something nobody expected ended it."""
        with self._changed:
            if self._reader is current_thread():
                self._reader = None
                self.end()

    def _look(self, streams: list[Stream], horizon: Horizon, told: int) -> int:
        """Tell all streams what is settled by now; return how far that is."""
        settled = horizon.advance()
        if settled < 0:
            return told
        told = settled if told < 0 else told
        for stream in streams:
            if stream.joined is None:
                stream.join(told)
        while told < settled:
            told = self._tell(streams, told, settled)
        return told

    def _tell(self, streams: list[Stream], after: int, upto: int) -> int:
        owners = {stream.owner_id for stream in streams}
        shared = telling.teller().shared_types()
        events = queries.events_between(
            after=after, upto=upto, owners=owners, shared=shared, limit=_AT_ONCE
        )
        tellings = [one for one in telling.tell(events) if one.told.owner_id in owners]
        if tellings:
            told = frames(tellings)
            for stream in streams:
                stream.push(told.get(stream.owner_id, []))
        return events[-1].id if len(events) == _AT_ONCE else upto


@cache
def hub() -> Hub:
    """Return the hub of this process."""
    return Hub(most=settings.STREAMS_PER_PROCESS, most_of_one=settings.STREAMS_PER_PERSON)


def end_when_told_to_stop() -> None:
    """End the streams of this process as soon as it is asked to stop, from its main thread.

    Web servers wait for answers that are under way, and theirs have no end of their own. What
    the server itself does about the signal stays as it is.
    """
    told, telling_ = socket.socketpair()
    telling_.settimeout(0)
    signal.set_wakeup_fd(telling_.fileno(), warn_on_full_buffer=False)

    def wait() -> None:
        while number := told.recv(1):
            if number[0] in (signal.SIGTERM, signal.SIGINT):
                hub().end()

    _kept.append(telling_)
    Thread(target=wait, name="end-of-streams", daemon=True).start()


# Closed with the process and not before.
_kept: list[socket.socket] = []


def frames(tellings: Sequence[Telling]) -> dict[UUID, list[Frame]]:
    """Return what each person is to be told: first what their wallets hold now, then why.

    A balance has no position: who loses the stream between the two is told both again.
    """
    found: dict[UUID, list[Frame]] = {one.told.owner_id: [] for one in tellings}
    balances = telling.teller().balances(telling.wallets_in(tellings))
    for owner_id, document in balances.values():
        if owner_id in found:
            found[owner_id].append(Frame("balance.changed", document))
    for one in tellings:
        frame = Frame(one.told.type, telling.document(one), one.position)
        found[one.told.owner_id].append(frame)
    return found


def missed(owner_id: UUID, *, after: Position, upto: int) -> Iterator[Frame]:
    """What a person was not told between a position and a number, in its order.

    Where that is more than can be told, `stream.reset` comes first: read everything anew.
    """
    own = queries.events_between(
        after=after.event_id - 1, upto=upto, owners=[owner_id], shared=[], limit=MOST_MISSED
    )
    shared = telling.teller().shared_with(owner_id, limit=MOST_MISSED)
    theirs = [number for number in shared if after.event_id <= number <= upto]
    if len(own) == MOST_MISSED or len(theirs) == MOST_MISSED:
        yield Frame("stream.reset", {}, Position(upto, _AFTER_ALL_PARTS))
        return
    known = {event.id: event for event in [*own, *queries.events_by_id(theirs)]}
    told = telling.tell([known[number] for number in sorted(known)])
    mine = [one for one in told if one.told.owner_id == owner_id and one.position > after]
    yield from frames(mine).get(owner_id, []) if mine else []

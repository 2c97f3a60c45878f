"""Nothing that is committed late is overtaken: real connections, real transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from random import Random
from threading import Event
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from events import queries
from events.horizon import Horizon
from events.operations import append_event
from events.tests.factories import happened

pytestmark = pytest.mark.usefixtures("committed_db")

_INSERT = """
    INSERT INTO events_event (type, subject, owner_id, request_id, data)
    VALUES ('deposit.completed', 'DEP_1', %s, '', '{}') RETURNING id
"""


class Writer:
    """Somebody else, with a connection and a transaction of their own."""

    def __init__(self) -> None:
        self._own = connection.copy()
        self._own.set_autocommit(False)

    def write(self, owner_id: UUID) -> int:
        with self._own.cursor() as cursor:
            cursor.execute(_INSERT, [owner_id])
            return int(cursor.fetchone()[0])

    def look(self) -> None:
        with self._own.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM events_event")

    def commit(self) -> None:
        self._own.commit()

    def close(self) -> None:
        self._own.rollback()
        self._own.close()


@contextmanager
def writer() -> Iterator[Writer]:
    one = Writer()
    try:
        yield one
    finally:
        one.close()


def test_what_is_committed_is_settled_when_nobody_writes() -> None:
    newest = happened(uuid4()).id

    assert Horizon().advance() >= newest


def test_an_earlier_number_that_comes_later_is_waited_for() -> None:
    horizon = Horizon()
    before = horizon.advance()
    with writer() as slow:
        early = slow.write(uuid4())
        late = happened(uuid4()).id

        assert early < late
        assert [horizon.advance() for _ in range(3)] == [before] * 3

        slow.commit()
        assert horizon.advance() >= late


def test_a_number_that_never_comes_is_not_waited_for_after_its_end() -> None:
    horizon = Horizon()
    with writer() as slow:
        slow.write(uuid4())
        late = happened(uuid4()).id
        horizon.advance()

    assert horizon.advance() >= late


def test_writers_that_overlap_without_end_hold_nothing_up() -> None:
    horizon = Horizon()
    writers = [Writer() for _ in range(4)]
    numbers = []
    try:
        numbers.append(writers[0].write(uuid4()))
        horizon.advance()
        for last, following in pairwise(writers):
            numbers.append(following.write(uuid4()))
            last.commit()
            horizon.advance()

        assert horizon.settled >= numbers[1]
        assert horizon.settled < numbers[-1]
    finally:
        for one in writers:
            one.close()


def test_who_only_reads_is_not_waited_for() -> None:
    with writer() as reader:
        reader.look()
        newest = happened(uuid4()).id

        assert Horizon().advance() >= newest


def test_nothing_is_missed_by_one_who_follows_a_crowd() -> None:
    """Writers of many shapes, a reader that never looks back, and all of it is read, once."""
    owner, over = uuid4(), Event()

    with ThreadPoolExecutor(7) as pool:
        following = pool.submit(_follow, owner, over)
        written = [number for part in pool.map(_crowd(owner), range(6)) for number in part]
        over.set()
        seen = following.result(60)

    assert seen == sorted(written)


def _crowd(owner: UUID) -> Callable[[int], list[int]]:
    def write(number: int) -> list[int]:
        chances = Random(number)  # noqa: S311 -- repeatable, which is all it has to be
        written = []
        for _ in range(40):
            with transaction.atomic():
                for _ in range(chances.choice([1, 1, 3])):
                    written.append(_append(owner))
                    _pause(chances.choice([0, 0, 0.004]))
        connection.close()
        return written

    return write


def _follow(owner: UUID, over: Event) -> list[int]:
    horizon, position = Horizon(), -1
    seen: list[int] = []
    while True:
        last = over.is_set()
        settled = horizon.advance()
        found = queries.events_between(
            after=position, upto=settled, owners=[owner], shared=[], limit=100_000
        )
        seen.extend(event.id for event in found)
        position = max(position, settled)
        if last and settled >= queries.newest_event_id():
            connection.close()
            return seen


def _append(owner: UUID) -> int:
    return append_event(type="deposit.completed", subject="DEP_1", owner_id=owner, data={}).id


def _pause(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])

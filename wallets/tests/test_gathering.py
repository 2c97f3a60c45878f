"""The gatherer alone, with real threads; events decide when, never a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock

import pytest

from wallets.gathering import Crowded, Gatherer, OutcomeUnknown, Undone


class Works:
    """Carries jobs out, tells how they came, and stands still in the first until let go."""

    def __init__(self, *, many: Callable[[Sequence[int]], Sequence[int | Exception]] | None = None):
        self.begun, self.go_on = Event(), Event()
        self.together: list[list[int]] = []
        self._answer = many or (lambda jobs: [job * 10 for job in jobs])
        self._lock = Lock()

    def one(self, job: int) -> int:
        with self._lock:
            self.together.append([job])
        if job == 0:
            self.begun.set()
            assert self.go_on.wait(30)
        if job < 0:
            raise ValueError(job)
        return job * 10

    def many(self, jobs: Sequence[int]) -> Sequence[int | Exception]:
        with self._lock:
            self.together.append(sorted(jobs))
        return self._answer(jobs)


def gatherer(
    works: Works, *, most: int = 100, room: int = 100, patience: float = 30
) -> Gatherer[int, int]:
    return Gatherer(one=works.one, many=works.many, most=most, room=room, patience=patience)


def while_one_works(
    pool: ThreadPoolExecutor, gather: Gatherer[int, int], works: Works, jobs: Sequence[int]
) -> list[Future[int]]:
    """Submit job 0, which stands still; the others when it is at work. All are in the queue."""
    futures = [pool.submit(gather.submit, 0)]
    assert works.begun.wait(30)
    futures += [pool.submit(gather.submit, job) for job in jobs]
    while gather.waiting() < len(jobs):
        assert not any(future.done() for future in futures)
    return futures


def test_alone_a_job_goes_alone() -> None:
    works = Works()

    assert [gatherer(works).submit(job) for job in (1, 2)] == [10, 20]
    assert works.together == [[1], [2]]


def test_those_that_come_meanwhile_go_together_and_each_has_its_own_answer() -> None:
    works = Works()
    gather = gatherer(works)
    with ThreadPoolExecutor(10) as pool:
        futures = while_one_works(pool, gather, works, range(1, 9))
        works.go_on.set()

        assert [future.result(30) for future in futures] == [job * 10 for job in range(9)]
    assert works.together == [[0], list(range(1, 9))]


def test_no_more_than_most_go_together() -> None:
    works = Works()
    gather = gatherer(works, most=3)
    with ThreadPoolExecutor(10) as pool:
        futures = while_one_works(pool, gather, works, range(1, 9))
        works.go_on.set()

        assert [future.result(30) for future in futures] == [job * 10 for job in range(9)]
    assert sorted(map(len, works.together)) == [1, 2, 3, 3]


def test_refusal_of_one_is_not_the_others() -> None:
    def many(jobs: Sequence[int]) -> Sequence[int | Exception]:
        return [LookupError(job) if job == 2 else job * 10 for job in jobs]

    works = Works(many=many)
    gather = gatherer(works)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, 2, 3])
        works.go_on.set()

        assert (futures[1].result(30), futures[3].result(30)) == (10, 30)
        with pytest.raises(LookupError):
            futures[2].result(30)


def test_what_was_undone_is_tried_alone() -> None:
    def many(jobs: Sequence[int]) -> Sequence[int | Exception]:
        raise Undone

    works = Works(many=many)
    gather = gatherer(works)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, -2, 3])
        works.go_on.set()

        assert (futures[1].result(30), futures[3].result(30)) == (10, 30)
        with pytest.raises(ValueError, match="-2"):
            futures[2].result(30)
    assert sorted(works.together) == [[-2], [-2, 1, 3], [0], [1], [3]]


def test_one_of_many_may_be_tried_alone() -> None:
    works = Works(many=lambda jobs: [Undone() if job == 2 else job * 10 for job in jobs])
    gather = gatherer(works)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, 2, 3])
        works.go_on.set()

        assert [future.result(30) for future in futures] == [0, 10, 20, 30]
    assert sorted(works.together) == [[0], [1, 2, 3], [2]]


def test_when_nobody_comes_back_to_tell_nobody_is_told_a_guess() -> None:
    def many(jobs: Sequence[int]) -> Sequence[int | Exception]:
        raise ConnectionError

    works = Works(many=many)
    gather = gatherer(works)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, 2, 3])
        works.go_on.set()

        errors = [type(future.exception(30)) for future in futures[1:]]
    # Who led saw the failure itself.
    assert sorted(error.__name__ for error in errors) == [
        "ConnectionError",
        "OutcomeUnknown",
        "OutcomeUnknown",
    ]
    assert gather.submit(4) == 40


def test_beyond_the_room_a_job_is_turned_away() -> None:
    works = Works()
    gather = gatherer(works, room=2)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, 2])
        with pytest.raises(Crowded):
            gather.submit(3)
        works.go_on.set()

        assert [future.result(30) for future in futures] == [0, 10, 20]
    assert [3] not in works.together


def test_who_waited_too_long_is_turned_away_and_never_carried_out() -> None:
    works = Works()
    gather = gatherer(works, patience=0.05)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(gather.submit, 0)
        assert works.begun.wait(30)

        assert isinstance(pool.submit(gather.submit, 1).exception(30), Crowded)

        works.go_on.set()
        assert first.result(30) == 0
    assert gather.submit(2) == 20
    assert works.together == [[0], [2]]


def test_who_is_being_carried_out_for_too_long_is_told_that_nobody_knows() -> None:
    taken, go_on = Event(), Event()

    def many(jobs: Sequence[int]) -> Sequence[int | Exception]:
        taken.set()
        assert go_on.wait(30)
        return [job * 10 for job in jobs]

    works = Works(many=many)
    gather = gatherer(works, patience=0.3)
    with ThreadPoolExecutor(5) as pool:
        futures = while_one_works(pool, gather, works, [1, 2])
        works.go_on.set()
        assert taken.wait(30)

        # One of the two leads and is in the call; the other only waits.
        waited = [future.exception(30) for future in futures[1:] if not future.running()] or [
            next(error for error in map(_error_of, futures[1:]) if error)
        ]
        go_on.set()
    assert isinstance(waited[0], OutcomeUnknown)


def _error_of(future: Future[int]) -> BaseException | None:
    try:
        return future.exception(5)
    except TimeoutError:
        return None


def test_a_storm_of_jobs_is_carried_out_once_each() -> None:
    done: list[int] = []
    lock = Lock()

    def note(jobs: Sequence[int]) -> list[int | Exception]:
        with lock:
            done.extend(jobs)
        return [job * 10 for job in jobs]

    def one(job: int) -> int:
        note([job])
        return job * 10

    gather: Gatherer[int, int] = Gatherer(one=one, many=note, most=7, room=1000, patience=30)
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(gather.submit, range(5000)))

    assert answers == [job * 10 for job in range(5000)]
    assert sorted(done) == list(range(5000))

"""Real threads with connections of their own send one request at the same instant."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Condition
from threading import Event as Flag
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.api import keyed_urls
from accounts.tests.factories import pair_of, person
from events.models import Event

ATOMIC, STAGED = "/api/v1/atomic", "/api/v1/staged"

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.urls("accounts.tests.api.keyed_urls"),
]


@pytest.fixture
def alice(committed_db: None) -> User:
    return person()


class Crowd:
    """Requests that meet: one runs, and goes on when the others wait for it or were refused."""

    def __init__(self, others: int) -> None:
        self._others = others
        self._refused = 0
        self._news = Condition()
        self.ended = Flag()

    def hold(self) -> None:
        """Stand in the view until the others have met this run of it."""
        deadline = time.monotonic() + 20
        with self._news:
            while self._refused + _waiting_for_us() < self._others:
                assert time.monotonic() < deadline, "the others never came"
                self._news.wait(0.01)  # a refusal wakes us; whoever waits for a lock does not

    def heard(self, status: int) -> None:
        """Take note of an answer."""
        with self._news:
            self._refused += status == 409
            self._news.notify()
        if status != 409:
            self.ended.set()


def _waiting_for_us() -> int:
    """How many wait for the transaction of this thread, if it has one that wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
            " AND transactionid = pg_current_xact_id_if_assigned()::xid"
        )
        (count,) = cursor.fetchone()
    return int(count)


@pytest.fixture
def meet() -> Iterator[Callable[[int], Crowd]]:
    """Make the run of the view wait for so many others."""

    def make(others: int) -> Crowd:
        crowd = Crowd(others)
        keyed_urls.meanwhile["hook"] = crowd.hold
        return crowd

    yield make
    keyed_urls.meanwhile.clear()


def send(client: APIClient, path: str, body: Any) -> Any:
    return client.post(path, body, format="json", headers={"Idempotency-Key": "k-1"})


def in_parallel(count: int, work: Callable[[], Any]) -> list[Any]:
    barrier = Barrier(count)

    def run(_: int) -> Any:
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize("path", [ATOMIC, STAGED])
def test_twenty_clients_at_once_have_one_effect(
    alice: User, path: str, meet: Callable[[int], Crowd]
) -> None:
    token = f"Bearer {pair_of(alice).access_token}"
    crowd = meet(19)

    def attempt() -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=token)
        answer = send(client, path, {"amount": "5.00"})
        crowd.heard(answer.status_code)
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_in_progress"
            assert crowd.ended.wait(20)
            answer = send(client, path, {"amount": "5.00"})
        return answer

    answers = in_parallel(20, attempt)

    assert Event.objects.filter(type="test.done", owner_id=alice.id).count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1


@pytest.mark.usefixtures("meet")  # which tidies up
def test_waits_two_seconds_at_most_for_the_first(alice: User) -> None:
    token = f"Bearer {pair_of(alice).access_token}"
    second_answered = Flag()
    keyed_urls.meanwhile["hook"] = lambda: second_answered.wait(20)

    def attempt() -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=token)
        answer = send(client, ATOMIC, {})
        second_answered.set()
        return answer

    first, second = sorted(in_parallel(2, attempt), key=lambda answer: answer.status_code)

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "idempotency_in_progress"
    assert Event.objects.filter(type="test.done", owner_id=alice.id).count() == 1


def test_one_of_twenty_takes_over_what_was_given_up(
    alice: User, meet: Callable[[int], Crowd]
) -> None:
    token = f"Bearer {pair_of(alice).access_token}"

    def attempt() -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=token)
        return send(client, STAGED, {"amount": "5.00"})

    def give_up() -> None:
        raise keyed_urls.Unavailable

    keyed_urls.meanwhile["hook"] = give_up
    assert attempt().status_code == 503
    crowd = meet(19)

    def attempt_again() -> Any:
        answer = attempt()
        crowd.heard(answer.status_code)
        return answer

    answers = in_parallel(20, attempt_again)

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19]
    runs = Event.objects.filter(type="test.done", owner_id=alice.id)
    assert len(runs) == 2
    assert len({run.subject for run in runs}) == 1


def lock(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [user.id])


@pytest.fixture
def locking() -> Iterator[list[list[User]]]:
    """Let the runs of the view that start first lock these people, each run its own list.

    They wait for each other after the first lock; later runs lock nothing.
    """
    orders: list[list[User]] = []
    meeting = Barrier(2, timeout=10)

    def take() -> None:
        if orders:
            first, second = orders.pop()
            lock(first)
            meeting.wait()
            lock(second)

    keyed_urls.meanwhile["hook"] = take
    yield orders
    keyed_urls.meanwhile.clear()


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}], ids=["unkeyed", "keyed"])
def test_a_deadlock_reaches_no_client(
    alice: User, locking: list[list[User]], headers: dict[str, str]
) -> None:
    bob = person()
    locking += [[alice, bob], [bob, alice]]
    tokens = [f"Bearer {pair_of(user).access_token}" for user in (alice, bob)]

    def attempt() -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=tokens.pop())
        return client.post(ATOMIC, {}, format="json", headers=headers)

    answers = in_parallel(2, attempt)

    assert [answer.status_code for answer in answers] == [201, 201]
    for user in (alice, bob):
        assert Event.objects.filter(type="test.done", owner_id=user.id).count() == 1


def test_a_lock_that_does_not_come_is_told(alice: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair_of(alice).access_token}")
    held, answered = Flag(), Flag()

    def hold() -> None:
        with transaction.atomic():
            lock(alice)
            held.set()
            answered.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        held.wait(10)
        keyed_urls.meanwhile["hook"] = lambda: lock(alice)
        try:
            answer = send(client, ATOMIC, {})
        finally:
            keyed_urls.meanwhile.clear()
            answered.set()
        holder.result()

    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"
    assert answer["Retry-After"]
    assert not Event.objects.filter(type="test.done", owner_id=alice.id).exists()

    assert send(client, ATOMIC, {}).status_code == 201

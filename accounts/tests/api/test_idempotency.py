from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import KeyedAnswer, User
from accounts.operations.claim_answer import Claim, claim_answer
from accounts.operations.prune_answers import prune_answers
from accounts.tests.api import keyed_urls
from accounts.tests.factories import client_of, person
from events.models import Event

ATOMIC, STAGED = "/api/v1/atomic", "/api/v1/staged"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.api.keyed_urls")]


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


@pytest.fixture
def hook() -> Iterator[Callable[[Callable[[], None]], None]]:
    def set_hook(function: Callable[[], None]) -> None:
        keyed_urls.meanwhile["hook"] = function

    yield set_hook
    keyed_urls.meanwhile.clear()


def effects() -> int:
    return Event.objects.filter(type="test.done").count()


def send(client: APIClient, path: str, body: Any, key: str | None = "k-1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, body, format="json", headers=headers)


@pytest.mark.parametrize("path", [ATOMIC, STAGED])
class TestBothKinds:
    def test_twice_is_once(self, client: APIClient, path: str) -> None:
        first = send(client, path, {"amount": "5.00", "note": "é"})
        again = send(client, path, {"note": "é", "amount": "5.00"})

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        assert again["Content-Type"] == first["Content-Type"] == "application/json"
        assert again["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first
        assert effects() == 1

    def test_other_body_is_refused(self, client: APIClient, path: str) -> None:
        send(client, path, {"amount": "5.00"})
        other = send(client, path, {"amount": "6.00"})

        assert other.status_code == 422
        assert other.json()["code"] == "idempotency_key_reused"
        assert effects() == 1

    def test_other_query_is_another_request(self, client: APIClient, path: str) -> None:
        send(client, f"{path}?dry_run=true", {"amount": "5.00"})

        assert send(client, path, {"amount": "5.00"}).status_code == 422

    def test_key_belongs_to_its_caller_and_path(self, client: APIClient, path: str) -> None:
        send(client, path, {"amount": "5.00"})
        send(client_of(person()), path, {"amount": "6.00"})
        send(client, f"{ATOMIC}/other", {"amount": "7.00"})

        assert effects() == 3

    def test_key_in_the_body_is_the_same_thing(self, client: APIClient, path: str) -> None:
        first = send(client, path, {"amount": "5.00"})
        again = send(client, path, {"amount": "5.00", "idempotency_key": "k-1"}, key=None)
        both = send(client, path, {"amount": "5.00", "idempotency_key": "k-1"})

        assert first.content == again.content == both.content
        assert effects() == 1

    def test_two_different_keys_are_refused(self, client: APIClient, path: str) -> None:
        answer = send(client, path, {"idempotency_key": "k-2"})

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "idempotency_key"
        assert effects() == 0

    @pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "é", "\x7f", 5, {}, []])
    def test_malformed_key_is_refused(self, client: APIClient, path: str, key: object) -> None:
        body = {"idempotency_key": key}
        answer = send(client, path, body, key=None)

        assert answer.status_code == 400
        assert answer.json()["code"] == "validation_error"
        assert effects() == KeyedAnswer.objects.count() == 0

    def test_longest_key_is_taken(self, client: APIClient, path: str) -> None:
        assert send(client, path, {}, key="~" * 255).status_code == 201

    def test_without_a_key_each_is_its_own(self, client: APIClient, path: str) -> None:
        for _ in range(2):
            assert send(client, path, {}, key=None).status_code == 201

        assert effects() == 2
        assert KeyedAnswer.objects.count() == 0

    def test_business_refusal_is_kept(self, client: APIClient, path: str) -> None:
        first = send(client, path, {"then": "refuse"})
        again = send(client, path, {"then": "refuse"})

        assert first.status_code == again.status_code == 409
        assert first.json()["code"] == "state_conflict"
        assert first.content == again.content
        assert again["Content-Type"] == "application/problem+json"
        assert again["Idempotent-Replayed"] == "true"

    def test_invalid_request_leaves_the_key_free(self, client: APIClient, path: str) -> None:
        assert send(client, path, {"then": "invalid"}).status_code == 400
        assert KeyedAnswer.objects.count() == 0
        assert send(client, path, {"amount": "5.00"}).status_code == 201

    def test_refusal_of_what_is_not_there_leaves_the_key_free(
        self, client: APIClient, path: str
    ) -> None:
        assert send(client, path, {"then": "nobody"}).status_code == 404
        assert KeyedAnswer.objects.count() == 0
        assert send(client, path, {"amount": "5.00"}).status_code == 201

    def test_5xx_is_not_kept(self, client: APIClient, path: str) -> None:
        first = send(client, path, {"then": "away"})
        again = send(client, path, {"then": "away"})

        assert first.status_code == again.status_code == 503
        assert "Idempotent-Replayed" not in again
        assert not KeyedAnswer.objects.filter(status__isnull=False).exists()

    def test_crash_leaves_the_key_free(self, client: APIClient, path: str) -> None:
        client.raise_request_exception = False
        first = send(client, path, {"then": "crash"})
        again = send(client, path, {"then": "crash"})

        assert first.status_code == again.status_code == 500
        assert "Idempotent-Replayed" not in again

    def test_stranger_learns_nothing(self, client: APIClient, path: str) -> None:
        assert send(APIClient(), path, {}).status_code == 401
        assert KeyedAnswer.objects.count() == 0


def test_refusal_rolls_the_work_back(client: APIClient) -> None:
    for _ in range(2):
        send(client, ATOMIC, {"then": "refuse"})

    assert effects() == 0


def test_effects_name_the_actor(client: APIClient, alice: User) -> None:
    send(client, ATOMIC, {})

    assert Event.objects.get(type="test.done").actor_id == alice.id


def test_required_key(client: APIClient) -> None:
    answer = send(client, "/api/v1/demanding", {}, key=None)

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_required"
    assert effects() == 0


def claim_for(path: str, client: APIClient, alice: User) -> Claim:
    """Leave behind what a staged run that died leaves behind."""
    send(client, path, {"then": "away"})
    row = KeyedAnswer.objects.get()
    KeyedAnswer.objects.update(claimed_at=timezone.now())
    row.refresh_from_db()
    return Claim(row.request_key, row.fingerprint, row.claimed_at)


def test_staged_run_in_progress(client: APIClient, alice: User) -> None:
    claim_for(STAGED, client, alice)
    answer = send(client, STAGED, {"then": "away"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_in_progress"
    assert answer["Retry-After"] == "1"
    assert effects() == 1


def test_dead_staged_run_is_taken_over_with_the_same_key(client: APIClient, alice: User) -> None:
    claim = claim_for(STAGED, client, alice)
    KeyedAnswer.objects.update(claimed_at=claim.claimed_at - timedelta(seconds=61))

    send(client, STAGED, {"then": "away"})

    subjects = Event.objects.filter(type="test.done").values_list("subject", flat=True)
    assert list(subjects) == [str(claim.request_key)] * 2


def test_dead_staged_run_is_not_taken_over_by_another_request(
    client: APIClient, alice: User
) -> None:
    claim = claim_for(STAGED, client, alice)
    KeyedAnswer.objects.update(claimed_at=claim.claimed_at - timedelta(seconds=61))

    assert send(client, STAGED, {"amount": "1.00"}).status_code == 422


def test_slow_staged_run_does_not_overwrite_its_successor(
    client: APIClient, hook: Callable[[Callable[[], None]], None]
) -> None:
    def be_slow() -> None:
        keyed_urls.meanwhile.clear()
        row = KeyedAnswer.objects.get()
        KeyedAnswer.objects.update(claimed_at=row.claimed_at - timedelta(seconds=61))
        taken = claim_answer(request_key=row.request_key, fingerprint=row.fingerprint)
        assert isinstance(taken, Claim)

    hook(be_slow)
    answer = send(client, STAGED, {})

    assert answer.status_code == 409
    assert KeyedAnswer.objects.get().status is None


def test_prune_forgets_what_is_a_week_old(client: APIClient) -> None:
    send(client, ATOMIC, {}, key="old")
    KeyedAnswer.objects.update(claimed_at=timezone.now() - timedelta(days=8))
    send(client, ATOMIC, {}, key="new")

    assert prune_answers(now=timezone.now()) == 1
    assert KeyedAnswer.objects.count() == 1


@pytest.mark.parametrize(("deadlocks", "status"), [(3, 201), (4, 503)])
def test_deadlock_is_tried_again_three_times(
    client: APIClient,
    hook: Callable[[Callable[[], None]], None],
    deadlocks: int,
    status: int,
) -> None:
    left = [deadlocks]

    def collide() -> None:
        if left[0]:
            left[0] -= 1
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")

    hook(collide)
    answer = send(client, ATOMIC, {})

    assert answer.status_code == status
    assert effects() == (1 if status == 201 else 0)

"""Races, with real threads and a connection for each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RefreshToken, TokenFamily, User
from accounts.operations import log_out_everywhere
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.factories import pair_of, person
from events.models import Event

pytestmark = pytest.mark.usefixtures("committed_db")


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Call `work` in `count` threads that start together; return what each returned."""
    start = Barrier(count)

    def run(index: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def refresh(token: str) -> Any:
    return APIClient().post("/api/v1/tokens/refresh", {"refresh_token": token}, format="json")


def again(token: str, _: int) -> Any:
    return refresh(token)


def test_parallel_refreshes_of_one_token_give_one_successor() -> None:
    alice = person()
    refresh_tokens = [pair_of(alice).refresh_token for _ in range(50)]
    meet = Barrier(4)

    def refresh_all(_: int) -> list[Any]:
        answers = []
        for token in refresh_tokens:
            meet.wait(timeout=20)
            answers.append(refresh(token))
        return answers

    for answers in zip(*at_once(4, refresh_all), strict=True):
        assert [answer.status_code for answer in answers] == [200] * 4
        assert len({answer.content for answer in answers}) == 1
    assert RefreshToken.objects.filter(family__user=alice).count() == 100


def test_parallel_replays_end_a_family_once() -> None:
    alice = person()
    first = pair_of(alice).refresh_token
    second = refresh(first).json()["refresh_token"]
    refresh(second)

    answers = at_once(4, partial(again, first))

    assert [answer.status_code for answer in answers] == [401] * 4
    assert TokenFamily.objects.get(user=alice).revoked_at is not None


def test_a_refresh_against_a_log_out_leaves_nothing_alive() -> None:
    for _ in range(10):
        alice = person()
        token = pair_of(alice).refresh_token

        def act(index: int, alice: User = alice, token: str = token) -> Any:
            if index:
                return refresh(token)
            return log_out_everywhere(user_id=alice.id, at=timezone.now())

        _, answer = at_once(2, act)

        if answer.status_code == 200:
            access = answer.json()["access_token"]
            me = APIClient().get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {access}")
            assert me.status_code == 401
            assert refresh(answer.json()["refresh_token"]).status_code == 401


def test_parallel_sign_ups_with_one_address_make_one_account() -> None:
    email = f"twin-{uuid4().hex[:12]}@example.com"
    body = {"email": email, "password": "a-Long-enough-1"}

    answers = at_once(4, lambda _: AuthClient().post("auth/signup", body))

    # Pending verification for whoever made it or came later, a conflict for who came at once.
    assert {status for status, _ in answers} <= {401, 409}
    assert 401 in {status for status, _ in answers}
    made = User.objects.get(email=email)
    assert Event.objects.filter(type="user.signed_up", owner_id=made.id).count() == 1

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from celery.schedules import crontab
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.errors import RefreshTokenReused, TokenNotValid
from accounts.models import RefreshToken, TokenFamily, User
from accounts.operations import (
    FAMILY_LIFE,
    PresentedToken,
    end_family,
    prune_logins,
    rotate_refresh_token,
    start_family,
)
from accounts.tasks import prune_logins as prune_logins_task
from accounts.tests.factories import person
from events.models import Event

NOW = timezone.now()
WEEK = timedelta(days=7)
MOMENT = timedelta(seconds=1)


def present(token: RefreshToken) -> PresentedToken:
    return PresentedToken(
        token_id=token.id,
        family_id=token.family_id,
        user_id=token.family.user_id,
        version=token.family.user.token_version,
    )


def exists(token: RefreshToken) -> bool:
    return TokenFamily.objects.filter(id=token.family_id).exists()


@pytest.fixture
def alice(committed_db: None) -> User:
    return person()


def test_a_login_that_ended_long_ago_goes_with_all_its_tokens(alice: User) -> None:
    first = start_family(user=alice, at=NOW - timedelta(days=10))
    second = rotate_refresh_token(presented=present(first), at=NOW - timedelta(days=9))
    end_family(family_id=first.family_id, at=NOW - WEEK - MOMENT, reason="logged_out")

    assert prune_logins(now=NOW) >= 1

    assert not exists(first)
    assert not RefreshToken.objects.filter(id__in=[first.id, second.id]).exists()
    with pytest.raises(TokenNotValid) as refused:
        rotate_refresh_token(presented=present(second), at=NOW)
    assert not isinstance(refused.value, RefreshTokenReused)
    assert Event.objects.filter(owner_id=alice.id, type="token.family_revoked").count() == 1


def test_a_login_that_expired_long_ago_goes(alice: User) -> None:
    token = start_family(user=alice, at=NOW - FAMILY_LIFE - WEEK - MOMENT)

    prune_logins(now=NOW)

    assert not exists(token)


def test_what_ended_lately_stays(alice: User) -> None:
    ended = start_family(user=alice, at=NOW - timedelta(days=10))
    end_family(family_id=ended.family_id, at=NOW - WEEK + MOMENT, reason="logged_out")
    expired = start_family(user=alice, at=NOW - FAMILY_LIFE - WEEK + MOMENT)

    prune_logins(now=NOW)

    assert exists(ended)
    assert exists(expired)


def test_a_live_login_keeps_its_spent_tokens_so_that_a_thief_is_noticed(alice: User) -> None:
    first = start_family(user=alice, at=NOW - timedelta(days=29))
    second = rotate_refresh_token(presented=present(first), at=NOW - timedelta(days=28))

    prune_logins(now=NOW)

    third = rotate_refresh_token(presented=present(second), at=NOW)
    assert third.family_id == first.family_id
    with pytest.raises(RefreshTokenReused):
        rotate_refresh_token(presented=present(first), at=NOW)


def test_sessions_that_are_over_go_and_others_stay(alice: User) -> None:
    live, dead = session(alice), session(alice)
    Session.objects.filter(session_key=dead).update(expire_date=NOW - MOMENT)

    prune_logins(now=NOW)

    assert SessionStore().exists(live)
    assert UserSession.objects.filter(session_key=live).exists()
    assert not SessionStore().exists(dead)
    assert not UserSession.objects.filter(session_key=dead).exists()


def test_what_was_noted_of_a_session_that_is_gone_goes(alice: User) -> None:
    gone = session(alice)
    SessionStore().delete(gone)

    prune_logins(now=NOW)

    assert not UserSession.objects.filter(session_key=gone).exists()


def session(user: User) -> str:
    store = SessionStore()
    store.create()
    key = str(store.session_key)
    UserSession.objects.create(user=user, ip="192.0.2.1", user_agent="x", session_key=key)
    return key


def test_twice_is_once_and_the_scheduler_does_it_hourly(alice: User) -> None:
    token = start_family(user=alice, at=NOW - timedelta(days=40))
    prune_logins_task()

    assert not exists(token)
    assert prune_logins(now=NOW) == 0
    entry = settings.CELERY_BEAT_SCHEDULE["prune-logins"]
    assert (entry["task"], entry["schedule"]) == (
        prune_logins_task.name,
        crontab(minute=17),
    )

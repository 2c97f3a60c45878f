from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import TokenFamily, User
from accounts.operations import (
    end_families_of,
    end_families_of_sessions,
    end_family,
    set_password,
    start_family,
)
from accounts.tests.factories import person
from events.models import Event

pytestmark = pytest.mark.django_db

AT = timezone.now()


@pytest.fixture
def alice() -> User:
    return person()


def log_in(user: User, session_key: str = "") -> TokenFamily:
    return start_family(user=user, at=AT, session_key=session_key).family


def is_live(family: TokenFamily) -> bool:
    family.refresh_from_db()
    return family.is_live(AT)


def reasons(user: User) -> list[str]:
    events = Event.objects.filter(owner_id=user.id, type="token.family_revoked")
    return [event.data["reason"] for event in events]


def test_a_login_is_ended_once(alice: User) -> None:
    family = log_in(alice)

    end_family(family_id=family.id, at=AT, reason="first")
    end_family(family_id=family.id, at=AT + timedelta(hours=1), reason="second")

    assert not is_live(family)
    assert family.revoked_at == AT
    assert reasons(alice) == ["first"]


def test_the_session_of_a_login_ends_with_it(alice: User) -> None:
    session = SessionStore()
    session["x"] = 1
    session.save()
    family = log_in(alice, session.session_key or "")

    end_family(family_id=family.id, at=AT, reason="x")

    assert not SessionStore().exists(session.session_key or "")


def test_every_login_but_one_is_ended(alice: User) -> None:
    kept, ended, strangers = log_in(alice), log_in(alice), log_in(person())

    end_families_of(user_id=alice.id, at=AT, reason="x", keep=kept.id)

    assert (is_live(kept), is_live(ended), is_live(strangers)) == (True, False, True)


def test_every_login_is_ended_when_none_is_kept(alice: User) -> None:
    families = [log_in(alice), log_in(alice)]

    end_families_of(user_id=alice.id, at=AT, reason="x")

    assert not any(is_live(family) for family in families)


def test_no_session_key_means_no_login(alice: User) -> None:
    family = log_in(alice)

    end_families_of_sessions(session_keys=["", "unknown"], at=AT, reason="x")

    assert is_live(family)


def test_a_new_password_keeps_one_login(alice: User) -> None:
    kept, ended = log_in(alice), log_in(alice)

    set_password(user=alice, password="another-Pass-1357", at=AT, keep_family=kept.id)

    assert (is_live(kept), is_live(ended)) == (True, False)
    assert User.objects.get(id=alice.id).check_password("another-Pass-1357")


def test_a_login_is_over_after_thirty_days(alice: User) -> None:
    family = log_in(alice)

    assert family.is_live(AT + timedelta(days=30) - timedelta(seconds=1))
    assert not family.is_live(AT + timedelta(days=30))

"""Sensitive actions want a proof of who is asking that is recent, and take allauth's for one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import ApiKey, TokenFamily, User
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.authenticators import totp
from accounts.tests.factories import PASSWORD, person, with_password
from events.models import Event

pytestmark = pytest.mark.django_db

KEY = {"name": "bot", "permissions": ["read"], "expiry": "1H"}
REAUTHENTICATE = "auth/reauthenticate"


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


@pytest.fixture
def app(alice: User) -> AuthClient:
    client = AuthClient()
    client.log_in("alice@example.com")
    return client


def add_app(client: AuthClient) -> str:
    """Add an authenticator app and return its secret."""
    _, body = client.get("account/authenticators/totp")
    secret: str = body["meta"]["secret"]
    status, _ = client.post("account/authenticators/totp", {"code": totp(secret, steps=-1)})
    assert status == 200
    return secret


def grow_old(user: User, minutes: float) -> None:
    """Let the logins of somebody, and what their sessions remember, be this much older."""
    age = timedelta(minutes=minutes)
    for family in TokenFamily.objects.filter(user=user):
        family.authenticated_at -= age
        if family.second_factor_at:
            family.second_factor_at -= age
        family.save()
        session = SessionStore(family.session_key)
        for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
            record["at"] -= age.total_seconds()
        session.save()


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["code"]


REFUSED = (401, "reauthentication_required")


def test_a_fresh_login_is_proof_enough(app: AuthClient) -> None:
    assert app.post("keys", KEY)[0] == 201


def test_after_a_quarter_of_an_hour_it_is_none(app: AuthClient, alice: User) -> None:
    grow_old(alice, 15)

    assert refusal(app.post("keys", KEY)) == REFUSED
    assert app.get("keys")[0] == 200
    assert not ApiKey.objects.exists()


def test_a_refresh_proves_nothing(app: AuthClient, alice: User) -> None:
    grow_old(alice, 15)
    _, pair = AuthClient().post("tokens/refresh", {"refresh_token": app.tokens["refresh_token"]})
    app.headers = {"Authorization": f"Bearer {pair['access_token']}"}

    assert refusal(app.post("keys", KEY)) == REFUSED


def test_the_password_once_more_is(app: AuthClient, alice: User) -> None:
    grow_old(alice, 15)

    assert app.post(REAUTHENTICATE, {"password": PASSWORD})[0] == 200

    assert app.post("keys", KEY)[0] == 201
    event = Event.objects.get(type="user.reauthenticated", owner_id=alice.id)
    assert event.data["second_factor"] is False


def test_a_wrong_one_is_none(app: AuthClient, alice: User) -> None:
    grow_old(alice, 15)

    assert app.post(REAUTHENTICATE, {"password": "not-It-at-all"})[0] == 400

    assert refusal(app.post("keys", KEY)) == REFUSED


def test_one_login_proves_nothing_for_another(app: AuthClient, alice: User) -> None:
    grow_old(alice, 15)
    AuthClient().log_in("alice@example.com")

    assert refusal(app.post("keys", KEY)) == REFUSED


class TestWithASecondFactor:
    @pytest.fixture
    def secret(self, app: AuthClient) -> str:
        return add_app(app)

    @pytest.fixture
    def phone(self, secret: str) -> AuthClient:
        """Alice, who logged in with her authenticator app."""
        client = AuthClient()
        client.log_in("alice@example.com")
        assert client.post("auth/2fa/authenticate", {"code": totp(secret)})[0] == 200
        return client

    def test_a_login_with_it_is_proof(self, phone: AuthClient) -> None:
        assert phone.post("keys", KEY)[0] == 201

    def test_a_login_from_before_there_was_one_is_none(self, app: AuthClient, secret: str) -> None:
        assert refusal(app.post("keys", KEY)) == REFUSED

    def test_after_five_minutes_it_is_none(self, phone: AuthClient, alice: User) -> None:
        grow_old(alice, 5)

        assert refusal(phone.post("keys", KEY)) == REFUSED

    def test_the_password_is_no_substitute(self, phone: AuthClient, alice: User) -> None:
        grow_old(alice, 5)

        assert phone.post(REAUTHENTICATE, {"password": PASSWORD})[0] == 200

        assert refusal(phone.post("keys", KEY)) == REFUSED

    def test_another_code_is_proof(self, phone: AuthClient, alice: User, secret: str) -> None:
        grow_old(alice, 5)
        asked_at = timezone.now()

        status, _ = phone.post("auth/2fa/reauthenticate", {"code": totp(secret, steps=1)})

        assert status == 200
        assert phone.post("keys", KEY)[0] == 201
        assert TokenFamily.objects.filter(user=alice, second_factor_at__gte=asked_at).count() == 1
        event = Event.objects.get(type="user.reauthenticated", owner_id=alice.id)
        assert event.data["second_factor"] is True

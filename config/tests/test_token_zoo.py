"""No route of the installation believes a token that is not good, however it is brought."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.api.cookies import ACCESS_COOKIE, csrf_token
from accounts.api.tokens import write_access
from accounts.models import ApiKey, TokenFamily, User
from accounts.operations import end_family, log_out_everywhere, start_family
from accounts.tests.api.test_authentication import payload_of, signed, unsigned
from accounts.tests.factories import pair_of, person
from accounts.tests.keys import expired_key_of, key_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/"
# Whoever these answer needs no token: each has its own way of knowing, or nothing to know.
OPEN = {
    "auth/cookie",
    "auth/google",
    "auth/google/callback",
    "offline-transactions/verify-receipt",
    "offline/revocations",
    "tokens/refresh",
}
OPEN_BELOW = "webhooks/"
_SAMPLES = {"uuid": str(uuid4()), "int": "1", "str": "x", "slug": "x", "path": "x"}
_METHODS = ("get", "post", "put", "patch", "delete")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield (
                route,
                getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None),
            )


def guarded() -> list[tuple[str, str]]:
    """Every method and route of our own views that does not answer anybody."""
    return sorted(
        (method, route)
        for route, view in routes(get_resolver())
        if route.startswith(ROOT[1:])
        and isinstance(view, type)
        and issubclass(view, APIView)
        and getattr(view, "public", False) is not True
        for method in _METHODS
        if hasattr(view, method)
    )


def address(route: str) -> str:
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: _SAMPLES[found[1]], route)


def test_what_answers_anybody_is_known_by_name() -> None:
    found = {
        route.removeprefix(ROOT[1:])
        for route, view in routes(get_resolver())
        if route.startswith(ROOT[1:])
        and isinstance(view, type)
        and issubclass(view, APIView)
        and getattr(view, "public", False) is True
    }

    assert {route for route in found - OPEN if not route.startswith(OPEN_BELOW)} == set()
    assert len(guarded()) > 20


def _changed(**claims: Any) -> Callable[[User], str]:
    def make(alice: User) -> str:
        return signed(payload_of(pair_of(alice).access_token) | claims)

    return make


def _after(act: Callable[[User, UUID], Any]) -> Callable[[User], str]:
    def make(alice: User) -> str:
        token = pair_of(alice).access_token
        act(alice, UUID(payload_of(token)["fam"]))
        return token

    return make


def _expired(alice: User) -> str:
    return write_access(start_family(user=alice, at=timezone.now() - timedelta(hours=1)))


def _endless(alice: User) -> str:
    payload = payload_of(pair_of(alice).access_token)
    del payload["exp"]
    return signed(payload)


def _disable(alice: User, _family: UUID) -> None:
    User.objects.filter(id=alice.id).update(is_active=False)


def _raise_version(alice: User, _family: UUID) -> None:
    User.objects.filter(id=alice.id).update(token_version=9)


ZOO: dict[str, Callable[[User], str]] = {
    "garbage": lambda _: "a.b.c",
    "unsigned": lambda alice: unsigned(payload_of(pair_of(alice).access_token)),
    "another key": lambda alice: signed(payload_of(pair_of(alice).access_token), key="k" * 64),
    "the site's key": lambda alice: signed(
        payload_of(pair_of(alice).access_token), key=settings.SECRET_KEY
    ),
    "another algorithm": lambda alice: signed(
        payload_of(pair_of(alice).access_token), algorithm="HS384"
    ),
    "another kid": lambda alice: signed(payload_of(pair_of(alice).access_token), kid="x"),
    "another issuer": _changed(iss="another"),
    "another audience": _changed(aud="another"),
    "another type": _changed(token_type="id"),
    "a version to come": _changed(ver=7),
    "somebody else": lambda alice: signed(
        payload_of(pair_of(alice).access_token) | {"sub": str(person().id)}
    ),
    "no family": _changed(fam=str(uuid4())),
    "a refresh token": lambda alice: pair_of(alice).refresh_token,
    "expired": _expired,
    "endless": _endless,
    "logged out": _after(
        lambda _, family: end_family(family_id=family, at=timezone.now(), reason="logged_out")
    ),
    "logged out everywhere": _after(
        lambda alice, _: log_out_everywhere(user_id=alice.id, at=timezone.now())
    ),
    "revoked": _after(
        lambda _, family: TokenFamily.objects.filter(id=family).update(revoked_at=timezone.now())
    ),
    "an older version": _after(_raise_version),
    "disabled": _after(_disable),
}


def answers(client: APIClient, **headers: str) -> dict[tuple[str, str], tuple[int, str]]:
    found = {}
    for method, route in guarded():
        answer = getattr(client, method)(address(route), {}, format="json", headers=headers)
        found[method, route] = (answer.status_code, answer.json().get("code"))
    return found


def refused() -> dict[tuple[str, str], tuple[int, str]]:
    return dict.fromkeys(guarded(), (401, "token_not_valid"))


@pytest.mark.parametrize("animal", ZOO)
def test_a_bad_token_is_refused_everywhere(animal: str) -> None:
    token = ZOO[animal](person("alice@example.com"))

    assert answers(APIClient(), authorization=f"Bearer {token}") == refused()


@pytest.mark.parametrize(
    "animal", ["garbage", "unsigned", "a refresh token", "expired", "logged out", "disabled"]
)
def test_in_a_cookie_it_is_no_better(animal: str) -> None:
    token = ZOO[animal](person("alice@example.com"))
    browser = APIClient()
    browser.cookies[ACCESS_COOKIE] = token
    # Where the token says whose it is, the page even knows its CSRF token.
    csrf = "x" if animal == "garbage" else csrf_token(UUID(payload_of(token)["fam"]))

    assert answers(browser, **{"x-csrf-token": csrf}) == refused()


@pytest.mark.parametrize("key", ["", "sk_live_", "sk_live_" + "0" * 49, "expired", "revoked"])
def test_a_bad_key_is_refused_everywhere(key: str) -> None:
    alice = person("alice@example.com")
    if key == "expired":
        _, key = expired_key_of(alice)
    elif key == "revoked":
        made, key = key_of(alice)
        ApiKey.objects.filter(id=made.id).update(place=None, revoked_at=timezone.now())

    assert answers(APIClient(), **{"x-api-key": key}) == refused()


def test_nobody_gets_nowhere() -> None:
    found = answers(APIClient())

    assert found == dict.fromkeys(guarded(), (401, "not_authenticated"))


@pytest.mark.parametrize("animal", ZOO)
@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_to_allauth_it_is_nobody(animal: str) -> None:
    token = ZOO[animal](person("alice@example.com"))
    own = [
        route
        for route, view in routes(get_resolver())
        if route.startswith((f"{ROOT[1:]}account/", f"{ROOT[1:]}auth/session"))
        and isinstance(view, type)
        and not issubclass(view, APIView)
    ]
    assert len(own) > 5

    for route in own:
        for method in _METHODS:
            call = getattr(APIClient(), method)
            answer = call(
                address(route), {}, format="json", headers={"authorization": f"Bearer {token}"}
            )
            # 404 and 405: no such path or method; 409: there is no half-done sign-up either.
            assert answer.status_code in (401, 404, 405, 409), (method, route)

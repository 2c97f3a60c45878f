"""A login in cookies: out of scripts' reach, and of no use to other sites' pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.api.cookies import ACCESS_COOKIE, CSRF_COOKIE, REFRESH_COOKIE
from accounts.models import RefreshToken, TokenFamily, User
from accounts.tests.api.cookie_page import COOKIE, REFRESH, Page, attributes
from accounts.tests.factories import pair_of, person

pytestmark = pytest.mark.django_db

ME, LOGOUT_ALL = "/api/v1/users/me", "/api/v1/auth/logout-all"
SESSION = "/api/v1/auth/session"
OTHER_SITES = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": settings.PURSER_ORIGIN},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def page(alice: User) -> Page:
    page = Page()
    assert page.log_in(alice).status_code == 200
    return page


class TestExchange:
    def test_the_pair_goes_into_cookies_and_nowhere_else(self, alice: User) -> None:
        pair = pair_of(alice)

        answer = Page().send(
            "POST",
            COOKIE,
            {"refresh_token": pair.refresh_token, "access_token": pair.access_token},
        )

        assert set(answer.json()) == {"csrf_token"}
        kept = attributes(answer)
        for name in (ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE):
            assert kept[name]["secure"] is True
            assert kept[name].get("domain") is None
        assert kept[ACCESS_COOKIE]["httponly"] is True
        assert (kept[ACCESS_COOKIE]["samesite"], kept[ACCESS_COOKIE]["path"]) == ("Lax", "/")
        assert kept[ACCESS_COOKIE]["max-age"] == 15 * 60
        assert kept[REFRESH_COOKIE]["httponly"] is True
        assert kept[REFRESH_COOKIE]["samesite"] == "Strict"
        assert kept[REFRESH_COOKIE]["path"] == REFRESH
        assert "httponly" not in kept[CSRF_COOKIE]
        assert answer.cookies[CSRF_COOKIE].value == answer.json()["csrf_token"]
        assert pair.refresh_token not in answer.cookies[REFRESH_COOKIE].value

    def test_the_refresh_token_is_spent(self, alice: User) -> None:
        token = pair_of(alice).refresh_token
        Page().send("POST", COOKIE, {"refresh_token": token})
        RefreshToken.objects.filter(parent=None).update(used_at="2026-01-01T00:00:00Z")

        answer = Page().send("POST", COOKIE, {"refresh_token": token})

        assert answer.status_code == 401
        assert TokenFamily.objects.get().revoked_at is not None

    def test_two_tokens_of_different_logins_are_no_pair(self, alice: User) -> None:
        body = {
            "refresh_token": pair_of(alice).refresh_token,
            "access_token": pair_of(alice).access_token,
        }

        answer = Page().send("POST", COOKIE, body)

        assert answer.status_code == 401
        assert not answer.cookies

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", None])
    def test_garbage_gives_no_cookies(self, token: Any) -> None:
        answer = Page().send("POST", COOKIE, {"refresh_token": token})

        assert answer.status_code in (400, 401)
        assert not answer.cookies

    @pytest.mark.parametrize("headers", OTHER_SITES)
    def test_no_other_site_logs_a_browser_in(self, alice: User, headers: dict[str, str]) -> None:
        body = {"refresh_token": pair_of(alice).refresh_token}

        answer = Page().send("POST", COOKIE, body, **headers)

        assert answer.status_code == 403
        assert not answer.cookies
        assert not RefreshToken.objects.exclude(used_at=None).exists()

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
    def test_what_a_form_can_send_is_not_understood(self, alice: User, kind: str) -> None:
        body = json.dumps({"refresh_token": pair_of(alice).refresh_token})

        answer = APIClient().generic("POST", COOKIE, body, content_type=kind)

        assert answer.status_code == 415
        assert not answer.cookies


class TestUse:
    def test_reading_takes_the_cookie_alone(self, page: Page, alice: User) -> None:
        answer = page.browser.get(ME)

        assert answer.json()["id"] == str(alice.id)

    def test_changing_takes_the_csrf_token_too(self, page: Page, alice: User) -> None:
        answer = page.send("PATCH", ME, {"name": "Alice"})

        assert answer.status_code == 200
        assert User.objects.get(id=alice.id).name == "Alice"

    @pytest.mark.parametrize(
        "headers",
        [{"x-csrf-token": ""}, {"x-csrf-token": "x"}, {"x-csrf-token": "é"}, *OTHER_SITES],
    )
    def test_nothing_is_changed_otherwise(
        self, page: Page, alice: User, headers: dict[str, str]
    ) -> None:
        answer = page.send("PATCH", ME, {"name": "Mallory"}, **headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert User.objects.get(id=alice.id).name == ""

    def test_the_csrf_token_of_another_login_is_none(self, page: Page, alice: User) -> None:
        other = Page()
        theirs = other.log_in(alice).json()["csrf_token"]

        answer = page.send("PATCH", ME, {"name": "Mallory"}, **{"x-csrf-token": theirs})

        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "same-origin", "origin": settings.PURSER_ORIGIN},
            {"sec-fetch-site": "none"},
            {"origin": settings.PURSER_ORIGIN},
            {"origin": "http://testserver"},
        ],
    )
    def test_our_own_pages_may(self, page: Page, headers: dict[str, str]) -> None:
        assert page.send("PATCH", ME, {"name": "Alice"}, **headers).status_code == 200

    def test_pages_that_the_operator_trusts_may(self, page: Page) -> None:
        headers = {"sec-fetch-site": "same-site", "origin": "https://app.example"}

        with override_settings(CSRF_TRUSTED_ORIGINS=["https://app.example"]):
            assert page.send("PATCH", ME, {"name": "Alice"}, **headers).status_code == 200

    def test_a_header_needs_no_csrf_token(self, page: Page, alice: User) -> None:
        token = pair_of(alice).access_token

        answer = page.send(
            "PATCH", ME, {"name": "A"}, authorization=f"Bearer {token}", **{"x-csrf-token": ""}
        )

        assert answer.status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c"])
    def test_garbage_is_nobody(self, token: str) -> None:
        browser = APIClient()
        browser.cookies[ACCESS_COOKIE] = token

        assert browser.get(ME).status_code == 401

    def test_a_refresh_token_is_no_access_token(self, alice: User) -> None:
        browser = APIClient()
        browser.cookies[ACCESS_COOKIE] = pair_of(alice).refresh_token

        assert browser.get(ME).status_code == 401


class TestRefresh:
    def test_new_cookies_for_old(self, page: Page) -> None:
        before = {name: page.browser.cookies[name].value for name in (REFRESH_COOKIE, CSRF_COOKIE)}

        answer = page.send("POST", REFRESH)

        assert answer.status_code == 200
        assert answer.json() == {"csrf_token": before[CSRF_COOKIE]}
        assert page.browser.cookies[REFRESH_COOKIE].value != before[REFRESH_COOKIE]
        assert page.send("PATCH", ME, {"name": "Alice"}).status_code == 200

    def test_an_access_token_that_is_gone_is_no_hindrance(self, page: Page) -> None:
        del page.browser.cookies[ACCESS_COOKIE]
        assert page.browser.get(ME).status_code == 401

        page.send("POST", REFRESH)

        assert page.browser.get(ME).status_code == 200

    @pytest.mark.parametrize("headers", [{"x-csrf-token": ""}, *OTHER_SITES])
    def test_no_other_page_refreshes(self, page: Page, headers: dict[str, str]) -> None:
        answer = page.send("POST", REFRESH, **headers)

        assert answer.status_code == 403
        assert RefreshToken.objects.filter(used_at=None).count() == 1

    def test_a_replay_ends_the_login(self, page: Page) -> None:
        first = page.browser.cookies[REFRESH_COOKIE].value
        page.send("POST", REFRESH)
        page.send("POST", REFRESH)
        page.browser.cookies[REFRESH_COOKIE] = first

        assert page.send("POST", REFRESH).status_code == 401

        assert page.browser.get(ME).status_code == 401

    def test_a_token_in_the_body_is_answered_in_the_body(self, page: Page, alice: User) -> None:
        answer = page.send("POST", REFRESH, {"refresh_token": pair_of(alice).refresh_token})

        assert set(answer.json()) == {"access_token", "refresh_token"}
        assert not answer.cookies


def test_logging_out_everywhere_clears_the_cookies(page: Page) -> None:
    assert page.send("POST", LOGOUT_ALL, **{"x-csrf-token": ""}).status_code == 403

    answer = page.send("POST", LOGOUT_ALL)

    assert answer.status_code == 204
    assert answer.cookies[ACCESS_COOKIE].value == ""
    assert page.browser.get(ME).status_code == 401

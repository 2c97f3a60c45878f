"""The paths of `auth/` and `account/` know a browser's cookies as well."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.api.cookies import ACCESS_COOKIE, CSRF_COOKIE, REFRESH_COOKIE
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.cookie_page import COOKIE, REFRESH, Page, attributes
from accounts.tests.factories import PASSWORD, person, with_password

pytestmark = pytest.mark.django_db

ME, SESSION = "/api/v1/users/me", "/api/v1/auth/session"


@pytest.fixture
def page() -> Page:
    with_password(person("alice@example.com"))
    client = AuthClient()
    client.log_in("alice@example.com")
    page = Page()
    page.send("POST", COOKIE, {"refresh_token": client.tokens["refresh_token"]})
    return page


def test_reading_takes_the_cookie_alone(page: Page) -> None:
    assert page.browser.get(SESSION).json()["data"]["user"]["email"] == "alice@example.com"


def test_changing_takes_the_csrf_token_too(page: Page) -> None:
    body = {"current_password": PASSWORD, "new_password": "another-Pass-1357"}
    path = "/api/v1/account/password/change"

    refused = page.send("POST", path, body, **{"x-csrf-token": "x"})

    assert refused.status_code == 401
    assert page.send("POST", path, body).status_code == 200
    assert page.browser.get(ME).status_code == 200


def test_logging_out_clears_the_cookies(page: Page) -> None:
    taken = {name: cookie.value for name, cookie in page.browser.cookies.items()}

    answer = page.send("DELETE", SESSION)

    kept = attributes(answer)
    assert set(kept) == {ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE}
    assert all(cookie.value == "" for cookie in answer.cookies.values())
    assert all(answer.cookies[name]["max-age"] == 0 for name in kept)
    assert kept[REFRESH_COOKIE]["path"] == REFRESH
    thief = APIClient()
    for name, value in taken.items():
        thief.cookies[name] = value
    assert thief.get(ME).status_code == 401


def test_logging_out_late_clears_them_too(page: Page) -> None:
    del page.browser.cookies[ACCESS_COOKIE]

    answer = page.send("DELETE", SESSION)

    assert answer.status_code == 401
    assert answer.cookies[REFRESH_COOKIE].value == ""


def test_no_other_page_logs_out(page: Page) -> None:
    answer = page.send("DELETE", SESSION, **{"sec-fetch-site": "cross-site"})

    assert not answer.cookies
    assert page.browser.get(ME).status_code == 200

"""A browser's page that is logged in by cookies, for tests."""

from __future__ import annotations

import json
from typing import Any

from rest_framework.test import APIClient

from accounts.api.cookies import CSRF_COOKIE
from accounts.models import User
from accounts.tests.factories import pair_of

COOKIE, REFRESH = "/api/v1/auth/cookie", "/api/v1/tokens/refresh"


class Page:
    """A page of ours in a browser: it has cookies and, unless told otherwise, the CSRF token."""

    def __init__(self) -> None:
        self.browser = APIClient()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        kept = self.browser.cookies.get(CSRF_COOKIE)
        own = {"x-csrf-token": kept.value} if kept and kept.value else {}
        return self.browser.generic(
            method,
            path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={**own, **headers},
        )

    def log_in(self, user: User) -> Any:
        return self.send("POST", COOKIE, {"refresh_token": pair_of(user).refresh_token})


def attributes(answer: Any) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in cookie.items() if value}
        for name, cookie in answer.cookies.items()
    }

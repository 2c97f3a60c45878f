"""A real browser keeps the cookies of a login, on a machine of one's own without TLS too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.tests.factories import pair_of, person

pytestmark = pytest.mark.browser

# Any page of the installation whose policy lets it talk to its own server.
OUR_PAGE = "/api/docs"

ASK = """
async ([method, path, body, csrf]) => {
    const headers = {"Content-Type": "application/json"};
    const name = "__Host-csrf=";
    const kept = document.cookie.split("; ").find((cookie) => cookie.startsWith(name));
    if (csrf && kept) headers["X-CSRF-Token"] = kept.slice(name.length);
    const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
    return [answer.status, await answer.text(), document.cookie];
}
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.usefixtures("committed_db")
def test_a_browser_keeps_sends_and_forgets_them(served: str, page: Page, host: str) -> None:
    alice = person()
    refresh_token = pair_of(alice).refresh_token
    page.goto(served.replace("127.0.0.1", host) + OUR_PAGE)

    def ask(method: str, path: str, body: Any = None, *, csrf: bool = True) -> list[Any]:
        answer: list[Any] = page.evaluate(ASK, [method, f"/api/v1/{path}", body, csrf])
        return answer

    status, _, readable = ask("POST", "auth/cookie", {"refresh_token": refresh_token})
    assert status == 200
    assert readable.startswith("__Host-csrf=")
    assert "access" not in readable
    assert "refresh" not in readable

    status, body, _ = ask("GET", "users/me")
    assert status == 200
    assert str(alice.id) in body
    assert ask("PATCH", "users/me", {"name": "Ada"}, csrf=False)[0] == 403
    assert ask("PATCH", "users/me", {"name": "Ada"})[0] == 200
    assert ask("POST", "tokens/refresh", {})[0] == 200
    assert ask("PATCH", "users/me", {"name": "Bea"})[0] == 200

    status, _, readable = ask("POST", "auth/logout-all")
    assert (status, readable) == (204, "")
    assert ask("GET", "users/me")[0] == 401

"""A browser that logs in with Google, or rather with whoever stands in for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import TokenFamily
from accounts.tests.oidc_provider import OidcProvider

NATIVE = "purser-phone.example"


def away(browser: Client) -> str:
    answer = browser.get("/api/v1/auth/google")
    assert answer.status_code == 302
    return str(answer["Location"])


def back(browser: Client, address: str) -> tuple[int, Any]:
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}")
    return answer.status_code, answer.json()


def log_in(google: OidcProvider, browser: Client | None = None) -> tuple[int, Any]:
    browser = browser or Client()
    return back(browser, google.authorize(away(browser)))


def nobody_came_in() -> bool:
    return not TokenFamily.objects.exists() and not SocialAccount.objects.exists()


def refused(answer: tuple[int, Any]) -> None:
    status, body = answer
    assert (status, body["code"]) == (401, "login_refused")
    assert nobody_came_in()

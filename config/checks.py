"""What an installation that real money goes through must not be configured with.

`manage.py check` tells all of it, and neither the web server nor a worker nor the scheduler
starts before it is put right.
Embedded mode is for one's own machine and is let off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 10


def unsafe_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Django's check: one error for each setting that is unsafe outside embedded mode."""
    if settings.PURSER_EMBEDDED:
        return []
    return [
        Error(message, hint=hint, id=f"purser.E{number:03}")
        for number, (unsafe, message, hint) in enumerate(_RULES, start=1)
        if unsafe()
    ]


def refuse_unsafe_settings() -> None:
    """Raise `ImproperlyConfigured`, naming each fault, where real money would not be safe."""
    faults = unsafe_settings()
    if faults:
        raise ImproperlyConfigured("\n".join(str(fault) for fault in faults))


def _is_weak(secret: str) -> bool:
    short = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS
    return short or secret.startswith("django-insecure-")


def _shared_secret() -> bool:
    secrets = [
        settings.SECRET_KEY,
        settings.JWT_SIGNING_KEY,
        settings.API_KEY_PEPPER,
        settings.PAYSTACK_SECRET_KEY,
    ]
    told = [secret for secret in secrets if secret]
    return len(set(told)) < len(told)


_RULES: list[tuple[Callable[[], bool], str, str]] = [
    (lambda: settings.DEBUG, "DEBUG is on.", "It shows settings and code to strangers."),
    (
        lambda: _is_weak(settings.SECRET_KEY),
        "SECRET_KEY is short, simple or Django's default.",
        "Take 50 random characters: python -c 'import secrets; print(secrets.token_urlsafe(50))'.",
    ),
    (
        lambda: _is_weak(settings.JWT_SIGNING_KEY),
        "JWT_SIGNING_KEY is short or simple.",
        "Whoever guesses it can be anybody. Take 50 random characters.",
    ),
    (
        _shared_secret,
        "One secret serves two purposes.",
        "SECRET_KEY, JWT_SIGNING_KEY, API_KEY_PEPPER and PAYSTACK_SECRET_KEY must differ.",
    ),
    (
        lambda: not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        "ALLOWED_HOSTS is empty or lets every host in.",
        "Name the hosts by which clients reach this installation.",
    ),
    (
        lambda: not settings.PAYSTACK_SECRET_KEY,
        "PAYSTACK_SECRET_KEY is empty.",
        "Without it anybody could sign a webhook that says money came in.",
    ),
    (
        lambda: not settings.PAYSTACK_BASE_URL.startswith("https://"),
        "PAYSTACK_BASE_URL is not https.",
        "The secret key goes there with each call.",
    ),
    (
        lambda: not settings.PURSER_ORIGIN.startswith("https://"),
        "PURSER_ORIGIN is not https.",
        "Tokens and passwords travel to it.",
    ),
    (
        lambda: _is_weak(settings.API_KEY_PEPPER),
        "API_KEY_PEPPER is short or simple.",
        "Take 50 random characters: openssl rand -base64 48.",
    ),
    (
        lambda: not settings.GOOGLE_ISSUER.startswith("https://"),
        "GOOGLE_ISSUER is not https.",
        "Whoever sits between could say who logs in.",
    ),
]

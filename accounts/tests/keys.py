"""API keys for tests, and programs that use them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api_keys import RANDOM_BYTES, spell
from accounts.models import ApiKey, User
from accounts.operations import KeyTerms, create_key

DAY = timedelta(days=1)


def key_of(
    user: User,
    *permissions: str,
    life: timedelta = DAY,
    at: datetime | None = None,
    allowed_ips: Sequence[str] = (),
) -> tuple[ApiKey, str]:
    """Make a key of `user` that may do this (read); return it and its text."""
    text = spell(secrets.token_bytes(RANDOM_BYTES))
    terms = KeyTerms("trading-bot", permissions or ("read",), allowed_ips)
    key = create_key(owner_id=user.id, terms=terms, life=life, text=text, at=at or timezone.now())
    return key, text


def expired_key_of(user: User, *permissions: str, **terms: Any) -> tuple[ApiKey, str]:
    """Make a key that was good until yesterday."""
    return key_of(user, *permissions, at=timezone.now() - 2 * DAY, **terms)


def program(text: str, **headers: str) -> APIClient:
    """Make a client that authenticates with an API key."""
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text, **headers)
    return client

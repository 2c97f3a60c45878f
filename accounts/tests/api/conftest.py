from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher

from accounts.models import User
from accounts.operations import update_profile
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.google_browser import NATIVE
from accounts.tests.authenticators import totp
from accounts.tests.factories import person, with_password
from accounts.tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


@pytest.fixture
def app(alice: User) -> AuthClient:
    client = AuthClient()
    client.log_in("alice@example.com")
    return client


@pytest.fixture
def secret(app: AuthClient) -> str:
    """What Alice's authenticator app holds, which the server knows."""
    _, body = app.get("account/authenticators/totp")
    found: str = body["meta"]["secret"]
    status, _ = app.post("account/authenticators/totp", {"code": totp(found, steps=-1)})
    assert status == 200
    return found


@pytest.fixture
def careful(alice: User) -> User:
    update_profile(user_id=alice.id, email_code="always")
    return alice


@pytest.fixture
def wary(alice: User) -> User:
    update_profile(user_id=alice.id, email_code="unknown_devices")
    return alice


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was hashed, to keep it or to compare it: that is what takes time."""
    seen: list[str] = []
    kind = type(get_hasher())
    encode, verify = kind.encode, kind.verify

    def encoded(hasher: BasePasswordHasher, password: str, salt: str) -> str:
        seen.append(password)
        return str(encode(hasher, password, salt))

    def verified(hasher: BasePasswordHasher, password: str, kept: str) -> bool:
        seen.append(password)
        return bool(verify(hasher, password, kept))

    monkeypatch.setattr(kind, "encode", encoded)
    monkeypatch.setattr(kind, "verify", verified)
    return seen


@pytest.fixture
def google(settings: Any) -> Iterator[OidcProvider]:
    with oidc_provider() as provider:
        settings.GOOGLE_ISSUER = provider.issuer
        settings.GOOGLE_CLIENT_ID = CLIENT_ID
        settings.GOOGLE_CLIENT_SECRET = CLIENT_SECRET
        settings.SOCIALACCOUNT_PROVIDERS = {
            "google": {
                "APPS": [
                    {"client_id": CLIENT_ID, "settings": {"hidden": False}},
                    {"client_id": NATIVE, "settings": {"hidden": True}},
                ]
            }
        }
        yield provider

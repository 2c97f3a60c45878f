"""Logins that want a second step, half way and to the end."""

from __future__ import annotations

from typing import Any

from accounts.tests.api.auth_client import AuthClient, pending


def half_way() -> AuthClient:
    """Somebody who typed Alice's password."""
    client = AuthClient()
    status, body = client.log_in("alice@example.com")
    assert status == 401, body
    assert pending(body) == ["mfa_authenticate"]
    return client


def authenticate(client: AuthClient, code: str) -> tuple[int, Any]:
    return client.post("auth/2fa/authenticate", {"code": code})


def recovery_codes(app: AuthClient) -> list[str]:
    status, body = app.get("account/authenticators/recovery-codes")
    assert status == 200
    codes: list[str] = body["data"]["unused_codes"]
    return codes


def half_way_by_mail(device: str = "") -> AuthClient:
    """Somebody who typed Alice's password, and is asked for the code."""
    client = AuthClient()
    if device:
        client.headers["X-Device-Token"] = device
    status, body = client.log_in("alice@example.com")
    assert (status, pending(body)) == (401, ["login_by_code"])
    assert "access_token" not in body["meta"]
    assert "device_token" not in body["meta"]
    return client


def confirm(client: AuthClient, code: str) -> tuple[int, Any]:
    return client.post("auth/code/confirm", {"code": code})

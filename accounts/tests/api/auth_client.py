"""A client of `/api/v1/auth/...` that carries what it was last given, as an app does."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from accounts.tests.factories import PASSWORD


class AuthClient:
    """Answers are `(status, body)`; a session or access token that comes in `meta` is kept."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.tokens: dict[str, str] = {}

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        answer = Client().generic(
            method,
            f"/api/v1/{path}",
            b"" if body is None else _json(body),
            content_type="application/json",
            headers=self.headers,
        )
        data = answer.json() if answer.content else None
        self._keep((data or {}).get("meta", {}))
        return answer.status_code, data

    def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        return self.send("POST", path, body)

    def get(self, path: str) -> tuple[int, Any]:
        return self.send("GET", path)

    def log_in(self, email: str, password: str = PASSWORD) -> tuple[int, Any]:
        return self.post("auth/login", {"email": email, "password": password})

    def _keep(self, meta: dict[str, Any]) -> None:
        if "access_token" in meta:
            self.tokens = {name: meta[name] for name in ("access_token", "refresh_token")}
            self.headers = {"Authorization": f"Bearer {meta['access_token']}"}
        elif "session_token" in meta and not self.tokens:
            self.headers = {"X-Session-Token": meta["session_token"]}


def pending(body: dict[str, Any]) -> list[str]:
    """Return the ids of the flows that an answer says are under way."""
    return [flow["id"] for flow in body["data"]["flows"] if flow.get("is_pending")]


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()

"""Logging in as a person, for what only they may do: enrol, load, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offline.device.errors import ServerRefused
from offline.device.server import API, Answer, Server

# What the server may want besides the password, and where the code goes.
_CODES = {
    "mfa_authenticate": "/auth/2fa/authenticate",
    "login_by_code": "/auth/code/confirm",
}


_REFUSED = "The login was refused."


def log_in(server: Server, *, email: str, password: str, ask_code: Callable[[], str]) -> None:
    """Log in and give `server` the access token, which is kept nowhere else.

    `ask_code` is called when the server wants a second factor or a mailed code. Raises
    `ServerAway`, `ServerRefused`.
    """
    credentials = {"email": email, "password": password}
    status, answer = server.status_and_answer("POST", f"{API}/auth/login", credentials, {})
    if status == 401 and (path := _pending(answer)):
        headers = {"X-Session-Token": str(_meta(answer).get("session_token", ""))}
        code = {"code": ask_code()}
        status, answer = server.status_and_answer("POST", f"{API}{path}", code, headers)
    token = _meta(answer).get("access_token")
    if status != 200 or not isinstance(token, str):
        raise ServerRefused(code="login_refused", sentence=_why(answer))
    server.token = token


def _meta(answer: Answer) -> dict[str, Any]:
    meta = answer.get("meta")
    return meta if isinstance(meta, dict) else {}


def _pending(answer: Answer) -> str:
    data = answer.get("data")
    flows = data.get("flows") if isinstance(data, dict) else None
    for flow in flows if isinstance(flows, list) else []:
        if isinstance(flow, dict) and flow.get("is_pending") and flow.get("id") in _CODES:
            return _CODES[flow["id"]]
    return ""


def _why(answer: Answer) -> str:
    problems = answer.get("errors")
    if isinstance(problems, list) and problems and isinstance(problems[0], dict):
        return str(problems[0].get("message", _REFUSED))
    return _REFUSED

"""The server over HTTP: one call, one answer, no repetition."""

from __future__ import annotations

import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from offline.device.errors import ServerAway, ServerRefused

API = "/api/v1"
_TIMEOUT_SECONDS = 30
# More than any answer: ten thousand revoked devices are a third of a megabyte.
_LARGEST_ANSWER = 4 * 1024 * 1024
# Of a login, a throttle or a fault, which may be over the next time.
_PASSING = {401, 403, 408, 425, 429}
_LOCAL = {"127.0.0.1", "localhost", "::1"}

Answer = dict[str, Any]


class Server:
    """A Purser at `origin`, such as `https://wallet.example`; `token` is an access token.

    Raises `ServerAway` for an origin in plain HTTP, unless it is this machine.
    """

    def __init__(self, origin: str, *, token: str = "") -> None:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ServerAway("An address begins with https:// and a name.")
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise ServerAway("Only this machine itself is spoken to without TLS.")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.token = token
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port

    def get(self, path: str) -> Answer:
        """Read `path`. Raises `ServerAway`, `ServerRefused`."""
        return self._call("GET", path, None, {})

    def post(self, path: str, body: Answer, *, headers: dict[str, str] | None = None) -> Answer:
        """Send `body` to `path` once. Raises `ServerAway`, `ServerRefused`."""
        return self._call("POST", path, body, headers or {})

    def status_and_answer(
        self, method: str, path: str, body: Answer | None, headers: dict[str, str]
    ) -> tuple[int, Answer]:
        """Return whatever the server answers; raises `ServerAway`."""
        connection = self._connect()
        sent = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, body=content, headers=sent)
            answer = connection.getresponse()
            read = answer.read(_LARGEST_ANSWER)
        except (OSError, HTTPException) as problem:
            raise ServerAway(f"{self.origin} cannot be reached: {problem}") from None
        finally:
            connection.close()
        return answer.status, self._parsed(answer.status, read)

    def _call(self, method: str, path: str, body: Answer | None, headers: dict[str, str]) -> Answer:
        status, answer = self.status_and_answer(method, path, body, headers)
        if status < 300:
            return answer
        sentence = str(answer.get("detail") or answer.get("title") or f"Status {status}.")
        if isinstance(answer.get("errors"), list):
            for problem in rows(answer, "errors"):
                sentence += f" {problem.get('field')}: {problem.get('detail')}"
        code = str(answer.get("code", f"http_{status}"))
        final = status < 500 and status not in _PASSING and code != "idempotency_in_progress"
        raise ServerRefused(code=code, sentence=sentence, final=final)

    def _connect(self) -> HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return HTTPSConnection(
                self._host, self._port, timeout=_TIMEOUT_SECONDS, context=context
            )
        return HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)

    def _parsed(self, status: int, content: bytes) -> Answer:
        try:
            answer = json.loads(content or b"{}")
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ServerAway(f"{self.origin} answers {status} without JSON. Is it a Purser?")
        return answer


def member(answer: Answer, name: str) -> str:
    """Return a text that an answer must have; raises `ServerAway`."""
    value = answer.get(name)
    if not isinstance(value, str):
        raise ServerAway(f"The server's answer has no {name!r}. Is it a Purser?")
    return value


def rows(answer: Answer, name: str) -> list[Answer]:
    """Return a list of objects that an answer must have; raises `ServerAway`."""
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ServerAway(f"The server's answer has no {name!r}. Is it a Purser?")
    return value

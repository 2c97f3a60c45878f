"""One call to a provider over HTTP: never repeated, never redirected, never endless."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
import requests.auth

from events import causes
from payments.providers.vocabulary import Unknown

# More than any answer of theirs.
LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: never a 5xx, which may mean anything."""

    status: int
    content: bytes

    def parsed(self) -> object:
        """Return the JSON in it, None where there is none."""
        try:
            parsed: object = json.loads(self.content)
        except (ValueError, RecursionError):
            return None
        return parsed

    @property
    def means_later(self) -> bool:
        """Whether it says nothing about what was asked: a redirect, or "not now"."""
        return self.status in {408, 425, 429} or 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as it went, with its whole bodies: to be redacted before anybody keeps it."""

    method: str
    path: str
    request: object
    status: int | None
    problem: str
    response: object
    duration_ms: int
    at: datetime


# More than one question takes.
_MOST_HEARD = 12
_heard: ContextVar[tuple[Heard, ...]] = ContextVar("heard", default=())


def take_heard() -> tuple[Heard, ...]:
    """Return the calls of this thread that nobody took so far, the last few, and forget them."""
    heard = _heard.get()
    _heard.set(())
    return heard


class Wire:
    """Calls the server at `base_url` with a bearer's key.

    `timeouts` are seconds to connect and seconds between two bytes of the answer.
    """

    def __init__(self, *, base_url: str, secret_key: str, timeouts: tuple[float, float]) -> None:
        self._base_url = base_url.rstrip("/")
        self._secret_key = secret_key
        self._timeouts = timeouts

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Unknown:
        """Ask once, with a JSON `body` or a `form`; `Unknown` where nobody can say what it did."""
        at, began = datetime.now(UTC), time.monotonic()
        answer = self._call(method, path, body=body, form=form, headers=headers)
        heard = Heard(
            method=method,
            # What follows a question mark may be an account's number.
            path=path.partition("?")[0],
            request=form if body is None else body,
            status=answer.status if isinstance(answer, Answer) else None,
            problem="" if isinstance(answer, Answer) else answer.reason,
            response=answer.parsed() if isinstance(answer, Answer) else None,
            duration_ms=int((time.monotonic() - began) * 1000),
            at=at,
        )
        _heard.set((*_heard.get(), heard)[-_MOST_HEARD:])
        return answer

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None,
        form: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer | Unknown:
        try:
            with requests.request(
                method,
                f"{self._base_url}{path}",
                json=body,
                data=form,
                headers=_headers() | dict(headers or {}),
                auth=_Bearer(self._secret_key),
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code >= 500:
                    return Unknown(f"http_{answer.status_code}")
                content = self._read(answer)
        except requests.RequestException as problem:
            # The class alone: the message holds addresses and, for some proxies, credentials.
            return Unknown(type(problem).__name__)
        return Answer(answer.status_code, content)

    def _read(self, answer: requests.Response) -> bytes:
        """Read the body; of one that is too long or drips, only what came by then."""
        deadline = time.monotonic() + self._timeouts[1]
        content = b""
        for piece in answer.iter_content(16 * 1024):
            content += piece
            if len(content) > LARGEST_ANSWER or time.monotonic() > deadline:
                break
        return content


class _Bearer(requests.auth.AuthBase):
    """The secret key as `auth`, because a .netrc would replace a plain header."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._secret_key}"
        return request


def _headers() -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if request_id := causes.current().request_id:
        headers["X-Request-ID"] = request_id
    return headers

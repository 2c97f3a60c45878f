"""Paystack over HTTP: one call, one outcome, no repetition."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import requests
import requests.auth

from events import causes
from payments.providers.base import Done, Outcome, Refused, Unknown

Envelope = dict[str, Any]

# More than any answer of theirs.
LARGEST_ANSWER = 1024 * 1024


class PaystackClient:
    """Calls Paystack, or a server that speaks its dialect, at `base_url`.

    `timeouts` are seconds to connect and seconds between two bytes of the answer.
    """

    def __init__(self, *, base_url: str, secret_key: str, timeouts: tuple[float, float]) -> None:
        self._base_url = base_url.rstrip("/")
        self._secret_key = secret_key
        self._timeouts = timeouts

    def get(self, path: str) -> Outcome[Any]:
        """Read `path`; `Done` holds the envelope's `data`."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Outcome[Any]:
        """Send `body` to `path` once; `Done` holds the envelope's `data`."""
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Outcome[Any]:
        try:
            with requests.request(
                method,
                f"{self._base_url}{path}",
                json=body,
                headers=_headers(),
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
        return _outcome(answer.status_code, content)

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


def _outcome(status: int, content: bytes) -> Outcome[Any]:
    try:
        envelope = json.loads(content)
    except (ValueError, RecursionError):
        return Unknown("unparsable")
    # Some of their documents show "false" as a string: only a true boolean is a yes.
    if not isinstance(envelope, dict) or "status" not in envelope:
        return Unknown("unparsable")
    if status in {200, 201} and envelope["status"] is True and "data" in envelope:
        return Done(envelope["data"])
    if status in {408, 425, 429} or status < 400:
        return Unknown(f"http_{status}")
    return Refused(_code(status, envelope), str(envelope.get("message", ""))[:200])


def _code(status: int, envelope: Envelope) -> str:
    """Older errors carry a message and no code."""
    code = envelope.get("code")
    return code[:60] if isinstance(code, str) and code else f"http_{status}"

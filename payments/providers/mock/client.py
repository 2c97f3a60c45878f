"""The mock provider over HTTP: plain JSON, errors as `{"error": {"code", "message"}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments.providers.base import Done, Outcome, Refused, Unknown
from payments.providers.wire import Answer, Wire


class MockClient:
    """Calls the mock provider at `base_url`."""

    def __init__(self, *, base_url: str, secret_key: str, timeouts: tuple[float, float]) -> None:
        self._wire = Wire(base_url=base_url, secret_key=secret_key, timeouts=timeouts)

    def get(self, path: str) -> Outcome[dict[str, Any]]:
        """Read `path`; `Done` holds the object."""
        return _outcome(self._wire.call("GET", path))

    def post(self, path: str, body: Mapping[str, Any]) -> Outcome[dict[str, Any]]:
        """Send `body` to `path` once; `Done` holds the object."""
        return _outcome(self._wire.call("POST", path, body=body))


def _outcome(answer: Answer | Unknown) -> Outcome[dict[str, Any]]:
    if isinstance(answer, Unknown):
        return answer
    parsed = answer.parsed()
    match parsed:
        case _ if answer.means_later:
            return Unknown(f"http_{answer.status}")
        case {"error": {"code": str(code), "message": str(message)}} if answer.status >= 400:
            return Refused(code[:60], message[:200])
        case dict() if answer.status in {200, 201}:
            return Done(parsed)
        case _:
            return Unknown("unparsable")

"""Paystack over HTTP: one call, one outcome, no repetition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments.providers.base import Done, Outcome, Refused, Unknown
from payments.providers.wire import Answer, Wire

Envelope = dict[str, Any]


class PaystackClient:
    """Calls Paystack, or a server that speaks its dialect, at `base_url`.

    `timeouts` are seconds to connect and seconds between two bytes of the answer.
    """

    def __init__(self, *, base_url: str, secret_key: str, timeouts: tuple[float, float]) -> None:
        self._wire = Wire(base_url=base_url, secret_key=secret_key, timeouts=timeouts)

    def get(self, path: str) -> Outcome[Any]:
        """Read `path`; `Done` holds the envelope's `data`."""
        return _outcome(self._wire.call("GET", path))

    def post(self, path: str, body: Mapping[str, Any]) -> Outcome[Any]:
        """Send `body` to `path` once; `Done` holds the envelope's `data`."""
        return _outcome(self._wire.call("POST", path, body=body))


def _outcome(answer: Answer | Unknown) -> Outcome[Any]:
    if isinstance(answer, Unknown):
        return answer
    envelope = answer.parsed()
    # Some of their documents show "false" as a string: only a true boolean is a yes.
    if not isinstance(envelope, dict) or "status" not in envelope:
        return Unknown("unparsable")
    if answer.status in {200, 201} and envelope["status"] is True and "data" in envelope:
        return Done(envelope["data"])
    if answer.means_later or answer.status < 400:
        return Unknown(f"http_{answer.status}")
    return Refused(_code(answer.status, envelope), str(envelope.get("message", ""))[:200])


def _code(status: int, envelope: Envelope) -> str:
    """Older errors carry a message and no code."""
    code = envelope.get("code")
    return code[:60] if isinstance(code, str) and code else f"http_{status}"

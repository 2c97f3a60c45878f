"""Stripe over HTTP: forms in, JSON out, an idempotency key with everything that does something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments.providers.base import Done, Outcome, Refused, Unknown
from payments.providers.wire import Answer, Wire

VERSION = "2026-06-24.dahlia"

# The first call under the key is still at it: nobody can say how it ends.
_STILL_RUNNING = "idempotency_key_in_use"


class StripeClient:
    """Calls Stripe, or a server that speaks its dialect, at `base_url`."""

    def __init__(self, *, base_url: str, secret_key: str, timeouts: tuple[float, float]) -> None:
        self._wire = Wire(base_url=base_url, secret_key=secret_key, timeouts=timeouts)

    def get(self, path: str) -> Outcome[dict[str, Any]]:
        """Read `path`; `Done` holds the object."""
        return _outcome(self._wire.call("GET", path, headers={"Stripe-Version": VERSION}))

    def post(self, path: str, form: Mapping[str, object], *, key: str) -> Outcome[dict[str, Any]]:
        """Send a form once. Under the same key Stripe does it once, for 24 hours at least."""
        headers = {"Stripe-Version": VERSION, "Idempotency-Key": key}
        return _outcome(self._wire.call("POST", path, form=form, headers=headers))


def _outcome(answer: Answer | Unknown) -> Outcome[dict[str, Any]]:
    if isinstance(answer, Unknown):
        return answer
    parsed = answer.parsed()
    match parsed:
        case _ if answer.means_later:
            return Unknown(f"http_{answer.status}")
        case {"error": dict(error)} if answer.status >= 400:
            code = str(error.get("code") or error.get("type") or f"http_{answer.status}")
            if code == _STILL_RUNNING or error.get("type") == "api_error":
                return Unknown(code[:60])
            return Refused(code[:60], str(error.get("message") or "")[:200])
        case dict() if answer.status == 200 and isinstance(parsed.get("object"), str):
            return Done(parsed)
        case _:
            return Unknown("unparsable")

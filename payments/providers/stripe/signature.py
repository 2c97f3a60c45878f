"""How Stripe signs webhooks: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>...]`.

Each `v1` is HMAC-SHA256 over `<t>.<raw body>` with the endpoint's whole secret; while a secret is
being changed there are two. Their own library refuses old signatures only; here a time in the
future is refused alike.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

HEADER = "stripe-signature"
TOLERANCE_SECONDS = 300
_MOST_PARTS = 20


def sign(*, body: bytes, secret: str, at: datetime) -> str:
    """Return the header that Stripe would send with `body` at this time."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={_digest(body, seconds, secret)}"


def is_valid(*, body: bytes, header: str, secret: str, now: datetime) -> bool:
    """Whether Stripe signed exactly these bytes within five minutes of `now`."""
    parts = [part.partition("=") for part in header.split(",")[:_MOST_PARTS]]
    times = [value for name, _, value in parts if name.strip() == "t"]
    if not secret or len(times) != 1:
        return False
    seconds = times[0]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return False
    expected = _digest(body, seconds, secret).encode()
    given = [value.encode("utf-8", "replace") for name, _, value in parts if name.strip() == "v1"]
    # All of them are compared, so that the time tells nothing.
    matches = [hmac.compare_digest(expected, one) for one in given]
    return any(matches) and abs(now.timestamp() - int(seconds)) <= TOLERANCE_SECONDS


def _digest(body: bytes, seconds: str, secret: str) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()

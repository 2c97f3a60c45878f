"""How the mock provider signs webhooks, in one of two ways that the configuration pins.

`hmac`: `X-Mock-Signature: v1=<hex>` is HMAC-SHA256 over `<X-Mock-Timestamp>.<raw body>`.
`jwt`: `X-Mock-Token` is a token, HS256 and nothing else whatever its header says, with the time
as `iat` and the SHA-256 of the raw body as `sha256`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

import jwt

TOLERANCE_SECONDS = 300
HMAC, JWT = "hmac", "jwt"


def sign(*, body: bytes, secret_key: str, at: datetime, scheme: str = HMAC) -> dict[str, str]:
    """Return the headers that the provider would send with `body` at this time."""
    seconds = int(at.timestamp())
    if scheme == JWT:
        claims = {"iat": seconds, "sha256": hashlib.sha256(body).hexdigest()}
        return {"x-mock-token": jwt.encode(claims, secret_key, algorithm="HS256")}
    digest = _digest(body, str(seconds), secret_key)
    return {"x-mock-timestamp": str(seconds), "x-mock-signature": f"v1={digest}"}


def is_valid(
    *, body: bytes, headers: Mapping[str, str], secret_key: str, scheme: str, now: datetime
) -> bool:
    """Whether the provider signed exactly these bytes within five minutes of `now`."""
    if not secret_key:
        return False
    if scheme == JWT:
        return _token_is_valid(body, headers.get("x-mock-token", ""), secret_key, now)
    given_at = headers.get("x-mock-timestamp", "")
    if not (given_at.isascii() and given_at.isdigit() and len(given_at) <= 12):
        return False
    expected = f"v1={_digest(body, given_at, secret_key)}".encode()
    given = headers.get("x-mock-signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(expected, given) and _is_fresh(int(given_at), now)


def _token_is_valid(body: bytes, token: str, secret_key: str, now: datetime) -> bool:
    try:
        claims = jwt.decode(
            token,
            secret_key,
            algorithms=["HS256"],
            options={
                "require": ["iat"],
                "verify_iat": False,
                "verify_exp": False,
                "verify_nbf": False,
            },
        )
    except jwt.InvalidTokenError:
        return False
    at, digest = claims["iat"], claims.get("sha256")
    if not isinstance(at, int) or not isinstance(digest, str):
        return False
    expected = hashlib.sha256(body).hexdigest().encode()
    return hmac.compare_digest(expected, digest.encode("utf-8", "replace")) and _is_fresh(at, now)


def _is_fresh(at: int, now: datetime) -> bool:
    return abs(now.astimezone(UTC).timestamp() - at) <= TOLERANCE_SECONDS


def _digest(body: bytes, seconds: str, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()

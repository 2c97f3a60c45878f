"""Secrets of webhook endpoints, and signatures as Standard Webhooks defines them. Pure."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable

SECRET_BYTES = 32
_PREFIX = "whsec_"


def spell(secret: bytes) -> str:
    """Write a secret as receivers know it."""
    return _PREFIX + b64encode(secret).decode()


def parse(text: str) -> bytes:
    """Read what `spell` wrote."""
    return b64decode(text.removeprefix(_PREFIX), validate=True)


def headers(
    *, message_id: str, timestamp: int, body: bytes, secrets: Iterable[bytes]
) -> dict[str, str]:
    """Return the three headers that prove `body` to whoever has one of `secrets`.

    `timestamp` is the moment of this attempt in Unix seconds, and part of what is signed.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }

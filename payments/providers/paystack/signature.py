"""How Paystack signs webhooks: HMAC-SHA512 of the raw body with the API's secret key, in hex."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "x-paystack-signature"


def sign(*, body: bytes, secret_key: str) -> str:
    """Return the signature that Paystack would send with `body`."""
    return hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()


def is_valid(*, body: bytes, signature: str, secret_key: str) -> bool:
    """Whether `signature` is Paystack's for exactly these bytes. An empty key validates nothing."""
    if not secret_key:
        return False
    expected = sign(body=body, secret_key=secret_key)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))

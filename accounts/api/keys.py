"""What an Idempotency-Key stands for. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

_VALID = re.compile(r"[\x20-\x7e]{1,255}")


def is_valid(key: object) -> bool:
    """Whether this is 1 to 255 printable ASCII characters."""
    return isinstance(key, str) and _VALID.fullmatch(key) is not None


def request_key(*, principal_id: UUID | None, method: str, path: str, key: str) -> UUID:
    """Digest of who asks, what, and with which key: the same for every try of one request."""
    # A key holds no line break, so no two requests make one text.
    return _digest(f"{principal_id}\n{method}\n{path}\n{key}".encode())


def fingerprint(body: Any, *, query: str = "") -> UUID:
    """Digest of what a request asks for: its parsed JSON body, and its query string.

    Order of members and white space do not matter; the spelling of a number does.
    """
    canonical = orjson.dumps(body, default=_spell, option=orjson.OPT_SORT_KEYS)
    return _digest(canonical + b"\n" + query.encode())


def _spell(value: object) -> str:
    if isinstance(value, Decimal):
        return f"number {value}"
    raise TypeError(f"{type(value).__name__} does not come from JSON")


def _digest(text: bytes) -> UUID:
    return UUID(bytes=sha256(text).digest()[:16])

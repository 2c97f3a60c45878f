"""Base64url without padding, in the one spelling that each run of bytes has."""

from __future__ import annotations

import base64
import re

from offline.messages.errors import Malformed

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(raw: bytes) -> str:
    """Spell bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read what `encode` writes; raises `Malformed` for any other spelling of the same bytes."""
    if len(text) % 4 == 1 or not _ALPHABET.fullmatch(text):
        raise Malformed("This is not base64url without padding.")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The last character may carry bits that no byte has, which the decoder drops.
    if encode(raw) != text:
        raise Malformed("This is not the canonical base64url of its bytes.")
    return raw

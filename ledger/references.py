"""References of movements of money: a prefix and 19 characters that sort by time. Pure.

Crockford's base 32 has no I, L, O or U, so a reference can be read out over a telephone.
"""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 19

_FROM_STANDARD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
_TIME_BITS = 45  # milliseconds until the year 3084
_ENTROPY_BITS = 50


def spell(prefix: str, *, at: datetime, entropy: int) -> str:
    """Return `PREFIX_` and 19 characters: the millisecond, then the low 50 bits of `entropy`."""
    milliseconds = int(at.timestamp() * 1000) % (1 << _TIME_BITS)
    bits = (milliseconds << _ENTROPY_BITS) | (entropy % (1 << _ENTROPY_BITS))
    return f"{prefix}_{_crockford(bits)}"


def _crockford(bits: int) -> str:
    # RFC 4648 writes five bytes at a time: fill up to fifteen, and leave off what that adds.
    standard = b32encode((bits << 25).to_bytes(15))[:LENGTH]
    return standard.translate(_FROM_STANDARD).decode()

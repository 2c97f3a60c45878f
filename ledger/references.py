"""References of movements of money: a prefix and 20 characters that sort by time. Pure.

Crockford's base 32 has no I, L, O or U, so a reference can be read out over a telephone.
"""

from __future__ import annotations

from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20

_BITS = 50


def spell(prefix: str, *, at: datetime, entropy: int) -> str:
    """Return `PREFIX_` and 20 characters: the millisecond, then the low 50 bits of `entropy`."""
    milliseconds = int(at.timestamp() * 1000) % (1 << _BITS)
    bits = (milliseconds << _BITS) | (entropy % (1 << _BITS))
    return f"{prefix}_" + "".join(ALPHABET[(bits >> shift) & 31] for shift in range(95, -1, -5))

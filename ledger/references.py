"""References of movements of money: a prefix and 19 characters that sort by time. Pure.

Crockford's base 32 has no I, L, O or U, so a reference can be read out over a telephone.
"""

from __future__ import annotations

from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 19

_TIME_BITS = 45  # milliseconds until the year 3084
_ENTROPY_BITS = 50


def spell(prefix: str, *, at: datetime, entropy: int) -> str:
    """Return `PREFIX_` and 19 characters: the millisecond, then the low 50 bits of `entropy`."""
    milliseconds = int(at.timestamp() * 1000) % (1 << _TIME_BITS)
    bits = (milliseconds << _ENTROPY_BITS) | (entropy % (1 << _ENTROPY_BITS))
    return f"{prefix}_" + "".join(
        ALPHABET[(bits >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5)
    )

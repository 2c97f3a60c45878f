"""References of what goes in and out: a prefix and 20 characters that sort by time.

Crockford's base 32 has no I, L, O or U, so a reference can be read out over a telephone.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_BITS = 50
_SEED_BITS = 50

MOST_ATTEMPTS = 9

DEPOSIT = re.compile(rf"DEP_[{_ALPHABET}]{{20}}")


def deposit_reference(*, at: datetime, seed: UUID) -> str:
    """Return `DEP_...` for the deposit that `seed` asks for, started `at`.

    The seed is not read out of the reference; two seeds share one with odds of 2**-50 in the
    same millisecond.
    """
    digest = int.from_bytes(hashlib.sha256(seed.bytes).digest()[:8])
    milliseconds = int(at.timestamp() * 1000) % (1 << _TIME_BITS)
    bits = (milliseconds << _SEED_BITS) | (digest % (1 << _SEED_BITS))
    return "DEP_" + "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(95, -1, -5))


def of_attempt(spelled: str, attempt: int) -> str:
    """Return the provider's reference of one attempt, up to 9; the first has no number."""
    return spelled if attempt == 1 else f"{spelled}-{attempt}"


def first_attempt(provider_reference: str) -> str:
    """Return the provider's reference without the number of its attempt."""
    return re.sub(r"-[2-9]$", "", provider_reference)

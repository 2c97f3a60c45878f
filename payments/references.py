"""References of what goes in and out, ours and those we give to providers."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from uuid import UUID

from ledger import references

MOST_ATTEMPTS = 9

DEPOSIT = re.compile(rf"DEP_[{references.ALPHABET}]{{{references.LENGTH}}}")
REFUND = re.compile(rf"RFD_[{references.ALPHABET}]{{{references.LENGTH}}}")
PAYOUT = re.compile(rf"PAY_[{references.ALPHABET}]{{{references.LENGTH}}}")


def deposit_reference(*, at: datetime, seed: UUID) -> str:
    """Return `DEP_...` for the deposit that `seed` asks for, started `at`.

    The seed is not read out of the reference; two seeds share one with odds of 2**-50 in the
    same millisecond.
    """
    digest = int.from_bytes(hashlib.sha256(seed.bytes).digest()[:8])
    return references.spell("DEP", at=at, entropy=digest)


def payout_reference(*, at: datetime, entropy: int) -> str:
    """Return `PAY_...` for a payout that is asked for at an instant."""
    return references.spell("PAY", at=at, entropy=entropy)


def refund_reference(*, at: datetime, entropy: int) -> str:
    """Return `RFD_...` for a refund that is asked for at an instant."""
    return references.spell("RFD", at=at, entropy=entropy)


def adjustment_reference(*, at: datetime, entropy: int) -> str:
    """Return `ADJ_...` for the entry that resolves a break."""
    return references.spell("ADJ", at=at, entropy=entropy)


def hold_of(reference: str) -> str:
    """Return the reference of the hold that a payout or a refund places."""
    return f"HLD_{reference[4:]}"


def fee_of(reference: str) -> str:
    """Return the reference of the entry for what the provider kept."""
    return f"{reference}:fee"


def reversal_of(reference: str) -> str:
    """Return the reference of the entry by which the money of a payout or refund came back."""
    return f"{reference}:reversal"


def of_attempt(spelled: str, attempt: int) -> str:
    """Return the provider's reference of one attempt, up to 9; the first has no number."""
    return spelled if attempt == 1 else f"{spelled}-{attempt}"


def first_attempt(provider_reference: str) -> str:
    """Return the provider's reference without the number of its attempt."""
    return re.sub(r"-[2-9]$", "", provider_reference)

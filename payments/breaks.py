"""What a difference between a provider's books and ours is called, and why it may be. Pure.

Amounts are minor units as they changed what the provider holds for us: money in is positive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from payments.providers.base import SettlementKind, SettlementLine


class State(StrEnum):
    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DIFFERENT = "different"


class Cause(StrEnum):
    """A suggestion to whoever looks: what usually is behind such a difference."""

    NONE = ""
    LATE_WEBHOOK = "late_webhook"  # the provider has it and nobody told us so far
    CONTRADICTION = "contradiction"  # it was paid otherwise than asked for
    NOT_CONCLUDED = "not_concluded"  # sent, and we do not know yet how it ended
    NO_RECORD = "no_record"  # a reference that is none of ours
    SETTLEMENT_OR_CHARGE = "settlement_or_charge"  # paid to our bank, or kept by the provider
    FEE_DIFFERENCE = "fee_difference"
    AMOUNT_DIFFERENCE = "amount_difference"
    DUPLICATE = "duplicate"  # the provider has it twice
    REVERSED_LATER = "reversed_later"  # there it went back, here it stands
    NOT_LISTED_YET = "not_listed_yet"  # younger than a day
    NEVER_LISTED = "never_listed"


@dataclass(frozen=True, slots=True)
class Ours:
    """What we have under a reference; `kind` is empty where we have no such thing.

    `minor` is what its entries did to our account with the provider, and `gross_minor` the
    same without fees.
    """

    kind: str = ""
    status: str = ""
    contradicts: bool = False
    minor: int = 0
    gross_minor: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    cause: Cause


# A provider may list what happened this much later.
_LISTED_WITHIN = timedelta(days=1)
_MATCHED = Verdict(State.MATCHED, Cause.NONE)


def judge(
    *, ours: Ours, theirs: Sequence[SettlementLine], theirs_minor: int, adjusted: int, now: datetime
) -> Verdict:
    """Say how a provider's lines under a reference stand to ours, corrections included.

    `theirs_minor` is what their lines make together; it may be of earlier lines than `theirs`.
    """
    if theirs_minor == ours.minor + adjusted:
        return _MATCHED
    if ours.minor == 0 and adjusted == 0:
        return Verdict(State.MISSING_HERE, _missing_here(ours, theirs))
    if theirs_minor == 0 and not theirs:
        is_young = ours.at is not None and now - ours.at < _LISTED_WITHIN
        return Verdict(
            State.MISSING_THERE, Cause.NOT_LISTED_YET if is_young else Cause.NEVER_LISTED
        )
    return Verdict(State.DIFFERENT, _different(ours, theirs))


def _missing_here(ours: Ours, theirs: Sequence[SettlementLine]) -> Cause:
    if ours.contradicts:
        return Cause.CONTRADICTION
    if ours.kind:
        return Cause.LATE_WEBHOOK if ours.kind == "deposit" else Cause.NOT_CONCLUDED
    if theirs and all(line.kind == SettlementKind.OTHER for line in theirs):
        return Cause.SETTLEMENT_OR_CHARGE
    return Cause.NO_RECORD


def _different(ours: Ours, theirs: Sequence[SettlementLine]) -> Cause:
    gross = sum(line.gross_minor for line in theirs)
    if gross == ours.gross_minor:
        return Cause.FEE_DIFFERENCE
    if theirs and gross == 0:
        return Cause.REVERSED_LATER
    if any(number > 1 for number in Counter(line.kind for line in theirs).values()):
        return Cause.DUPLICATE
    return Cause.AMOUNT_DIFFERENCE

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.operations import append_event
from ledger.iso4217 import CURRENCIES
from wallets.errors import InvalidRule
from wallets.fees import Band, write_bands
from wallets.limits import ANY, BALANCE, OPERATIONS, TIERS, Limits
from wallets.models import FeeRule, LimitRule
from wallets.models.rule import Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who wants another rule and why, and from when it is to hold at the earliest."""

    actor_id: UUID
    reason: str
    at: datetime
    wanted_from: datetime | None = None


def propose_fee(
    *, proposal: Proposal, operation: str, currency: str, role: str, bands: tuple[Band, ...]
) -> FeeRule:
    """Propose what an operation costs; nothing changes until another person approves it.

    Raises `InvalidRule`, also for amounts in no certain currency.
    """
    check_fee(operation, currency, bands)
    with transaction.atomic():
        rule = FeeRule.objects.create(
            operation=operation,
            currency=currency,
            role=role or ANY,
            bands=write_bands(bands),
            reason=proposal.reason,
            proposed_by_id=proposal.actor_id,
            proposed_at=proposal.at,
            wanted_from=proposal.wanted_from,
        )
        _tell(rule, proposal)
    return rule


def propose_limits(
    *, proposal: Proposal, operation: str, currency: str, tier: int, limits: Limits
) -> LimitRule:
    """Propose how much somebody of a tier may do, or a wallet hold; another person approves it.

    Raises `InvalidRule`.
    """
    check_limits(operation, currency, tier, limits)
    with transaction.atomic():
        rule = LimitRule.objects.create(
            operation=operation,
            currency=currency,
            tier=tier,
            each_minor=limits.each_minor,
            day_count=limits.day_count,
            day_minor=limits.day_minor,
            month_count=limits.month_count,
            month_minor=limits.month_minor,
            reason=proposal.reason,
            proposed_by_id=proposal.actor_id,
            proposed_at=proposal.at,
            wanted_from=proposal.wanted_from,
        )
        _tell(rule, proposal)
    return rule


def check_fee(operation: str, currency: str, bands: tuple[Band, ...]) -> None:
    """Raise `InvalidRule` for what could be no fee."""
    _check(operation, (ANY, *OPERATIONS), currency)
    if currency == ANY and any(
        band.flat_minor or band.from_minor or band.least_minor or band.most_minor is not None
        for band in bands
    ):
        raise InvalidRule("A fee in any currency is a share alone: minor units differ.")


def check_limits(operation: str, currency: str, tier: int, limits: Limits) -> None:
    """Raise `InvalidRule` for what could be no limits."""
    _check(operation, (ANY, BALANCE, *OPERATIONS), currency)
    if not 0 <= tier < TIERS:
        raise InvalidRule("There are tiers 0 to 3.")
    if any(number is not None and number < 0 for number in limits.as_list()):
        raise InvalidRule("A limit is zero or more.")
    amounts = (limits.each_minor, limits.day_minor, limits.month_minor)
    if currency == ANY and any(amount is not None for amount in amounts):
        raise InvalidRule("Limits in any currency count and do not measure: minor units differ.")


def _check(operation: str, known: tuple[str, ...], currency: str) -> None:
    if operation not in known:
        raise InvalidRule("There is no such operation.")
    if currency != ANY and currency not in CURRENCIES:
        raise InvalidRule("There is no such currency.")


def _tell(rule: Rule, proposal: Proposal) -> None:
    append_event(
        type="rule.proposed",
        subject=str(rule.id),
        owner_id=None,
        actor_id=proposal.actor_id,
        data={"rule": str(rule), "reason": proposal.reason},
    )

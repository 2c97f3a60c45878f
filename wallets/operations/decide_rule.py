from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from events.operations import append_event
from wallets import locks
from wallets.errors import RuleClosed, RuleNeedsTwo
from wallets.models import FeeRule, LimitRule, RuleStatus
from wallets.models.rule import Rule

AnyRule = TypeVar("AnyRule", FeeRule, LimitRule)


def approve_rule(rule: AnyRule, *, actor_id: UUID, at: datetime) -> AnyRule:
    """Let a rule that another person proposed hold, a minute from now at the earliest.

    Raises `RuleClosed` for one that was decided or has waited too long, and `RuleNeedsTwo`.
    """
    with transaction.atomic():
        locked = _lock(rule, at=at)
        if locked.proposed_by_id == actor_id:
            raise RuleNeedsTwo

        # The database knows the earliest instant, and sets it.
        locked.effective_from = max(at + Rule.NOTICE, locked.wanted_from or at)
        _decide(locked, RuleStatus.APPROVED, actor_id=actor_id, at=at)
        locked.refresh_from_db(fields=["effective_from"])
    return locked


def reject_rule(rule: AnyRule, *, actor_id: UUID, at: datetime) -> AnyRule:
    """Turn a proposal down; whoever made it withdraws it so. Raises `RuleClosed`."""
    with transaction.atomic():
        locked = _lock(rule, at=at)

        own = locked.proposed_by_id == actor_id
        status = RuleStatus.WITHDRAWN if own else RuleStatus.REJECTED
        _decide(locked, status, actor_id=actor_id, at=at)
    return locked


def _lock(rule: AnyRule, *, at: datetime) -> AnyRule:
    locked = locks.lock_rule(rule)
    if not locked.is_open(at):
        raise RuleClosed
    return locked


def _decide(rule: Rule, status: RuleStatus, *, actor_id: UUID, at: datetime) -> None:
    rule.status, rule.decided_by_id, rule.decided_at = status, actor_id, at
    rule.save(update_fields=["status", "decided_by", "decided_at", "effective_from"])
    append_event(
        type=f"rule.{status}",
        subject=str(rule.id),
        owner_id=None,
        actor_id=actor_id,
        data={"rule": str(rule)},
    )

"""Fees and limits for tests, as if two people had agreed on them a while ago."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from wallets import tariff
from wallets.models import FeeRule, LimitRule

SINCE = datetime(2026, 1, 2, tzinfo=UTC)
_AGREED = {
    "reason": "For tests.",
    "status": "approved",
    "proposed_at": SINCE,
    "decided_at": SINCE,
    "effective_from": SINCE,
}


def agree_on_fee(operation: str, *bands: dict[str, int], currency: str = "NGN", **key: Any) -> None:
    """Let a fee hold, past the people and the minute that the database insists on."""
    rule = FeeRule(operation=operation, currency=currency, bands=list(bands), **key, **_AGREED)
    _insert(rule)


def agree_on_limits(operation: str, *, tier: int = 2, currency: str = "NGN", **limits: Any) -> None:
    """Let limits hold, in minor units."""
    _insert(LimitRule(operation=operation, currency=currency, tier=tier, **limits, **_AGREED))


def _insert(rule: FeeRule | LimitRule) -> None:
    table = type(rule)._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER rule_is_decided_once")
        rule.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER rule_is_decided_once")
        cursor.execute("SET LOCAL ROLE purser_app")
    tariff.forget()

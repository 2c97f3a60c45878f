"""Reads of holds. Who asks is always an argument."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from wallets.errors import HoldNotFound
from wallets.models import Hold, HoldStatus


def holds_on(account_id: int) -> QuerySet[Hold]:
    """Return the holds on the wallet of an account."""
    return Hold.objects.filter(wallet_id=account_id).select_related("wallet")


def get_hold(*, owner_id: UUID, reference: str) -> Hold:
    """Return a hold on a wallet of this person's; raises `HoldNotFound`."""
    mine = Hold.objects.filter(reference=reference, wallet__owner_id=owner_id)
    hold = mine.select_related("wallet").first()
    if hold is None:
        raise HoldNotFound
    return hold


def holds_to_expire(*, now: datetime, limit: int) -> list[Hold]:
    """Return the open holds whose time is over, the longest waiting first."""
    due = Hold.objects.filter(status=HoldStatus.OPEN, expires_at__lte=now)
    return list(due.select_related("wallet").order_by("expires_at", "id")[:limit])

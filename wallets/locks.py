"""The only place of this app that locks rows: a business row before the accounts it is about."""

from __future__ import annotations

from wallets.errors import HoldNotFound
from wallets.models import Hold


def lock_hold(hold_id: int) -> Hold:
    """Lock a hold until the transaction ends; raises `HoldNotFound`."""
    rows = Hold.objects.select_related("wallet").select_for_update(of=("self",), no_key=True)
    hold = rows.filter(pk=hold_id).first()
    if hold is None:
        raise HoldNotFound
    return hold

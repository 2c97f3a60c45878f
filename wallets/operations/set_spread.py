from __future__ import annotations

from django.db import connection

from events.operations import append_event
from wallets.errors import OutsideTransaction
from wallets.models import FxSpread


def set_spread(
    *, source_currency: str, target_currency: str, basis_points: int, reason: str
) -> FxSpread:
    """Say what the platform keeps of exchanges from now on; quotes that stand are kept.

    An empty currency means any. `basis_points` are 0 to 2,000. Must run in a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction

    spread = FxSpread.objects.create(
        source_currency=source_currency,
        target_currency=target_currency,
        basis_points=basis_points,
        reason=reason,
    )
    append_event(
        type="spread.set",
        subject=f"{source_currency or 'any'}:{target_currency or 'any'}",
        owner_id=None,
        data={"basis_points": basis_points, "reason": reason},
    )
    return spread

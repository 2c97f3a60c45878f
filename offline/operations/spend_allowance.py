from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from offline.errors import AllowanceUsedUp
from offline.models import Allowance

_SPEND = """
    INSERT INTO offline_allowance (key, window_ends_at, used) VALUES (%(key)s, %(ends)s, %(amount)s)
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN offline_allowance.window_ends_at <= %(now)s THEN 0
                    ELSE offline_allowance.used END + excluded.used,
        window_ends_at = CASE WHEN offline_allowance.window_ends_at <= %(now)s
                              THEN excluded.window_ends_at
                              ELSE offline_allowance.window_ends_at END
    RETURNING used, window_ends_at
"""


def spend_allowance(*, key: str, amount: int, limit: int, window: timedelta, now: datetime) -> None:
    """Count `amount` towards what `key` may use in a window; however many do so at once.

    Raises `AllowanceUsedUp` when that is more than `limit`; the caller's transaction, rolled
    back, then leaves the count as it was.
    """
    parameters: dict[str, str | int | datetime] = {
        "key": key[:100],
        "ends": now + window,
        "amount": amount,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, parameters)
        used, ends = cursor.fetchone()
    if used > limit:
        raise AllowanceUsedUp(retry_after=max(1, int((ends - now).total_seconds())))


def prune_allowances(*, now: datetime) -> int:
    """Forget windows that are over; return how many."""
    deleted, _ = Allowance.objects.filter(window_ends_at__lte=now).delete()
    return deleted

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

KEPT_FOR = timedelta(days=30)
_BATCH = 10_000

_PRUNE = """
DELETE FROM events_eventdelivery WHERE id IN (
    SELECT id FROM events_eventdelivery WHERE settled_at < %s
     ORDER BY settled_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def prune_deliveries(*, now: datetime) -> int:
    """Forget deliveries that were settled a month ago, in short statements; return how many.

    The events stay.
    """
    forgotten = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PRUNE, [now - KEPT_FOR, _BATCH])
            batch: int = cursor.rowcount
            forgotten += batch
            if batch < _BATCH:
                return forgotten

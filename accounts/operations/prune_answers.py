from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

KEPT_FOR = timedelta(days=7)
_BATCH = 10_000

_PRUNE = """
DELETE FROM accounts_keyedanswer WHERE request_key IN (
    SELECT request_key FROM accounts_keyedanswer WHERE claimed_at < %s
     ORDER BY claimed_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def prune_answers(*, now: datetime) -> int:
    """Forget answers that nobody will ask for again: those older than a week.

    Works in short statements, so that it never holds many rows. Returns how many went.
    """
    forgotten = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PRUNE, [now - KEPT_FOR, _BATCH])
            batch: int = cursor.rowcount
            forgotten += batch
            if batch < _BATCH:
                return forgotten

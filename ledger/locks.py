"""The ledger's locks that are not rows."""

from __future__ import annotations

from django.db import connection

# Any number that no other lock has.
_SEALING = 7_264_101


def take_sealing() -> bool:
    """Become the one who seals, until the transaction ends; False when somebody else is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALING])
        taken: bool = cursor.fetchone()[0]
    return taken

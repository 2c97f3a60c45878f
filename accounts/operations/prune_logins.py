from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import FailedTries, KnownDevice, LoginCode

# Staff may want to see how a login ended; the event log remembers for longer.
KEPT_FOR = timedelta(days=7)
_BATCH = 5_000

# Nobody holds them any more. Young ones may belong to a transaction that is not done.
_PRUNE_SECRETS = """
DELETE FROM accounts_factorsecret AS kept
 WHERE made_at < %(before)s AND NOT EXISTS (
    SELECT FROM mfa_authenticator
     WHERE data->>'secret' = 'sealed:' || kept.id OR data->>'seed' = 'sealed:' || kept.id)
"""

# A family goes whole: while it lives, a spent token that comes back must still be recognised.
# Whoever is at a family at this moment keeps it for another day.
_PRUNE = """
WITH ended AS (
    SELECT id FROM accounts_tokenfamily WHERE revoked_at < %(before)s OR expires_at < %(before)s
     LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), spent AS (
    DELETE FROM accounts_refreshtoken WHERE family_id IN (SELECT id FROM ended)
)
DELETE FROM accounts_tokenfamily WHERE id IN (SELECT id FROM ended)
"""


def prune_logins(*, now: datetime) -> int:
    """Forget logins that ended a week ago, with their tokens, and sessions that are over.

    So go codes and counts of failures that old, and devices unseen for 90 days.
    Nobody is logged out by it. Works in short statements, so that it never holds many rows.
    Returns how many logins went.
    """
    forgotten = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PRUNE, {"before": now - KEPT_FOR, "batch": _BATCH})
            batch: int = cursor.rowcount
            forgotten += batch
            if batch < _BATCH:
                break
        cursor.execute(_PRUNE_SECRETS, {"before": now - timedelta(days=1)})

    Session.objects.filter(expire_date__lt=now).delete()
    FailedTries.objects.filter(last_at__lt=now - KEPT_FOR).delete()
    LoginCode.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    KnownDevice.objects.filter(last_seen_at__lt=now - KnownDevice.LIFE).delete()
    # What allauth noted about sessions that are gone, by their end or by another key.
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(live)).delete()

    return forgotten

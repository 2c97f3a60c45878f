from __future__ import annotations

from django.db import connection

from accounts.operations.claim_answer import RUNNING_AT_MOST_SECONDS, Claim

_FORGET = """
DELETE FROM accounts_keyedanswer WHERE request_key = %s AND claimed_at = %s AND status IS NULL
"""
_FREE = """
UPDATE accounts_keyedanswer SET claimed_at = claimed_at - %s * interval '1 second'
 WHERE request_key = %s AND claimed_at = %s AND status IS NULL
"""


def release_answer(*, claim: Claim, nothing_happened: bool) -> None:
    """Give a claim up without an answer, so that the key may be tried again at once.

    When `nothing_happened` (the request was not understood) the key may even be used for
    something else; otherwise only the same request may try again.
    """
    with connection.cursor() as cursor:
        if nothing_happened:
            cursor.execute(_FORGET, [claim.request_key, claim.claimed_at])
        else:
            cursor.execute(_FREE, [RUNNING_AT_MOST_SECONDS, claim.request_key, claim.claimed_at])

from __future__ import annotations

from django.db import connection

from accounts.answers import pack
from accounts.operations.claim_answer import Claim

_KEEP = """
UPDATE accounts_keyedanswer SET status = %s, body = %s
 WHERE request_key = %s AND claimed_at = %s AND status IS NULL
"""


def keep_answer(*, claim: Claim, status: int, body: bytes) -> bool:
    """Write down the answer that every repetition of this request will be given.

    Returns False, and changes nothing, when the claim was taken over meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [status, pack(body), claim.request_key, claim.claimed_at])
        kept: bool = cursor.rowcount == 1
    return kept

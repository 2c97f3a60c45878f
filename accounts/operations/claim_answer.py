from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.answers import unpack

# A run that has not answered for this long is taken for dead.
RUNNING_AT_MOST_SECONDS = 60

_CLAIM = """
INSERT INTO accounts_keyedanswer (request_key, fingerprint, status, body)
VALUES (%s, %s, NULL, '') ON CONFLICT (request_key) DO NOTHING
RETURNING claimed_at
"""
_READ = "SELECT fingerprint, status, body FROM accounts_keyedanswer WHERE request_key = %s"
_TAKE_OVER = """
UPDATE accounts_keyedanswer SET claimed_at = clock_timestamp()
 WHERE request_key = %s AND fingerprint = %s AND status IS NULL
   AND claimed_at <= clock_timestamp() - %s * interval '1 second'
RETURNING claimed_at
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request; `claimed_at` tells one run of it from a later one."""

    request_key: UUID
    fingerprint: UUID
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What the first request with this key was given; `status` is None while it runs."""

    fingerprint: UUID
    status: int | None
    body: bytes


def claim_answer(*, request_key: UUID, fingerprint: UUID) -> Claim | EarlierAnswer:
    """Claim the right to answer, or return what the request that came first was given.

    Waits while another transaction holds an uncommitted claim to the same key, for as long as
    the connection's `lock_timeout`. A committed claim without an answer is taken over once it
    is a minute old, by one caller, who must ask for the same thing (`fingerprint`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [request_key, fingerprint])
        if (made := cursor.fetchone()) is None:
            cursor.execute(_TAKE_OVER, [request_key, fingerprint, RUNNING_AT_MOST_SECONDS])
            made = cursor.fetchone()
        if made is not None:
            return Claim(request_key, fingerprint, made[0])
        cursor.execute(_READ, [request_key])
        earlier = cursor.fetchone()
    if earlier is None:
        # Given up by its run between our two statements: the key is free again.
        return claim_answer(request_key=request_key, fingerprint=fingerprint)
    known, status, body = earlier
    return EarlierAnswer(known, status, unpack(body))

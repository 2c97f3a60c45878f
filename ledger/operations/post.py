from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from ledger.entries import Entry, Posted
from ledger.errors import LedgerRefusal
from ledger.queries import find_posted
from ledger.verdicts import translated

_CALL = """
    SELECT entry_id, recorded FROM ledger_post(
        %s, %s, %s::bigint[], %s::bigint[], %s::varchar[], %s, %s, %s, %s, %s)
"""


def post(entry: Entry) -> Posted:
    """Post one entry: all of it or nothing, in one call and, by itself, one transaction.

    Posting the same entry again under its reference changes nothing and says `replayed`.
    Raises `InsufficientFunds`, `AccountBlocked`, `UnknownAccount`, `UnbalancedEntry`,
    `AmountTooLarge`, `AlreadyReversed`, or `ReferenceTaken` when the reference belongs to an
    entry that moves other money.
    """
    try:
        with translated():
            return _call(entry)
    except LedgerRefusal:
        # Posted before, it stands, whatever has become of its accounts since.
        if posted := find_posted(entry):
            return posted
        raise


def _call(entry: Entry) -> Posted:
    lines = entry.sorted_lines()
    parameters: list[Any] = [
        entry.reference,
        entry.kind,
        [line.account_id for line in lines],
        [line.amount_minor for line in lines],
        [line.type for line in lines],
        entry.occurred_at,
        entry.actor_id,
        entry.request_id,
        Jsonb(entry.metadata) if entry.metadata else None,
        entry.reverses_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CALL, parameters)
        entry_id, recorded_at = cursor.fetchone()
    return Posted(entry_id, recorded_at)

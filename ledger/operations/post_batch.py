from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connection
from psycopg import Error as PsycopgError
from psycopg.types.json import Jsonb

from ledger.entries import Entry, Posted, Verdict
from ledger.errors import BatchRefused, BatchTooLarge, ReferenceTaken
from ledger.queries import find_posted
from ledger.verdicts import Translated, refusal_named

LARGEST_BATCH = 1000

_CALL = """
    SELECT verdict, entry_id, recorded FROM ledger_post_batch(
        %s::varchar[], %s::varchar[], %s::timestamptz[], %s::jsonb[], %s::int[],
        %s::bigint[], %s::bigint[], %s::varchar[], %s::uuid[], %s::varchar[], %s)
"""


def post_batch(entries: Sequence[Entry], *, atomic: bool) -> list[Verdict]:
    """Post up to 1,000 entries in one call, in order, as if one after the other.

    Without `atomic` each entry has a verdict of its own. With it all are posted or none:
    raises `BatchRefused`, which names the first entry that was refused and why. Entries that
    stand in the books already, moving the same money, count as posted (`replayed`). Raises
    `BatchTooLarge`, and `UnbalancedEntry` for an entry that is not one.
    """
    if len(entries) > LARGEST_BATCH:
        raise BatchTooLarge
    if not entries:
        return []
    parameters = _parameters(entries, atomic=atomic)
    try:
        with Translated(), connection.cursor() as cursor:
            cursor.execute(_CALL, parameters)
            rows = cursor.fetchall()
    except DatabaseError as error:
        return _all_replayed_or_refused(entries, error)
    return [_verdict(entry, row) for entry, row in zip(entries, rows, strict=True)]


def _parameters(entries: Sequence[Entry], *, atomic: bool) -> list[Any]:
    sorted_lines = [entry.sorted_lines() for entry in entries]
    lines = [line for group in sorted_lines for line in group]
    return [
        [entry.reference for entry in entries],
        [entry.kind for entry in entries],
        [entry.occurred_at for entry in entries],
        [Jsonb(entry.metadata) if entry.metadata else None for entry in entries],
        [len(group) for group in sorted_lines],
        [line.account_id for line in lines],
        [line.amount_minor for line in lines],
        [line.type for line in lines],
        [entry.actor_id for entry in entries],
        [entry.request_id for entry in entries],
        atomic,
    ]


def _verdict(entry: Entry, row: tuple[str, int, Any]) -> Verdict:
    code, entry_id, recorded_at = row
    if code == "posted":
        return Verdict(Posted(entry_id, recorded_at), None)
    if code != ReferenceTaken.code:
        return Verdict(None, refusal_named(code))
    try:
        return Verdict(find_posted(entry), None)
    except ReferenceTaken as refusal:
        return Verdict(None, refusal)


def _all_replayed_or_refused(entries: Sequence[Entry], error: DatabaseError) -> list[Verdict]:
    """What an atomic batch's refusal means: a repetition of the whole, or a refusal."""
    cause = error.__cause__
    if not isinstance(cause, PsycopgError) or cause.sqlstate != "PL007":
        raise error
    refusal = refusal_named(cause.diag.message_primary or "")
    if isinstance(refusal, ReferenceTaken):
        verdicts = [_verdict(entry, (refusal.code, 0, None)) for entry in entries]
        if all(verdict.posted for verdict in verdicts):
            return verdicts
    raise BatchRefused(index=int(cause.diag.message_detail or 0), refusal=refusal) from None

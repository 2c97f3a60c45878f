from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from ledger.calls import call
from ledger.entries import Entry, Line, Posted
from ledger.errors import LedgerRefusal
from ledger.queries import find_posted
from ledger.verdicts import Translated

_PAIR = """
    SELECT entry_id, recorded FROM ledger_post_pair(
        $1::varchar, $2::varchar, $3::bigint, $4::bigint, $5::bigint, $6::varchar, $7::varchar,
        $8::timestamptz, $9::uuid, $10::varchar, $11::jsonb)
"""
_ANY = """
    SELECT entry_id, recorded FROM ledger_post(
        $1::varchar, $2::varchar, $3::bigint[], $4::bigint[], $5::varchar[],
        $6::timestamptz, $7::uuid, $8::varchar, $9::jsonb, $10::bigint)
"""


def post(entry: Entry) -> Posted:
    """Post one entry: all of it or nothing, in one call and, by itself, one transaction.

    Posting the same entry again under its reference changes nothing and says `replayed`.
    Raises `InsufficientFunds`, `AccountBlocked`, `UnknownAccount`, `UnbalancedEntry`,
    `AmountTooLarge`, `AlreadyReversed`, or `ReferenceTaken` when the reference belongs to an
    entry that moves other money.
    """
    lines = entry.sorted_lines()
    try:
        with Translated():
            if _is_pair(entry, lines):
                row = call(_PAIR, _pair(entry, *lines))
            else:
                row = call(_ANY, [*_any(entry, lines), entry.reverses_id])
    except LedgerRefusal:
        # Posted before, it stands, whatever has become of its accounts since.
        if posted := find_posted(entry):
            return posted
        raise
    if row is None:
        raise RuntimeError("ledger_post answers a row or raises")
    return Posted(*row)


def entry_parameters(entry: Entry) -> list[Any]:
    """Write an entry as the database's functions take it, its lines in ascending account id.

    Raises `UnbalancedEntry` for lines that make none.
    """
    return _any(entry, entry.sorted_lines())


def _is_pair(entry: Entry, lines: list[Line]) -> bool:
    return (
        entry.reverses_id is None
        and len(lines) == 2
        and lines[0].account_id < lines[1].account_id
        and lines[0].amount_minor == -lines[1].amount_minor
    )


def _pair(entry: Entry, low: Line, high: Line) -> list[Any]:
    return [
        entry.reference,
        entry.kind,
        low.account_id,
        high.account_id,
        low.amount_minor,
        low.type,
        high.type,
        *_circumstances(entry),
    ]


def _any(entry: Entry, lines: list[Line]) -> list[Any]:
    return [
        entry.reference,
        entry.kind,
        [line.account_id for line in lines],
        [line.amount_minor for line in lines],
        [line.type for line in lines],
        *_circumstances(entry),
    ]


def _circumstances(entry: Entry) -> list[Any]:
    metadata = Jsonb(entry.metadata) if entry.metadata else None
    return [entry.occurred_at, entry.actor_id, entry.request_id, metadata]

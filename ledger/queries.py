"""Reads of the books. Balances are minor units, a credit positive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from ledger.calls import Row, call_all
from ledger.chart import ChartAccount
from ledger.entries import Entry, Posted
from ledger.errors import ReferenceTaken, UnknownEntry
from ledger.models import JournalEntry, LedgerAccount
from ledger.money import LARGEST_MINOR


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds: `held_minor` of `total_minor` is set aside."""

    total_minor: int
    held_minor: int
    as_of: datetime

    @property
    def available_minor(self) -> int:
        return self.total_minor - self.held_minor


def find_account_ids(account: ChartAccount) -> tuple[int, ...]:
    """Return the ids of the rows that stand for an account; empty when it is not open."""
    rows = LedgerAccount.objects.filter(code=account.code).order_by("shard")
    return tuple(rows.values_list("id", flat=True))


def chart_balance(account: ChartAccount) -> int:
    """Return the balance of an account, all its rows in one statement; 0 when not open."""
    rows = LedgerAccount.objects.filter(code=account.code)
    total: int | None = rows.aggregate(total=Sum("balance_minor"))["total"]
    return total or 0


def balance_at(*, account_id: int, at: datetime) -> int:
    """Return what an account held once everything recorded up to `at` was in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT balance_after FROM ledger_posting
            WHERE account_id = %s AND sequence = ledger_sequence_at(%s, %s)
            """,
            [account_id, account_id, at],
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def get_entry(*, reference: str) -> JournalEntry:
    """Return an entry by its reference; raises `UnknownEntry`."""
    try:
        return JournalEntry.objects.get(reference=reference)
    except JournalEntry.DoesNotExist:
        raise UnknownEntry(f"There is no entry with the reference {reference}.") from None


def find_posted(entry: Entry) -> Posted | None:
    """Return the entry that stands under this reference, or None when there is none.

    Raises `ReferenceTaken` when that one moves other money.
    """
    found = JournalEntry.objects.filter(reference=entry.reference).first()
    if found is None:
        return None
    # Which row of a busy account a line went to is chance: compare accounts by their codes.
    ids = [line.account_id for line in entry.lines]
    codes = dict(LedgerAccount.objects.filter(pk__in=ids).values_list("id", "code"))
    asked = [(codes.get(i.account_id, ""), i.amount_minor, i.type) for i in entry.lines]
    lines = found.postings.values_list("account__code", "amount_minor", "type")
    if found.kind != entry.kind or sorted(lines) != sorted(asked):
        raise ReferenceTaken(f"The reference {entry.reference} belongs to another movement.")
    return Posted(found.pk, found.recorded_at, replayed=True)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One posting as the account's holder sees it."""

    entry_id: int
    sequence: int
    type: str
    amount_minor: int
    balance_after: int
    reference: str
    position: int
    metadata: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines are wanted: recorded in [`since`, `until`), sizes without their sign."""

    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    least_minor: int | None = None
    most_minor: int | None = None


_LINES = """
    SELECT p.entry_id, p.sequence, p.type, p.amount_minor, p.balance_after, e.reference,
           p.position, e.metadata, e.recorded_at
    FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
    WHERE p.account_id = $1::bigint
      AND p.sequence > greatest($2::bigint, CASE WHEN $4::timestamptz IS NOT NULL
          THEN ledger_sequence_at($1, $4 - interval '1 microsecond') END)
      AND p.sequence < least($3::bigint, CASE WHEN $5::timestamptz IS NOT NULL
          THEN ledger_sequence_at($1, $5 - interval '1 microsecond') + 1 END)
      AND ($6::varchar IS NULL OR p.type = $6)
      AND abs(p.amount_minor) BETWEEN $7::bigint AND $8::bigint
"""
_OLDER = f"{_LINES} ORDER BY p.sequence DESC LIMIT $9::bigint"
_NEWER = f"{_LINES} ORDER BY p.sequence LIMIT $9::bigint"


def account_lines(
    *, account_id: int, wanted: LineFilter, after: int | None, newer: bool, limit: int
) -> list[AccountLine]:
    """Return at most `limit` lines of an account past the sequence `after`, in one query.

    Towards older lines, newest first; or with `newer` towards newer ones, oldest first.
    """
    above = after if newer and after is not None else 0
    below = after if not newer and after is not None else LARGEST_MINOR
    parameters = [
        account_id,
        above,
        below,
        wanted.since,
        wanted.until,
        wanted.type,
        wanted.least_minor or 0,
        LARGEST_MINOR if wanted.most_minor is None else wanted.most_minor,
        limit,
    ]
    rows = call_all(_NEWER if newer else _OLDER, parameters)
    return [_line(row) for row in rows]


def _line(row: Row) -> AccountLine:
    metadata = row[7] or {}
    return AccountLine(
        entry_id=row[0],
        sequence=row[1],
        type=row[2],
        amount_minor=row[3],
        balance_after=row[4],
        reference=row[5],
        position=row[6],
        metadata=metadata,
        recorded_at=row[8],
    )

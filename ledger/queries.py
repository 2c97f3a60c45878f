"""Reads of the books. Balances are minor units, a credit positive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from ledger.chart import ChartAccount
from ledger.entries import Entry, Line, Posted
from ledger.errors import ReferenceTaken, UnknownEntry
from ledger.models import JournalEntry, LedgerAccount, Posting


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds: `held_minor` of `total_minor` is set aside."""

    total_minor: int
    held_minor: int
    as_of: datetime

    @property
    def available_minor(self) -> int:
        return self.total_minor - self.held_minor


@dataclass(frozen=True, slots=True)
class Coverage:
    """What customers own in a currency and where money for it is, in minor units."""

    currency: str
    customers_minor: int
    providers_minor: int
    banks_minor: int

    @property
    def short_minor(self) -> int:
        """What is missing: customers own that much more than there is. 0 when nothing is."""
        return max(0, self.customers_minor - self.providers_minor - self.banks_minor)


def coverage() -> list[Coverage]:
    """Return every currency in which somebody has money, at one instant, in one statement.

    Whatever we owe is customers' money: the chart has no other liabilities.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT currency_id,
                   coalesce(sum(balance_minor) FILTER (WHERE kind = 'liability'), 0)::bigint,
                   coalesce(-sum(balance_minor) FILTER (WHERE code LIKE 'clearing:%'), 0)::bigint,
                   coalesce(-sum(balance_minor) FILTER (WHERE code LIKE 'bank:%'), 0)::bigint
            FROM ledger_ledgeraccount GROUP BY currency_id
            HAVING bool_or(balance_minor <> 0) ORDER BY currency_id
            """
        )
        return [Coverage(*row) for row in cursor.fetchall()]


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


def entry_lines(reference: str) -> list[Line]:
    """Return the lines of an entry in their order; none when there is no such entry."""
    postings = Posting.objects.filter(entry__reference=reference).order_by("position")
    return [Line(*row) for row in postings.values_list("account_id", "amount_minor", "type")]


def moved_by(*, account: ChartAccount, references: Sequence[str]) -> dict[str, int]:
    """Return what each of these entries did to an account, those that did nothing left out."""
    postings = Posting.objects.filter(entry__reference__in=references, account__code=account.code)
    return dict(postings.values_list("entry__reference").annotate(moved=Sum("amount_minor")))


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

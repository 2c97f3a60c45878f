"""What went in and out of a wallet, read line by line. A line is never changed once it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger.calls import Row, call_all
from ledger.money import LARGEST_MINOR
from wallets.facts import WalletFacts

_STEP = 2_000

# Everything that a line tells is looked up for the lines of the page alone. A transfer that took
# two steps is told by its first one, and a reversal by what it reverses: why staff reversed it is
# no business of the other party.
_PAGE = """
    WITH page AS MATERIALIZED (
        SELECT p.entry_id, p.sequence, p.type, p.amount_minor, p.balance_after, p.position,
               e.reference, e.recorded_at, e.reverses_id,
               CASE WHEN e.reverses_id IS NULL THEN e.metadata ->> 'description' END AS words
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.account_id = $1::bigint
          AND p.sequence > greatest($2::bigint, CASE WHEN $4::timestamptz IS NOT NULL
              THEN ledger_sequence_at($1, $4 - interval '1 microsecond') END)
          AND p.sequence < least($3::bigint, CASE WHEN $5::timestamptz IS NOT NULL
              THEN ledger_sequence_at($1, $5 - interval '1 microsecond') + 1 END)
          AND ($6::varchar IS NULL OR p.type = $6)
          AND abs(p.amount_minor) BETWEEN $7::bigint AND $8::bigint
          {search}
        ORDER BY p.sequence {order} LIMIT $9::bigint)
    SELECT page.sequence, page.type, page.amount_minor, page.balance_after, page.reference,
           page.position, page.recorded_at, coalesce(t.description, page.words, ''), t.metadata,
           CASE WHEN page.type <> 'fee' THEN coalesce(other.number, far.number) END
    FROM page
    LEFT JOIN ledger_journalentry undone ON undone.id = page.reverses_id
    LEFT JOIN ledger_journalentry first
        ON strpos(coalesce(undone.reference, page.reference), ':') > 0
        AND first.reference = split_part(coalesce(undone.reference, page.reference), ':', 1)
    LEFT JOIN wallets_transfer t
        ON t.entry_id = coalesce(first.id, undone.id, page.entry_id)
    LEFT JOIN wallets_wallet far
        ON far.account_id = CASE WHEN t.source_id = $1 THEN t.destination_id ELSE t.source_id END
    LEFT JOIN LATERAL (
        SELECT w.number FROM ledger_posting o JOIN wallets_wallet w ON w.account_id = o.account_id
        WHERE o.entry_id = page.entry_id AND o.account_id <> $1
        ORDER BY o.position LIMIT 1) other ON true
    ORDER BY page.sequence {order}
"""
_SEARCHES = {
    "": "",
    "reference": """
          AND p.entry_id = (SELECT id FROM ledger_journalentry WHERE reference = $10::varchar)""",
    "number": """
          AND p.entry_id IN (
              SELECT o.entry_id FROM ledger_posting o
              WHERE o.account_id <> $1 AND o.account_id = (
                  SELECT account_id FROM wallets_wallet WHERE number = $10::varchar))""",
    "words": """
          AND (e.reverses_id IS NULL AND e.metadata ->> 'description' ILIKE $10::varchar OR (
              SELECT t.description ILIKE $10 FROM wallets_transfer t
              WHERE t.entry_id = p.entry_id))""",
}
_SUMMARY = """
    WITH bounds AS MATERIALIZED (
        SELECT ledger_sequence_at($1::bigint, $2::timestamptz - interval '1 microsecond') AS before,
               ledger_sequence_at($1, $3::timestamptz - interval '1 microsecond') AS last),
    sums AS (
        SELECT p.type, count(*) AS lines,
               coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0) AS paid_in,
               coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0) AS paid_out
        FROM bounds b JOIN ledger_posting p
            ON p.account_id = $1 AND p.sequence > b.before AND p.sequence <= b.last
        GROUP BY p.type)
    SELECT b.before, b.last, coalesce(opening.balance_after, 0), coalesce(closing.balance_after, 0),
           s.type, s.lines, s.paid_in::bigint, s.paid_out::bigint
    FROM bounds b
    LEFT JOIN ledger_posting opening ON opening.account_id = $1 AND opening.sequence = b.before
    LEFT JOIN ledger_posting closing ON closing.account_id = $1 AND closing.sequence = b.last
    LEFT JOIN sums s ON true ORDER BY s.type
"""
_COURSE = """
    SELECT i.at, coalesce((SELECT p.balance_after FROM ledger_posting p WHERE p.account_id = $1
                           AND p.sequence = ledger_sequence_at($1::bigint, i.at)), 0)
    FROM (SELECT a.opened_at + (clock_timestamp() - a.opened_at) * (n / $2::float8) AS at
          FROM ledger_ledgeraccount a, generate_series(0, $2::int) n WHERE a.id = $1) i
    ORDER BY i.at
"""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One movement as the wallet's owner sees it. Amounts are minor units, a credit positive.

    `counterparty` is the number of the other wallet, where there is one.
    """

    sequence: int
    type: str
    amount_minor: int
    balance_after: int
    reference: str
    position: int
    recorded_at: datetime
    description: str
    metadata: dict[str, Any]
    counterparty: str | None


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines are wanted: recorded in [`since`, `until`), sizes without their sign.

    `text` is a whole reference, a counterparty's whole number, or part of a description.
    """

    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The lines of one wallet that a filter lets through."""

    wallet: WalletFacts
    wanted: LineFilter = LineFilter()

    def lines(self, *, after: tuple[int] | None, newer: bool, limit: int) -> list[HistoryLine]:
        """Return at most `limit` lines past the sequence `after`, in one query.

        Towards older lines, newest first; or with `newer` towards newer ones, oldest first.
        """
        edge = after[0] if after else None
        return self._between(
            above=edge if newer and edge is not None else 0,
            below=edge if not newer and edge is not None else LARGEST_MINOR,
            newer=newer,
            limit=limit,
        )

    def all_lines(self, *, above: int = 0, newer: bool = False) -> Iterator[HistoryLine]:
        """Yield every line, newest first or oldest first, holding only a few in memory.

        Reads step by step from where the last step ended, not through a cursor of the server:
        lines never change, so no transaction needs to stay open while a slow client reads.
        """
        edge: tuple[int] | None = (above,) if newer else None
        while True:
            lines = self.lines(after=edge, newer=newer, limit=_STEP)
            yield from lines
            if len(lines) < _STEP:
                return
            edge = (lines[-1].sequence,)

    def _between(self, *, above: int, below: int, newer: bool, limit: int) -> list[HistoryLine]:
        wanted = self.wanted
        kind, text = _search(wanted.text)
        rows = call_all(
            _PAGE.format(search=_SEARCHES[kind], order="" if newer else "DESC"),
            [
                self.wallet.account_id,
                above,
                below,
                wanted.since,
                wanted.until,
                wanted.type,
                wanted.least_minor or 0,
                LARGEST_MINOR if wanted.most_minor is None else wanted.most_minor,
                limit,
                *([text] if kind else []),
            ],
        )
        return [_line(row) for row in rows]


@dataclass(frozen=True, slots=True)
class TypeTotal:
    """What all lines of one type in a period come to, in minor units."""

    type: str
    lines: int
    paid_in_minor: int
    paid_out_minor: int


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a wallet held when a period began and when it ended, and what moved between."""

    wallet: WalletFacts
    first_sequence: int
    last_sequence: int
    opening_minor: int
    closing_minor: int
    totals: tuple[TypeTotal, ...]

    @property
    def paid_in_minor(self) -> int:
        return sum(total.paid_in_minor for total in self.totals)

    @property
    def paid_out_minor(self) -> int:
        return sum(total.paid_out_minor for total in self.totals)

    @property
    def line_count(self) -> int:
        return self.last_sequence - self.first_sequence + 1

    def lines(self) -> Iterator[HistoryLine]:
        """Yield the very lines that the totals count, oldest first."""
        for line in History(self.wallet).all_lines(above=self.first_sequence - 1, newer=True):
            if line.sequence > self.last_sequence:
                return
            yield line


def turnover(wallet: WalletFacts, *, since: datetime, until: datetime) -> Turnover:
    """Sum up what was recorded in [`since`, `until`); one query."""
    rows = call_all(_SUMMARY, [wallet.account_id, since, until])
    before, last, opening, closing = rows[0][:4]
    totals = tuple(TypeTotal(*row[4:]) for row in rows if row[4] is not None)
    return Turnover(wallet, before + 1, last, opening, closing, totals)


def balance_course(*, account_id: int, points: int) -> list[tuple[datetime, int]]:
    """Return what an account held at so many instants from its opening until now, evenly."""
    return [(at, balance) for at, balance in call_all(_COURSE, [account_id, points - 1])]


def _search(text: str | None) -> tuple[str, str]:
    """Tell which search is meant, and with what."""
    if not text:
        return "", ""
    if re.fullmatch(r"[0-9]{13}", text):
        return "number", text
    if re.fullmatch(r"[A-Z]{3}_[0-9A-Za-z]{16,}(:[a-z0-9:-]+)?", text):
        return "reference", text
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return "words", f"%{escaped}%"


def _line(row: Row) -> HistoryLine:
    line = HistoryLine(*row)
    return line if line.metadata is not None else replace(line, metadata={})

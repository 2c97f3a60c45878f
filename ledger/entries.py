"""What is posted and what comes back, as values. Nothing here touches a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.errors import LedgerRefusal, UnbalancedEntry

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry does to one account: minor units of its currency, a credit positive.

    `type` is what the line is called in the account holder's history.
    """

    account_id: int
    amount_minor: int
    type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money to be posted. `reference` is unique for ever."""

    reference: str
    kind: str
    lines: tuple[Line, ...]
    occurred_at: datetime
    actor_id: UUID | None = None
    request_id: str = ""
    metadata: dict[str, Any] | None = None
    reverses_id: int | None = None

    def sorted_lines(self) -> list[Line]:
        """Return the lines in the order in which accounts are locked: by ascending id.

        Raises `UnbalancedEntry` for fewer than two lines or more than `MOST_LINES`, and for a
        line that moves nothing. Whether the lines balance is the database's to judge.
        """
        if not 2 <= len(self.lines) <= MOST_LINES:
            raise UnbalancedEntry(f"An entry has 2 to {MOST_LINES} lines.")
        if not all(line.amount_minor for line in self.lines):
            raise UnbalancedEntry("A line moves something.")
        return sorted(self.lines, key=lambda line: line.account_id)


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry that stands in the books. `replayed`: it stood there before."""

    entry_id: int
    recorded_at: datetime
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one entry of a batch: `posted`, or the refusal that kept it out."""

    posted: Posted | None
    refusal: LedgerRefusal | None

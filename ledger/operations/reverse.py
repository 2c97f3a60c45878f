from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.entries import Entry, Line, Posted
from ledger.operations.post import post
from ledger.queries import get_entry

REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Reversal:
    """Why an entry is undone, by whom, and the reference of the entry that undoes it."""

    reference: str
    occurred_at: datetime
    actor_id: UUID | None = None
    request_id: str = ""
    metadata: dict[str, Any] | None = None


def reverse(*, reference: str, reversal: Reversal, lines: Sequence[Line] | None = None) -> Posted:
    """Post the mirror of an entry, or of the part that `lines` undo, and link the two.

    All reversals of an entry together undo no more of any line than it moved, whatever their
    references. Raises `UnknownEntry`, `AlreadyReversed`, `ReversalMismatch`, `InsufficientFunds`
    when a receiver spent the money, and what `post` raises.
    """
    original = get_entry(reference=reference)
    if lines is None:
        lines = [
            Line(posting.account_id, -posting.amount_minor, REVERSAL)
            for posting in original.postings.order_by("position")
        ]
    return post(
        Entry(
            reference=reversal.reference,
            kind=REVERSAL,
            lines=tuple(lines),
            occurred_at=reversal.occurred_at,
            actor_id=reversal.actor_id,
            request_id=reversal.request_id,
            metadata=reversal.metadata,
            reverses_id=original.pk,
        )
    )

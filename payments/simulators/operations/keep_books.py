from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payments.simulators.models import BalanceMovement


@dataclass(frozen=True, slots=True)
class Move:
    """Money that comes to what a provider holds for us (gross above zero) or leaves it."""

    provider: str
    source: str
    kind: str
    reference: str
    currency: str
    gross_minor: int
    fee_minor: int


def move_money(move: Move, *, now: datetime) -> None:
    """Enter one change of the balance; the database lets none be entered twice."""
    BalanceMovement.objects.create(
        provider=move.provider,
        source=move.source,
        kind=move.kind,
        reference=move.reference,
        currency=move.currency,
        gross_minor=move.gross_minor,
        fee_minor=move.fee_minor,
        difference_minor=move.gross_minor - move.fee_minor,
        recorded_at=now,
    )

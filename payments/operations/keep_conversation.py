"""What was said to a provider and by it, kept for who looks into a payment later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db import transaction

from events import causes
from payments.models import Conversation
from payments.providers import outcomes, wire
from payments.providers.base import Outcome

T = TypeVar("T")

# Fields of bodies that name nobody and open nothing. All others are hidden, whoever adds them.
SHOWN = frozenset(
    {
        "amount",
        "currency",
        "status",
        "reference",
        "transfer_code",
        "transaction",
        "id",
        "code",
        "type",
        "fees",
        "fee",
        "fee_charged",
        "paid_at",
        "requested_amount",
        "payment_status",
        "amount_total",
    }
)
HIDDEN = "[hidden]"
_DEEPEST = 3


def told(outcome: Outcome[T], *, provider: str, question: str, reference: str) -> Outcome[T]:
    """Return the outcome, warn of one that somebody may look into, and keep what was said.

    Must run outside of a transaction, as what asks a provider does.
    """
    rows = [
        Conversation(
            provider=provider,
            question=question,
            reference=reference[:100],
            method=call.method,
            path=call.path[:200],
            status=call.status,
            problem=call.problem[:60],
            request=redacted(call.request),
            response=redacted(call.response),
            duration_ms=call.duration_ms,
            request_id=causes.current().request_id,
            asked_at=call.at,
        )
        for call in wire.take_heard()
    ]
    if rows:
        with transaction.atomic():
            Conversation.objects.bulk_create(rows)
    return outcomes.told(outcome, provider=provider, question=question, reference=reference)


def redacted(body: object, depth: int = 0) -> object:
    """Return a body with everything hidden that may name somebody or open something."""
    if not isinstance(body, Mapping):
        return {} if depth == 0 else HIDDEN
    return {_name(name): _shown(str(name), value, depth) for name, value in body.items()}


def _name(name: object) -> str:
    return str(name)[:60].replace("\0", "")


def _shown(name: str, value: object, depth: int) -> object:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return redacted(value, depth + 1)
    if name not in SHOWN or not isinstance(value, (int, str, type(None))):
        return HIDDEN
    # The database keeps no NUL in JSON.
    return value[:100].replace("\0", "") if isinstance(value, str) else value

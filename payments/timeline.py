"""Everything that is known to have happened to one payment, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from payments import references
from payments.models import Deposit, Payout
from payments.queries import attempts

# What was posted is told in the currency's own units, like everything that people read.
_SQL = """
    SELECT at, kind, what, detail FROM (
        SELECT c.asked_at AS at, 1 AS place, c.id AS id, 'request' AS kind,
               concat_ws(' ', c.question, c.method, c.path) AS what,
               concat_ws(' ', c.request::text, nullif(c.request_id, '')) AS detail
        FROM payments_conversation c
        WHERE c.provider = %(provider)s AND c.reference = ANY(%(theirs)s)
        UNION ALL
        SELECT c.asked_at + make_interval(secs => c.duration_ms / 1000.0), 2, c.id, 'response',
               concat_ws(' ', coalesce(c.status::text, c.problem), c.duration_ms || ' ms'),
               c.response::text
        FROM payments_conversation c
        WHERE c.provider = %(provider)s AND c.reference = ANY(%(theirs)s)
        UNION ALL
        SELECT w.received_at, 3, w.id, 'webhook', w.kind, w.payment_reference
        FROM payments_webhookdelivery w
        WHERE {mine}
        UNION ALL
        SELECT w.settled_at, 4, w.id, 'job',
               concat_ws(' ', 'webhook', w.state, 'after', w.attempts, 'attempts'), w.note
        FROM payments_webhookdelivery w
        WHERE w.settled_at IS NOT NULL AND {mine}
        UNION ALL
        SELECT e.recorded_at, 5, e.id, 'posting', concat_ws(' ', e.kind, e.reference),
               (SELECT string_agg(a.code || ' ' || round(p.amount_minor / 10.0 ^ u.exponent,
                       u.exponent), '; ' ORDER BY p.position)
                FROM ledger_posting p
                JOIN ledger_ledgeraccount a ON a.id = p.account_id
                JOIN ledger_currency u ON u.code = a.currency_id
                WHERE p.entry_id = e.id)
        FROM ledger_journalentry e WHERE e.reference = ANY(%(entries)s)
        UNION ALL
        SELECT v.recorded_at, 6, v.id, 'event', v.type,
               concat_ws(' ', nullif(v.request_id, ''), v.actor_id::text)
        FROM events_event v WHERE v.subject = ANY(%(subjects)s)
        UNION ALL
        SELECT p.voted_at, 7, p.id, 'vote', p.verdict, p.voter_id::text
        FROM payments_payoutvote p WHERE p.payout_id = %(payout)s) t
    ORDER BY at, place, id
    LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `kind` is request, response, webhook, job, posting, event, vote.

    A job is what the sweeps and workers made of a webhook.
    """

    at: datetime
    kind: str
    what: str
    detail: str


def timeline(payment: Deposit | Payout) -> list[Moment]:
    """Return what happened to a payment, the oldest first, in one statement; at most 1,000."""
    reference = payment.reference
    fee, back = references.fee_of(reference), references.reversal_of(reference)
    asked: dict[str, Any] = {
        "provider": payment.provider,
        "theirs": _their_names(payment),
        "entries": [reference, fee, back, references.reversal_of(fee)],
        "subjects": [reference],
        "id": payment.pk,
        "payout": payment.pk if isinstance(payment, Payout) else None,
    }
    column = "payout_id" if isinstance(payment, Payout) else "deposit_id"
    sql = _SQL.replace("{mine}", f"w.{column} = %(id)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [Moment(*row) for row in cursor.fetchall()]


def _their_names(payment: Deposit | Payout) -> list[str]:
    return [payment.provider_reference] if isinstance(payment, Payout) else attempts(payment)

"""What must hold of exchanges, payment requests and scheduled transfers, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

CONVERSIONS_MATCH_QUOTES = Check(
    "conversions_match_their_quotes",
    "every conversion is one entry that gives and takes what its quote says, between wallets of "
    "its owner and over the platform's positions, and no other entry is one",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('the conversion of entry %%s does not match its quote',
        coalesce(c.entry_id, e.id)) ORDER BY coalesce(c.entry_id, e.id)) FILTER (WHERE NOT coalesce(
            q.used_at IS NOT NULL AND c.owner_id = q.owner_id
            AND s.owner_id = q.owner_id AND d.owner_id = q.owner_id
            AND m.given = -q.source_minor AND m.taken = q.source_minor
            AND m.got = q.target_minor AND m.paid = -q.worth_minor
            AND m.earned = q.worth_minor - q.target_minor, false)))[1]
    FROM (SELECT * FROM wallets_conversion WHERE entry_id BETWEEN %(low)s AND %(high)s) c
    FULL JOIN (SELECT id FROM ledger_journalentry
               WHERE kind = 'conversion' AND id BETWEEN %(low)s AND %(high)s) e ON e.id = c.entry_id
    LEFT JOIN wallets_fxquote q ON q.id = c.quote_id
    LEFT JOIN wallets_wallet s ON s.account_id = c.source_id
    LEFT JOIN wallets_wallet d ON d.account_id = c.destination_id
    LEFT JOIN LATERAL (
        SELECT sum(p.amount_minor) FILTER (WHERE p.account_id = c.source_id) AS given,
               sum(p.amount_minor) FILTER (WHERE p.account_id = c.destination_id) AS got,
               sum(p.amount_minor) FILTER (
                   WHERE a.code = 'fx-position:' || q.source_currency) AS taken,
               sum(p.amount_minor) FILTER (
                   WHERE a.code = 'fx-position:' || q.target_currency) AS paid,
               coalesce(sum(p.amount_minor) FILTER (
                   WHERE a.code = 'fx-spread:' || q.target_currency), 0) AS earned
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE p.entry_id = e.id) m ON true
    """,
)
USED_QUOTES_WERE_CONVERTED = Check(
    "used_quotes_were_converted",
    "every quote that was used has its conversion, and gave the platform no less than it took",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('quote %%s was used and not converted, or gives more than '
        'it takes', q.id) ORDER BY q.id) FILTER (WHERE c.quote_id IS NULL
            OR q.used_at > q.expires_at OR q.worth_minor < q.target_minor))[1]
    FROM wallets_fxquote q LEFT JOIN wallets_conversion c ON c.quote_id = q.id
    WHERE q.used_at IS NOT NULL
    """,
)
PAYMENTS_MATCH_REQUESTS = Check(
    "payments_match_their_requests",
    "every payment request that was paid is one entry from its payer to its wallet of what was "
    "asked, and no other entry is one but those that holds paid",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('the payment of entry %%s does not match its request',
        coalesce(r.entry_id, e.id)) ORDER BY coalesce(r.entry_id, e.id)) FILTER (WHERE NOT coalesce(
            r.status = 'paid' AND r.paid_minor = coalesce(r.amount_minor, r.paid_minor)
            AND m.paid = -r.paid_minor AND m.got = r.paid_minor, false)))[1]
    FROM (SELECT * FROM wallets_paymentrequest WHERE entry_id BETWEEN %(low)s AND %(high)s) r
    FULL JOIN (SELECT id FROM ledger_journalentry j
               WHERE kind = 'payment' AND id BETWEEN %(low)s AND %(high)s AND NOT EXISTS (
                   SELECT FROM wallets_holdcapture c WHERE c.entry_id = j.id)) e
        ON e.id = r.entry_id
    LEFT JOIN LATERAL (
        SELECT sum(p.amount_minor) FILTER (WHERE p.account_id = r.payer_id) AS paid,
               sum(p.amount_minor) FILTER (WHERE p.account_id = r.wallet_id) AS got
        FROM ledger_posting p WHERE p.entry_id = e.id) m ON true
    """,
)
RUNS_MATCH_TRANSFERS = Check(
    "scheduled_runs_match_their_transfers",
    "every scheduled run that was completed is a transfer out of its schedule's wallet, and no run "
    "that was not is one",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('run %%s (%%s) does not match a transfer', r.reference,
        r.status) ORDER BY r.id) FILTER (WHERE (r.status = 'completed')
            <> coalesce(t.source_id = s.source_id, false)))[1]
    FROM wallets_scheduledrun r JOIN wallets_scheduledtransfer s ON s.id = r.schedule_id
    LEFT JOIN ledger_journalentry e ON e.reference = r.reference
    LEFT JOIN wallets_transfer t ON t.entry_id = e.id
    """,
)

PROMISE_CHECKS = (
    CONVERSIONS_MATCH_QUOTES,
    USED_QUOTES_WERE_CONVERTED,
    PAYMENTS_MATCH_REQUESTS,
    RUNS_MATCH_TRANSFERS,
)

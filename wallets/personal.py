"""What wallets hold about a person, and what keeps their data from being erased. Pure.

Amounts are decimals in major units, as everywhere outside. See `accounts.personal`.
"""

from __future__ import annotations

HELD = {
    "wallets": """
        SELECT w.number, w.currency, w.kind, w.label, w.status, w.created_at,
               round(a.balance_minor / 10.0 ^ c.exponent, c.exponent)::text AS balance,
               round(a.held_minor / 10.0 ^ c.exponent, c.exponent)::text AS held
          FROM wallets_wallet w
          JOIN ledger_ledgeraccount a ON a.id = w.account_id
          JOIN ledger_currency c ON c.code = w.currency
         WHERE w.owner_id = %(person)s ORDER BY w.account_id""",
    "holds": """
        SELECT h.reference, w.number AS wallet, w.currency,
               round(h.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(h.captured_minor / 10.0 ^ c.exponent, c.exponent)::text AS captured,
               h.status, h.purpose, h.description, h.placed_at, h.expires_at, h.closed_at
          FROM wallets_hold h
          JOIN wallets_wallet w ON w.account_id = h.wallet_id
          JOIN ledger_currency c ON c.code = w.currency
         WHERE w.owner_id = %(person)s ORDER BY h.id""",
    "freezes": """
        SELECT w.number AS wallet, f.debits, f.credits, f.reason, f.placed_at, f.expires_at,
               f.lifted_at, f.lift_reason
          FROM wallets_freeze f JOIN wallets_wallet w ON w.account_id = f.wallet_id
         WHERE w.owner_id = %(person)s ORDER BY f.id""",
    "disputes": """
        SELECT d.reference, e.reference AS transfer, d.reason, d.currency,
               round(d.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(d.refunded_minor / 10.0 ^ c.exponent, c.exponent)::text AS refunded,
               d.status, d.filed_at, d.closed_at
          FROM wallets_dispute d
          JOIN ledger_journalentry e ON e.id = d.transfer_id
          JOIN ledger_currency c ON c.code = d.currency
         WHERE %(person)s IN (d.sender_id, d.recipient_id) ORDER BY d.id""",
    "dispute_steps": """
        SELECT d.reference, s.kind, s.party, s.text, s.at
          FROM wallets_disputestep s JOIN wallets_dispute d ON d.id = s.dispute_id
         WHERE %(person)s IN (d.sender_id, d.recipient_id)
           AND s.shown_to IN ('both', CASE WHEN d.sender_id = %(person)s
                              THEN 'sender' ELSE 'recipient' END) ORDER BY s.id""",
    "dispute_files": """
        SELECT f.id, d.reference AS dispute, f.content_type, f.size, f.submitted_at
          FROM wallets_disputeevidence f JOIN wallets_dispute d ON d.id = f.dispute_id
         WHERE f.person_id = %(person)s ORDER BY f.submitted_at""",
    "balance_alerts": """
        SELECT w.number AS wallet, w.currency,
               round(b.below_minor / 10.0 ^ c.exponent, c.exponent)::text AS below,
               round(b.above_minor / 10.0 ^ c.exponent, c.exponent)::text AS above
          FROM wallets_balancealert b
          JOIN wallets_wallet w ON w.account_id = b.wallet_id
          JOIN ledger_currency c ON c.code = w.currency
         WHERE w.owner_id = %(person)s ORDER BY b.wallet_id""",
    "transfers": """
        SELECT e.reference, s.number AS source,
               coalesce(d.number, nullif(x.email, ''), x.hint) AS destination, t.currency,
               round(t.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(t.fee_minor / 10.0 ^ c.exponent, c.exponent)::text AS fee,
               t.status, t.description, t.metadata, e.recorded_at AS created_at
          FROM wallets_transfer t
          JOIN ledger_journalentry e ON e.id = t.entry_id
          JOIN wallets_wallet s ON s.account_id = t.source_id
          LEFT JOIN wallets_wallet d ON d.account_id = t.destination_id
          LEFT JOIN wallets_transit x ON x.transfer_id = t.entry_id
          JOIN ledger_currency c ON c.code = t.currency
         WHERE t.source_id IN (SELECT account_id FROM wallets_wallet WHERE owner_id = %(person)s)
            OR t.destination_id IN (
               SELECT account_id FROM wallets_wallet WHERE owner_id = %(person)s)
         ORDER BY t.entry_id""",
    "transactions": """
        SELECT w.number AS wallet, e.reference, p.type, w.currency,
               round(p.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(p.balance_after / 10.0 ^ c.exponent, c.exponent)::text AS balance_after,
               e.recorded_at AS created_at
          FROM wallets_wallet w
          JOIN ledger_posting p ON p.account_id = w.account_id
          JOIN ledger_journalentry e ON e.id = p.entry_id
          JOIN ledger_currency c ON c.code = w.currency
         WHERE w.owner_id = %(person)s ORDER BY p.account_id, p.sequence""",
    "conversions": """
        SELECT e.reference, s.number AS source, d.number AS destination,
               q.source_currency, q.target_currency, q.rate::text AS rate,
               round(q.source_minor / 10.0 ^ sc.exponent, sc.exponent)::text AS source_amount,
               round(q.target_minor / 10.0 ^ tc.exponent, tc.exponent)::text AS target_amount,
               e.recorded_at AS created_at
          FROM wallets_conversion v
          JOIN ledger_journalentry e ON e.id = v.entry_id
          JOIN wallets_fxquote q ON q.id = v.quote_id
          JOIN wallets_wallet s ON s.account_id = v.source_id
          JOIN wallets_wallet d ON d.account_id = v.destination_id
          JOIN ledger_currency sc ON sc.code = q.source_currency
          JOIN ledger_currency tc ON tc.code = q.target_currency
         WHERE v.owner_id = %(person)s ORDER BY v.entry_id""",
    "payment_requests": """
        SELECT r.id, w.number AS wallet, w.currency, r.description, r.status, r.expires_at,
               round(r.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(r.paid_minor / 10.0 ^ c.exponent, c.exponent)::text AS paid,
               e.reference, r.created_at, r.closed_at
          FROM wallets_paymentrequest r
          JOIN wallets_wallet w ON w.account_id = r.wallet_id
          JOIN ledger_currency c ON c.code = w.currency
          LEFT JOIN ledger_journalentry e ON e.id = r.entry_id
         WHERE r.owner_id = %(person)s ORDER BY r.created_at""",
    "scheduled_transfers": """
        SELECT t.id, s.number AS source, d.number AS destination, s.currency, t.description,
               round(t.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               t.starts_at, t.time_zone, t.rule, t.ends_at, t.most_runs, t.status, t.created_at,
               (SELECT json_agg(json_build_object('occurs_at', r.occurs_at, 'status', r.status,
                                                  'reference', r.reference) ORDER BY r.occurs_at)
                  FROM wallets_scheduledrun r WHERE r.schedule_id = t.id) AS runs
          FROM wallets_scheduledtransfer t
          JOIN wallets_wallet s ON s.account_id = t.source_id
          JOIN wallets_wallet d ON d.account_id = t.destination_id
          JOIN ledger_currency c ON c.code = s.currency
         WHERE t.owner_id = %(person)s ORDER BY t.created_at""",
}

OPEN = {
    "money in a wallet": """
        SELECT EXISTS (SELECT FROM wallets_wallet w
                         JOIN ledger_ledgeraccount a ON a.id = w.account_id
                        WHERE w.owner_id = %(person)s AND (a.balance_minor, a.held_minor) <> (0, 0))
    """,
    "a transfer under way": """
        SELECT EXISTS (SELECT FROM wallets_transfer t
                        WHERE t.status IN ('pending', 'processing') AND (t.source_id IN (
                                SELECT account_id FROM wallets_wallet WHERE owner_id = %(person)s)
                           OR t.destination_id IN (
                                SELECT account_id FROM wallets_wallet WHERE owner_id = %(person)s)))
    """,
    "a dispute about a transfer": """
        SELECT EXISTS (SELECT FROM wallets_dispute
                        WHERE status IN ('open', 'asked')
                          AND %(person)s IN (sender_id, recipient_id))
    """,
    "a scheduled transfer to come": """
        SELECT EXISTS (SELECT FROM wallets_scheduledtransfer
                        WHERE owner_id = %(person)s AND status IN ('active', 'paused'))
    """,
}

# What keeps one wallet from being closed, besides money (setting `OPEN_ITEMS_OF_WALLET`).
OPEN_OF_WALLET = {
    "a transfer under way": """
        SELECT EXISTS (SELECT FROM wallets_transfer
                        WHERE status IN ('pending', 'processing')
                          AND %(wallet)s IN (source_id, destination_id))
    """,
    "a dispute about a transfer": """
        SELECT EXISTS (SELECT FROM wallets_dispute d
                         JOIN wallets_transfer t ON t.entry_id = d.transfer_id
                        WHERE d.status IN ('open', 'asked')
                          AND %(wallet)s IN (t.source_id, t.destination_id))
    """,
    "a scheduled transfer to come": """
        SELECT EXISTS (SELECT FROM wallets_scheduledtransfer
                        WHERE source_id = %(wallet)s AND status IN ('active', 'paused'))
    """,
}

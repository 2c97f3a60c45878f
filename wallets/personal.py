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
}

# What keeps one wallet from being closed, besides money (setting `OPEN_ITEMS_OF_WALLET`).
OPEN_OF_WALLET = {
    "a transfer under way": """
        SELECT EXISTS (SELECT FROM wallets_transfer
                        WHERE status IN ('pending', 'processing')
                          AND %(wallet)s IN (source_id, destination_id))
    """,
}

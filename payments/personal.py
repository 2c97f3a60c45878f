"""What payments hold about a person, and what keeps their data from being erased. Pure.

See `accounts.personal`.
"""

from __future__ import annotations

HELD = {
    "deposits": """
        SELECT d.reference, w.number AS wallet, d.currency,
               round(d.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               d.provider, d.provider_reference, d.status, d.created_at, d.completed_at
          FROM payments_deposit d
          JOIN wallets_wallet w ON w.account_id = d.wallet_id
          JOIN ledger_currency c ON c.code = d.currency
         WHERE d.owner_id = %(person)s ORDER BY d.id""",
}

OPEN = {
    "a deposit that may still be paid": """
        SELECT EXISTS (SELECT FROM payments_deposit
                        WHERE owner_id = %(person)s AND (status = 'pending' OR mismatch <> ''))""",
}

# See `wallets.personal`.
OPEN_OF_WALLET = {
    "a deposit that may still be paid": """
        SELECT EXISTS (SELECT FROM payments_deposit
                        WHERE wallet_id = %(wallet)s AND (status = 'pending' OR mismatch <> ''))""",
}

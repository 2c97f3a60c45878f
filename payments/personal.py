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
    "refunds": """
        SELECT r.reference, d.reference AS deposit, r.currency,
               round(r.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               r.provider, r.status, r.created_at, r.ended_at
          FROM payments_refund r
          JOIN payments_deposit d ON d.id = r.deposit_id
          JOIN ledger_currency c ON c.code = r.currency
         WHERE r.owner_id = %(person)s ORDER BY r.id""",
    "beneficiaries": """
        SELECT id, provider, currency, bank_code, created_at, removed_at
          FROM payments_beneficiary WHERE owner_id = %(person)s ORDER BY created_at""",
    "payout_batches": """
        SELECT b.id AS batch, b.created_at, w.number AS wallet, r.number, r.beneficiary_id,
               round(r.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               w.currency, r.description, r.state, r.code
          FROM payments_payoutbatchrow r
          JOIN payments_payoutbatch b ON b.id = r.batch_id
          JOIN wallets_wallet w ON w.account_id = b.wallet_id
          JOIN ledger_currency c ON c.code = w.currency
         WHERE b.owner_id = %(person)s ORDER BY r.id""",
    "payouts": """
        SELECT p.reference, w.number AS wallet, p.beneficiary_id AS beneficiary, p.currency,
               round(p.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               round(p.fee_minor / 10.0 ^ c.exponent, c.exponent)::text AS fee,
               p.provider, p.provider_reference, p.description, p.status, p.created_at, p.ended_at
          FROM payments_payout p
          JOIN wallets_wallet w ON w.account_id = p.wallet_id
          JOIN ledger_currency c ON c.code = p.currency
         WHERE p.owner_id = %(person)s ORDER BY p.id""",
}

OPEN = {
    "a deposit that may still be paid": """
        SELECT EXISTS (SELECT FROM payments_deposit
                        WHERE owner_id = %(person)s AND (status = 'pending' OR mismatch <> ''))""",
    "a refund that has not ended": """
        SELECT EXISTS (SELECT FROM payments_refund
                        WHERE owner_id = %(person)s
                          AND (status IN ('pending', 'processing') OR mismatch <> ''))""",
    "a table of payouts that was not worked through": """
        SELECT EXISTS (SELECT FROM payments_payoutbatchrow r
                         JOIN payments_payoutbatch b ON b.id = r.batch_id
                        WHERE b.owner_id = %(person)s AND r.state = 'waiting')""",
    "a payout that has not ended": """
        SELECT EXISTS (SELECT FROM payments_payout
                        WHERE owner_id = %(person)s
                          AND (status IN ('pending', 'processing') OR mismatch <> ''))""",
}

# See `wallets.personal`.
OPEN_OF_WALLET = {
    "a deposit that may still be paid": """
        SELECT EXISTS (SELECT FROM payments_deposit
                        WHERE wallet_id = %(wallet)s AND (status = 'pending' OR mismatch <> ''))""",
    "a refund that has not ended": """
        SELECT EXISTS (SELECT FROM payments_refund
                        WHERE wallet_id = %(wallet)s
                          AND (status IN ('pending', 'processing') OR mismatch <> ''))""",
    "a table of payouts that was not worked through": """
        SELECT EXISTS (SELECT FROM payments_payoutbatchrow r
                         JOIN payments_payoutbatch b ON b.id = r.batch_id
                        WHERE b.wallet_id = %(wallet)s AND r.state = 'waiting')""",
    "a payout that has not ended": """
        SELECT EXISTS (SELECT FROM payments_payout
                        WHERE wallet_id = %(wallet)s
                          AND (status IN ('pending', 'processing') OR mismatch <> ''))""",
}

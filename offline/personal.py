"""What offline payments hold about a person, and what keeps their data from being erased. Pure.

See `accounts.personal`.
"""

from __future__ import annotations

HELD = {
    "offline_devices": """
        SELECT did, name, tier, status, enrolled_at, revoked_at, revoked_reason
          FROM offline_device WHERE owner_id = %(person)s ORDER BY enrolled_at""",
    "offline_certificates": """
        SELECT f.jti, w.number AS wallet, f.currency,
               round(f.authorised_minor / 10.0 ^ c.exponent, c.exponent)::text AS authorised,
               round((f.authorised_minor - f.settled_minor - f.returned_minor)
                     / 10.0 ^ c.exponent, c.exponent)::text AS held,
               CASE WHEN f.status <> 'reclaimed' THEN f.submit_until END AS held_until,
               f.issued_at, f.expires_at, f.status, f.text
          FROM offline_certificate f
          JOIN wallets_wallet w ON w.account_id = f.wallet_id
          JOIN ledger_currency c ON c.code = f.currency
         WHERE w.owner_id = %(person)s ORDER BY f.issued_at""",
    "offline_payments": """
        SELECT v.transaction_id, p.number AS payer, q.number AS payee, v.currency,
               round(v.amount_minor / 10.0 ^ c.exponent, c.exponent)::text AS amount,
               v.made_at, v.received_at, v.status, v.text, v.receipt
          FROM offline_voucher v
          JOIN wallets_wallet p ON p.account_id = v.payer_id
          JOIN wallets_wallet q ON q.account_id = v.payee_id
          JOIN ledger_currency c ON c.code = v.currency
         WHERE %(person)s IN (p.owner_id, q.owner_id) ORDER BY v.id""",
}

OPEN = {
    "an offline certificate": """
        SELECT EXISTS (SELECT FROM offline_certificate f
                         JOIN wallets_wallet w ON w.account_id = f.wallet_id
                        WHERE w.owner_id = %(person)s AND f.status <> 'reclaimed')""",
    "an offline payment under dispute": """
        SELECT EXISTS (SELECT FROM offline_voucher v
                         JOIN wallets_wallet w ON w.account_id IN (v.payer_id, v.payee_id)
                        WHERE w.owner_id = %(person)s
                          AND v.status IN ('pending_confirmation', 'disputed'))""",
}

# See `wallets.personal`.
OPEN_OF_WALLET = {
    "an offline certificate": """
        SELECT EXISTS (SELECT FROM offline_certificate
                        WHERE wallet_id = %(wallet)s AND status <> 'reclaimed')""",
    "an offline payment under dispute": """
        SELECT EXISTS (SELECT FROM offline_voucher
                        WHERE %(wallet)s IN (payer_id, payee_id)
                          AND status IN ('pending_confirmation', 'disputed'))""",
}

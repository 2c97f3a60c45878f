"""What must hold between offline payments and the books, for `ledger_verify`. Pure."""

from __future__ import annotations

from ledger.checks import Check, Range

HOLDS_MATCH_CERTIFICATES = Check(
    "holds_match_their_certificates",
    "every hold has in it what its certificate authorised less what was paid and given back, "
    "and no hold is without a certificate",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(format('hold %%s has %%s and its certificate says %%s', a.code,
            a.balance_minor, coalesce((c.authorised_minor - c.settled_minor - c.returned_minor)
                                      ::text, 'nothing')) ORDER BY a.id)
        FILTER (WHERE c.jti IS NULL OR a.floor_minor <> 0 OR a.kind <> 'liability'
            OR a.code <> 'offline-hold:' || c.jti || ':' || c.currency
            OR a.balance_minor <> c.authorised_minor - c.settled_minor - c.returned_minor))[1]
    FROM ledger_ledgeraccount a LEFT JOIN offline_certificate c ON c.account_id = a.id
    WHERE a.id BETWEEN %(low)s AND %(high)s
        AND (c.jti IS NOT NULL OR left(a.code, 13) = 'offline-hold:')
    """,
)
CERTIFICATES_MATCH_VOUCHERS = Check(
    "certificates_match_their_vouchers",
    "what certificates paid is what their settled vouchers took, and what ended is empty",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('certificate %%s does not match its vouchers', c.jti)
        ORDER BY c.jti) FILTER (WHERE c.settled_minor <> coalesce(v.hold, 0)
            OR c.guaranteed_minor <> coalesce(v.reserve, 0)
            OR c.status = 'reclaimed' AND
                c.authorised_minor <> c.settled_minor + c.returned_minor))[1]
    FROM offline_certificate c
    LEFT JOIN (SELECT certificate_id, sum(from_hold_minor) AS hold,
                      sum(from_reserve_minor) AS reserve
               FROM offline_voucher GROUP BY certificate_id) v ON v.certificate_id = c.jti
    """,
)
VOUCHERS_MATCH_ENTRIES = Check(
    "vouchers_match_their_entries",
    "a settled voucher is one entry that pays its payee whole, and any other voucher is none",
    Range.VOUCHERS,
    """
    SELECT count(*), (array_agg(format('voucher %%s is %%s and its entry says otherwise',
            v.transaction_id, v.status) ORDER BY v.id)
        FILTER (WHERE (v.status = 'settled') <> (e.id IS NOT NULL)
            OR v.status = 'settled' AND NOT EXISTS (
                SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id
                    AND p.account_id = v.payee_id AND p.amount_minor = v.amount_minor)))[1]
    FROM offline_voucher v
    LEFT JOIN ledger_journalentry e
        ON e.reference = 'OFV_' || replace(v.transaction_id::text, '-', '')
    WHERE v.id BETWEEN %(low)s AND %(high)s
    """,
)
OFFLINE_ENTRIES_HAVE_REASONS = Check(
    "offline_entries_have_reasons",
    "every entry named for a voucher or a certificate has one",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('entry %%s has no voucher or certificate', e.reference)
        ORDER BY e.id) FILTER (WHERE NOT CASE left(e.reference, 4)
            WHEN 'OFV_' THEN EXISTS (SELECT 1 FROM offline_voucher v
                WHERE v.transaction_id::text = substr(e.reference, 5, 8) || '-'
                    || substr(e.reference, 13, 4) || '-' || substr(e.reference, 17, 4) || '-'
                    || substr(e.reference, 21, 4) || '-' || substr(e.reference, 25))
            ELSE EXISTS (SELECT 1 FROM offline_certificate c
                WHERE c.jti = split_part(substr(e.reference, 5), ':', 1)) END))[1]
    FROM ledger_journalentry e
    WHERE e.id BETWEEN %(low)s AND %(high)s AND left(e.reference, 4) IN ('OFV_', 'OFC_')
    """,
)

OFFLINE_CHECKS = (
    HOLDS_MATCH_CERTIFICATES,
    CERTIFICATES_MATCH_VOUCHERS,
    VOUCHERS_MATCH_ENTRIES,
    OFFLINE_ENTRIES_HAVE_REASONS,
)

"""What must hold between deposits and the books, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

DEPOSITS_MATCH_ENTRIES = Check(
    "deposits_match_their_entries",
    "a completed deposit is one entry from its provider to its wallet, told by an event, with "
    "another for the fee that it says, and any other deposit is none; it is the wallet owner's",
    Range.DEPOSITS,
    """
    SELECT count(*), (array_agg(format('deposit %%s is %%s and its entry or event says otherwise',
        d.reference, d.status) ORDER BY d.id) FILTER (WHERE
            (d.status = 'completed') <> EXISTS (
                SELECT 1 FROM ledger_journalentry e
                JOIN ledger_posting i ON i.entry_id = e.id AND i.account_id = d.wallet_id
                    AND i.amount_minor = d.amount_minor
                JOIN ledger_posting o ON o.entry_id = e.id AND o.amount_minor = -d.amount_minor
                JOIN ledger_ledgeraccount a ON a.id = o.account_id
                    AND a.code = 'clearing:' || d.provider || ':' || d.currency
                WHERE e.reference = d.reference)
            OR (d.status = 'completed') <> EXISTS (
                SELECT 1 FROM events_event v
                WHERE v.subject = d.reference AND v.type = 'deposit.completed')
            OR (d.status = 'completed' AND d.fee_minor > 0) AND NOT EXISTS (
                SELECT 1 FROM ledger_journalentry e
                JOIN ledger_posting i ON i.entry_id = e.id AND i.amount_minor = d.fee_minor
                JOIN ledger_ledgeraccount a ON a.id = i.account_id
                    AND a.code = 'clearing:' || d.provider || ':' || d.currency
                JOIN ledger_posting o ON o.entry_id = e.id AND o.amount_minor = -d.fee_minor
                JOIN ledger_ledgeraccount c ON c.id = o.account_id
                    AND c.code = 'provider-costs:' || d.provider || ':' || d.currency
                WHERE e.reference = d.reference || ':fee')
            OR d.owner_id IS DISTINCT FROM w.owner_id))[1]
    FROM payments_deposit d LEFT JOIN wallets_wallet w ON w.account_id = d.wallet_id
    WHERE d.id BETWEEN %(low)s AND %(high)s
    """,
)
DEPOSIT_ENTRIES_HAVE_DEPOSITS = Check(
    "deposit_entries_have_deposits",
    "every entry named for a deposit is the deposit's own or its fee, of the amount it says",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('entry %%s has no deposit', e.reference) ORDER BY e.id)
        FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM payments_deposit d
            WHERE d.reference = split_part(e.reference, ':', 1) AND (e.reference = d.reference
                OR e.reference = d.reference || ':fee' AND EXISTS (
                    SELECT 1 FROM ledger_posting p
                    WHERE p.entry_id = e.id AND p.amount_minor = d.fee_minor)))))[1]
    FROM ledger_journalentry e
    WHERE e.id BETWEEN %(low)s AND %(high)s AND left(e.reference, 4) = 'DEP_'
    """,
)

PAYMENT_CHECKS = (DEPOSITS_MATCH_ENTRIES, DEPOSIT_ENTRIES_HAVE_DEPOSITS)

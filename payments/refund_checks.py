"""What must hold between refunds, their deposits, holds and the books, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

REFUNDS_MATCH = Check(
    "refunds_match_their_holds_and_entries",
    "a refund that may still happen holds its amount, one that was given back captured just that "
    "in one entry from its wallet to its provider, told by an event, and any other released it; "
    "one that came back has its mirror too",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('refund %%s is %%s and its hold, entry or event says '
        'otherwise', r.reference, r.status) ORDER BY r.id) FILTER (WHERE (
            h.wallet_id = r.wallet_id AND h.purpose = 'refund'
            AND h.amount_minor = r.amount_minor
            AND (d.wallet_id, d.owner_id, d.provider, d.currency)
                = (r.wallet_id, r.owner_id, r.provider, r.currency)
            AND CASE WHEN r.status IN ('pending', 'processing')
                     THEN h.status = 'open' AND h.captured_minor = 0
                     WHEN r.status IN ('completed', 'reversed')
                     THEN h.status = 'captured' AND h.captured_minor = h.amount_minor
                     ELSE h.status = 'released' AND h.captured_minor = 0 END
            AND (r.status IN ('completed', 'reversed')) = EXISTS (
                SELECT 1 FROM ledger_journalentry e
                JOIN ledger_posting o ON o.entry_id = e.id AND o.account_id = r.wallet_id
                    AND o.amount_minor = -r.amount_minor
                JOIN ledger_posting i ON i.entry_id = e.id AND i.amount_minor = r.amount_minor
                JOIN ledger_ledgeraccount a ON a.id = i.account_id
                    AND a.code = 'clearing:' || r.provider || ':' || r.currency
                WHERE e.reference = r.reference)
            AND (r.status = 'reversed') = EXISTS (
                SELECT 1 FROM ledger_journalentry b
                JOIN ledger_journalentry e ON e.id = b.reverses_id AND e.reference = r.reference
                WHERE b.reference = r.reference || ':reversal')
            AND (r.status IN ('completed', 'reversed')) = EXISTS (
                SELECT 1 FROM events_event v
                WHERE v.subject = r.reference AND v.type = 'refund.completed')
            ) IS NOT TRUE))[1]
    FROM payments_refund r
    LEFT JOIN wallets_hold h ON h.id = r.hold_id
    LEFT JOIN payments_deposit d ON d.id = r.deposit_id
    """,
)
REFUNDS_NEVER_EXCEED = Check(
    "refunds_never_exceed_their_deposit",
    "a deposit that is given back was completed, and all its refunds are no more than it",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('deposit %%s of %%s has refunds of %%s', s.reference,
        s.amount_minor, s.given) ORDER BY s.id)
        FILTER (WHERE s.status <> 'completed' OR s.given > s.amount_minor))[1]
    FROM (
        SELECT d.id, d.reference, d.status, d.amount_minor, coalesce(sum(r.amount_minor)
            FILTER (WHERE r.status IN ('pending', 'processing', 'completed')), 0) AS given
        FROM payments_refund r JOIN payments_deposit d ON d.id = r.deposit_id
        GROUP BY d.id) s
    """,
)
REFUND_ENTRIES_HAVE_REFUNDS = Check(
    "refund_entries_have_refunds",
    "every entry named for a refund, and every hold placed for one, is that of one",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('%%s has no refund', f.reference) ORDER BY f.reference)
        FILTER (WHERE f.is_odd))[1]
    FROM (
        SELECT e.reference, NOT EXISTS (
            SELECT 1 FROM payments_refund r
            WHERE r.reference = split_part(e.reference, ':', 1)
                AND r.status IN ('completed', 'reversed')
                AND e.reference IN (r.reference, r.reference || ':reversal')) AS is_odd
        FROM ledger_journalentry e WHERE e.reference >= 'RFD_' AND e.reference < 'RFD`'
        UNION ALL
        SELECT h.reference, r.id IS NULL
        FROM wallets_hold h LEFT JOIN payments_refund r ON r.hold_id = h.id
        WHERE h.purpose = 'refund') f
    """,
)
REFUND_GUARD_STANDS = Check(
    "refund_guard_stands",
    "the trigger that keeps refunds within their deposits is there and on, and the application "
    "removes none",
    Range.WHOLE,
    """
    SELECT 1, CASE
        WHEN NOT EXISTS (SELECT 1 FROM pg_trigger t
                         WHERE t.tgname = 'refund_moves_as_it_may' AND t.tgenabled = 'O'
                             AND t.tgrelid = to_regclass('payments_refund'))
            THEN 'trigger refund_moves_as_it_may on payments_refund is missing or off'
        WHEN has_table_privilege('purser_app', 'payments_refund', 'DELETE, TRUNCATE')
            THEN 'purser_app may remove from payments_refund' END
    """,
)

REFUND_CHECKS = (
    REFUND_GUARD_STANDS,
    REFUNDS_MATCH,
    REFUNDS_NEVER_EXCEED,
    REFUND_ENTRIES_HAVE_REFUNDS,
)

"""What must hold between payouts, their holds and the books, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

PAYOUTS_MATCH_HOLDS = Check(
    "payouts_match_their_holds",
    "a payout that may still be paid holds its amount and fee and nothing of it is captured, one "
    "that was paid captured just that, and any other released it; all in its owner's own wallet",
    Range.PAYOUTS,
    """
    SELECT count(*), (array_agg(format('payout %%s is %%s, its hold %%s with %%s of %%s captured',
        p.reference, p.status, h.status, h.captured_minor, h.amount_minor) ORDER BY p.id)
        FILTER (WHERE (
            h.wallet_id = p.wallet_id AND h.purpose = 'payout' AND w.owner_id = p.owner_id
            AND b.owner_id = p.owner_id AND h.amount_minor = p.amount_minor + p.fee_minor
            AND CASE WHEN p.status IN ('pending', 'processing')
                     THEN h.status = 'open' AND h.captured_minor = 0
                     WHEN p.status IN ('completed', 'reversed')
                     THEN h.status = 'captured' AND h.captured_minor = h.amount_minor
                     ELSE h.status = 'released' AND h.captured_minor = 0 END) IS NOT TRUE))[1]
    FROM payments_payout p
    LEFT JOIN wallets_hold h ON h.id = p.hold_id
    LEFT JOIN wallets_wallet w ON w.account_id = p.wallet_id
    LEFT JOIN payments_beneficiary b ON b.id = p.beneficiary_id
    WHERE p.id BETWEEN %(low)s AND %(high)s
    """,
)
PAYOUTS_MATCH_ENTRIES = Check(
    "payouts_match_their_entries",
    "a payout that was paid is one entry from its wallet to its provider, told by an event, with "
    "another for the fee that the provider kept; one that came back has its mirror too; others "
    "have none",
    Range.PAYOUTS,
    """
    SELECT count(*), (array_agg(format('payout %%s is %%s and its entry or event says otherwise',
        p.reference, p.status) ORDER BY p.id) FILTER (WHERE
            (p.status IN ('completed', 'reversed')) <> EXISTS (
                SELECT 1 FROM ledger_journalentry e
                JOIN ledger_posting o ON o.entry_id = e.id AND o.account_id = p.wallet_id
                    AND o.amount_minor = -p.amount_minor
                JOIN ledger_posting i ON i.entry_id = e.id AND i.amount_minor = p.amount_minor
                JOIN ledger_ledgeraccount a ON a.id = i.account_id
                    AND a.code = 'clearing:' || p.provider || ':' || p.currency
                WHERE e.reference = p.reference AND p.amount_minor + p.fee_minor = -(
                    SELECT sum(s.amount_minor) FROM ledger_posting s
                    WHERE s.entry_id = e.id AND s.account_id = p.wallet_id))
            OR (p.status = 'reversed') <> EXISTS (
                SELECT 1 FROM ledger_journalentry r
                JOIN ledger_journalentry e ON e.id = r.reverses_id AND e.reference = p.reference
                JOIN ledger_posting i ON i.entry_id = r.id AND i.account_id = p.wallet_id
                WHERE r.reference = p.reference || ':reversal'
                GROUP BY r.id HAVING sum(i.amount_minor) = p.amount_minor + p.fee_minor)
            OR (p.status IN ('completed', 'reversed')) <> EXISTS (
                SELECT 1 FROM events_event v
                WHERE v.subject = p.reference AND v.type = 'payout.completed')
            OR p.provider_fee_minor > 0 AND p.status IN ('completed', 'reversed') AND NOT EXISTS (
                SELECT 1 FROM ledger_journalentry e
                JOIN ledger_posting i ON i.entry_id = e.id
                    AND i.amount_minor = p.provider_fee_minor
                JOIN ledger_ledgeraccount a ON a.id = i.account_id
                    AND a.code = 'clearing:' || p.provider || ':' || p.currency
                WHERE e.reference = p.reference || ':fee')))[1]
    FROM payments_payout p
    WHERE p.id BETWEEN %(low)s AND %(high)s
    """,
)
PAYOUT_ENTRIES_HAVE_PAYOUTS = Check(
    "payout_entries_have_payouts",
    "every entry named for a payout is its own, its provider's fee, or the reversal of either",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('entry %%s has no payout', e.reference) ORDER BY e.id)
        FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM payments_payout p
            WHERE p.reference = split_part(e.reference, ':', 1)
                AND p.status IN ('completed', 'reversed')
                AND (e.reference = p.reference
                     OR e.reference = p.reference || ':reversal' AND p.status = 'reversed'
                     OR e.reference IN (p.reference || ':fee', p.reference || ':fee:reversal')
                        AND (p.status = 'reversed' OR right(e.reference, 4) = ':fee')
                        AND EXISTS (
                            SELECT 1 FROM ledger_posting f
                            WHERE f.entry_id = e.id AND f.amount_minor = p.provider_fee_minor)
                ))))[1]
    FROM ledger_journalentry e
    WHERE e.id BETWEEN %(low)s AND %(high)s AND left(e.reference, 4) = 'PAY_'
    """,
)
PAYOUT_HOLDS_HAVE_PAYOUTS = Check(
    "payout_holds_have_payouts",
    "every hold that was placed for a payout is that of one",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('hold %%s has no payout', h.reference) ORDER BY h.id)
        FILTER (WHERE p.id IS NULL))[1]
    FROM wallets_hold h LEFT JOIN payments_payout p ON p.hold_id = h.id
    WHERE h.purpose = 'payout'
    """,
)
PEOPLE_DECIDE_IN_TWOS = Check(
    "people_decide_payouts_together",
    "every payout that was sent had its approvals, and every one that people settled two who said "
    "so, none of them its owner",
    Range.PAYOUTS,
    """
    SELECT count(*), (array_agg(format('payout %%s was decided by too few', p.reference)
        ORDER BY p.id) FILTER (WHERE
            p.sent_at IS NOT NULL AND p.approvals_needed > (
                SELECT count(DISTINCT v.voter_id) FROM payments_payoutvote v
                WHERE v.payout_id = p.id AND v.verdict = 'approve' AND v.voter_id <> p.owner_id)
            OR p.settled_by = 'people' AND 2 > (
                SELECT max(n) FROM (
                    SELECT count(DISTINCT v.voter_id) AS n FROM payments_payoutvote v
                    WHERE v.payout_id = p.id AND v.voter_id <> p.owner_id
                        AND v.verdict IN ('paid', 'unpaid')
                    GROUP BY v.verdict UNION ALL SELECT 0) said)))[1]
    FROM payments_payout p WHERE p.id BETWEEN %(low)s AND %(high)s
    """,
)
PAYOUT_GUARDS_STAND = Check(
    "payout_guards_stand",
    "the triggers that keep payouts, votes and beneficiaries as they were are there and on, and "
    "the application removes none and sets no threshold",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(g.fault ORDER BY g.fault) FILTER (WHERE g.broken))[1]
    FROM (
        SELECT format('trigger %%s on %%s is missing or off', w.name, w.host) AS fault,
               t.tgenabled IS DISTINCT FROM 'O' AS broken
        FROM (VALUES ('payments_payout', 'payout_moves_as_it_may'),
                     ('payments_payoutvote', 'vote_on_a_payout_is_anothers'),
                     ('payments_beneficiary', 'where_a_beneficiary_is_never_changes'))
            w(host, name)
        LEFT JOIN pg_trigger t ON t.tgname = w.name AND t.tgrelid = to_regclass(w.host)
        UNION ALL
        SELECT format('purser_app may remove from %%s', w.host),
               has_table_privilege('purser_app', w.host, 'DELETE, TRUNCATE')
        FROM (VALUES ('payments_payout'), ('payments_payoutvote'), ('payments_beneficiary'),
                     ('payments_payoutthreshold')) w(host)
        UNION ALL
        SELECT 'purser_app may change a payout threshold',
               has_table_privilege('purser_app', 'payments_payoutthreshold', 'INSERT, UPDATE')) g
    """,
)

PAYOUT_CHECKS = (
    PAYOUT_GUARDS_STAND,
    PAYOUTS_MATCH_HOLDS,
    PAYOUTS_MATCH_ENTRIES,
    PAYOUT_ENTRIES_HAVE_PAYOUTS,
    PAYOUT_HOLDS_HAVE_PAYOUTS,
    PEOPLE_DECIDE_IN_TWOS,
)

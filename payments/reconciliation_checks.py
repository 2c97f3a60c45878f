"""What must hold between corrections that two people agreed on and the books."""

from __future__ import annotations

from ledger.checks import Check, Range

ADJUSTMENTS_WERE_AGREED = Check(
    "adjustments_were_agreed_on",
    "every correction that somebody proposed and another approved is one entry of its amount at "
    "its provider, told by an event, any other is none; a line counts its own and no more",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(f.fault ORDER BY f.fault) FILTER (WHERE f.is_odd))[1]
    FROM (
        SELECT format('adjustment %%s is %%s and its entry or event says otherwise',
                   p.reference, p.status) AS fault,
               (p.status = 'approved') <> EXISTS (
                   SELECT 1 FROM ledger_journalentry e
                   JOIN ledger_posting i ON i.entry_id = e.id AND i.amount_minor = -p.amount_minor
                   JOIN ledger_ledgeraccount a ON a.id = i.account_id
                       AND a.code = 'clearing:' || l.provider || ':' || l.currency
                   WHERE e.reference = p.reference)
               OR (p.status = 'approved') <> EXISTS (
                   SELECT 1 FROM events_event v
                   WHERE v.subject = p.reference AND v.type = 'reconciliation.adjusted')
               OR p.status = 'approved' AND p.decided_by_id IS NOT DISTINCT FROM p.proposed_by_id
               AS is_odd
        FROM payments_reconciliationproposal p
        JOIN payments_reconciliationline l ON l.id = p.line_id
        UNION ALL
        SELECT format('line %%s counts %%s of corrections, not %%s', l.key, l.adjusted_minor,
                   coalesce(sum(p.amount_minor), 0)),
               l.adjusted_minor <> coalesce(sum(p.amount_minor), 0)
        FROM payments_reconciliationline l
        LEFT JOIN payments_reconciliationproposal p ON p.line_id = l.id AND p.status = 'approved'
        GROUP BY l.id
        UNION ALL
        SELECT format('entry %%s was agreed on by nobody', e.reference), NOT EXISTS (
            SELECT 1 FROM payments_reconciliationproposal p WHERE p.reference = e.reference)
        FROM ledger_journalentry e
        WHERE e.reference >= 'ADJ_' AND e.reference < 'ADJ`') f
    """,
)
RECONCILIATION_GUARDS_STAND = Check(
    "reconciliation_guards_stand",
    "the triggers that keep what was compared, agreed on, said and proved are there and on",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('trigger %%s on %%s is missing or off', w.name, w.host)
        ORDER BY w.name) FILTER (WHERE t.tgenabled IS DISTINCT FROM 'O'))[1]
    FROM (VALUES ('payments_reconciliationrun', 'reconciliation_run_never_changes'),
                 ('payments_reconciliationline', 'reconciliation_line_says_what_was_approved'),
                 ('payments_reconciliationproposal', 'break_proposal_is_decided_once'),
                 ('payments_conversation', 'conversations_are_never_changed'),
                 ('payments_moneyproof', 'money_proofs_are_never_changed'))
        w(host, name)
    LEFT JOIN pg_trigger t ON t.tgname = w.name AND t.tgrelid = to_regclass(w.host)
    """,
)

# With `currencies_sum_to_zero` it follows that what customers own is what providers and banks
# have and, for the rest, exactly what the platform's own accounts say.
MONEY_IS_ACCOUNTED_FOR = Check(
    "customer_money_is_accounted_for",
    "what the proof of money counts as there is ours and what it counts as customers' is owed, in "
    "the currency that the account's name says",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('account %%s is counted as %%s in %%s', f.code, f.kind,
        f.currency_id) ORDER BY f.id) FILTER (WHERE f.is_odd))[1]
    FROM (
        SELECT a.id, a.code, a.kind, a.currency_id,
               CASE WHEN split_part(a.code, ':', 1) IN ('clearing', 'bank')
                    THEN a.kind <> 'asset' OR a.code NOT LIKE '%%%%:' || a.currency_id
                    WHEN split_part(a.code, ':', 1) IN ('wallet', 'in-transit', 'offline-hold')
                    THEN a.kind <> 'liability' OR a.code NOT LIKE '%%%%:' || a.currency_id
                    ELSE false END AS is_odd
        FROM ledger_ledgeraccount a) f
    """,
)

RECONCILIATION_CHECKS = (
    RECONCILIATION_GUARDS_STAND,
    ADJUSTMENTS_WERE_AGREED,
    MONEY_IS_ACCOUNTED_FOR,
)

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
PAYMENT_GUARDS_STAND = Check(
    "payment_guards_stand",
    "the triggers that keep deposits and what providers told as they were are there and on, the "
    "application removes none, and what makes them unique is there",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(g.fault ORDER BY g.fault) FILTER (WHERE g.broken))[1]
    FROM (
        SELECT format('trigger %%s on %%s is missing or off', w.name, w.host) AS fault,
               t.tgenabled IS DISTINCT FROM 'O' AS broken
        FROM (VALUES ('payments_deposit', 'deposit_terms_are_final'),
                     ('payments_webhookdelivery', 'what_arrived_never_changes'),
                     ('payments_webhookdelivery', 'webhook_deliveries_are_never_deleted'))
            w(host, name)
        LEFT JOIN pg_trigger t ON t.tgname = w.name AND t.tgrelid = to_regclass(w.host)
        UNION ALL
        SELECT format('purser_app may remove from %%s', w.host),
               has_table_privilege('purser_app', w.host, 'DELETE, TRUNCATE')
        FROM (VALUES ('payments_deposit'), ('payments_webhookdelivery')) w(host)
        UNION ALL
        SELECT format('constraint on %%s of %%s is missing or off', w.part, w.host),
               NOT EXISTS (
                   SELECT 1 FROM pg_index i
                   WHERE i.indrelid = to_regclass(w.host) AND i.indisunique AND i.indisvalid
                       AND i.indpred IS NULL AND pg_get_indexdef(i.indexrelid)
                           LIKE '%%%% USING btree (' || w.part || ')')
        FROM (VALUES ('payments_deposit', 'reference'),
                     ('payments_deposit', 'provider_reference'),
                     ('payments_deposit', 'request_key'),
                     ('payments_webhookdelivery', 'provider, dedupe_key')) w(host, part)) g
    """,
)

PAYMENT_CHECKS = (PAYMENT_GUARDS_STAND, DEPOSITS_MATCH_ENTRIES, DEPOSIT_ENTRIES_HAVE_DEPOSITS)

"""What must hold between wallets, transfers and the books, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

WALLETS_MATCH_ACCOUNTS = Check(
    "wallets_match_their_accounts",
    "every wallet stands for a liability in its currency that cannot fall below zero, and every "
    "account named for a wallet is the one row of that wallet's",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(CASE
            WHEN w.number IS NULL THEN format('account %%s (%%s#%%s) is no wallet''s',
                                              a.id, a.code, a.shard)
            ELSE format('wallet %%s does not match account %%s', w.number, w.account_id) END
        ORDER BY coalesce(a.id, w.account_id)) FILTER (WHERE (
            a.currency_id = w.currency AND a.kind = 'liability' AND a.floor_minor = 0
            AND a.code = 'wallet:' || w.number || ':' || w.currency AND a.shard = 0)
            IS NOT TRUE))[1]
    FROM (SELECT * FROM wallets_wallet WHERE account_id BETWEEN %(low)s AND %(high)s) w
    FULL JOIN (SELECT * FROM ledger_ledgeraccount
               WHERE id BETWEEN %(low)s AND %(high)s AND left(code, 7) = 'wallet:') a
        ON a.id = w.account_id
    """,
)
WALLETS_BELONG_TO_OPENERS = Check(
    "wallets_belong_to_who_opened_them",
    "every wallet's owner is the one of whom its event says that a wallet was opened",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(format('wallet %%s was not opened by its owner', w.number)
        ORDER BY w.account_id) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM events_event v WHERE v.subject = w.number
                AND v.type = 'wallet.opened' AND v.owner_id = w.owner_id)))[1]
    FROM wallets_wallet w WHERE w.account_id BETWEEN %(low)s AND %(high)s
    """,
)
TRANSFERS_MATCH_ENTRIES = Check(
    "transfers_match_their_entries",
    "every transfer took its amount and its fee from its source in its entry, gave the amount to "
    "its destination there or in the entry that settled it, and is told by an event",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('the transfer of entry %%s does not match it or its event',
        t.entry_id) ORDER BY t.entry_id) FILTER (WHERE e.kind IS DISTINCT FROM 'transfer'
        OR NOT EXISTS (
            SELECT 1 FROM ledger_posting o WHERE o.entry_id = t.entry_id
                AND o.account_id = t.source_id AND o.amount_minor = -t.amount_minor)
        OR t.fee_minor > 0 AND NOT EXISTS (
            SELECT 1 FROM ledger_posting f WHERE f.entry_id = t.entry_id AND f.type = 'fee'
                AND f.account_id = t.source_id AND f.amount_minor = -t.fee_minor)
        OR t.status IN ('completed', 'reversed') AND NOT EXISTS (
            SELECT 1 FROM ledger_posting i WHERE i.entry_id = coalesce(x.settled_id, t.entry_id)
                AND i.account_id = t.destination_id AND i.amount_minor = t.amount_minor)
        OR t.status NOT IN ('completed', 'reversed') AND x.transfer_id IS NULL
        OR NOT EXISTS (SELECT 1 FROM events_event v WHERE v.subject = e.reference)))[1]
    FROM wallets_transfer t LEFT JOIN ledger_journalentry e ON e.id = t.entry_id
    LEFT JOIN wallets_transit x ON x.transfer_id = t.entry_id
    WHERE t.entry_id BETWEEN %(low)s AND %(high)s
    """,
)
TRANSITS_MATCH_ENTRIES = Check(
    "transits_match_their_entries",
    "what is in transit is pending and went there in its entry; what is settled arrived in an "
    "entry named so, or went back to its source with its fee",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('the transit of entry %%s does not match its entries',
        x.transfer_id) ORDER BY x.transfer_id) FILTER (WHERE NOT coalesce(
        CASE WHEN x.settled_id IS NULL THEN t.status = 'pending'
        WHEN t.status IN ('completed', 'reversed') THEN s.reference = e.reference || ':arrive'
        ELSE t.status IN ('cancelled', 'failed') AND s.reference = e.reference || ':return'
            AND (SELECT sum(p.amount_minor) FROM ledger_posting p
                 WHERE p.entry_id = s.id AND p.account_id = t.source_id)
                = t.amount_minor + t.fee_minor END
        AND EXISTS (
            SELECT 1 FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
            WHERE p.entry_id = e.id AND p.amount_minor = t.amount_minor
                AND a.code = 'in-transit:' || t.currency), false)))[1]
    FROM wallets_transit x JOIN wallets_transfer t ON t.entry_id = x.transfer_id
    JOIN ledger_journalentry e ON e.id = x.transfer_id
    LEFT JOIN ledger_journalentry s ON s.id = x.settled_id
    """,
)
IN_TRANSIT_IS_PENDING = Check(
    "in_transit_is_what_is_pending",
    "the accounts of money in transit hold what pending transfers sent, in every currency",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('%%s %%s are in transit and %%s pending', g.held,
        g.currency, g.pending) ORDER BY g.currency) FILTER (WHERE g.held <> g.pending))[1]
    FROM (SELECT currency, sum(held) AS held, sum(pending) AS pending FROM (
              SELECT currency_id AS currency, balance_minor AS held, 0 AS pending
              FROM ledger_ledgeraccount WHERE code = 'in-transit:' || currency_id
              UNION ALL
              SELECT t.currency, 0, t.amount_minor
              FROM wallets_transit x JOIN wallets_transfer t ON t.entry_id = x.transfer_id
              WHERE x.settled_id IS NULL) both_
          GROUP BY currency) g
    """,
)
REVERSALS_WITHIN_TRANSFERS = Check(
    "reversals_stay_within_their_transfers",
    "what was given back of a transfer is at most what it moved, and all of it once the transfer "
    "is reversed",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('%%s of %%s was given back of the transfer of entry %%s',
        g.amount, g.moved, g.entry_id) ORDER BY g.entry_id) FILTER (WHERE g.amount > g.moved
        OR g.fee > g.fee_paid OR (g.amount = g.moved) <> (g.status = 'reversed')
        OR g.unlinked))[1]
    FROM (SELECT t.entry_id, t.amount_minor AS moved, t.fee_minor AS fee_paid, t.status,
                 coalesce(sum(r.amount_minor), 0) AS amount, coalesce(sum(r.fee_minor), 0) AS fee,
                 coalesce(bool_or(e.reverses_id IS DISTINCT FROM t.entry_id
                     OR NOT EXISTS (
                         SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id
                             AND p.account_id = t.source_id AND p.amount_minor = r.amount_minor))
                     FILTER (WHERE r.entry_id IS NOT NULL), false) AS unlinked
          FROM wallets_transfer t
          LEFT JOIN wallets_transferreversal r ON r.transfer_id = t.entry_id
          LEFT JOIN ledger_journalentry e ON e.id = r.entry_id
          WHERE t.status = 'reversed' OR r.entry_id IS NOT NULL
          GROUP BY t.entry_id) g
    """,
)
TRANSFER_ENTRIES_HAVE_TRANSFERS = Check(
    "transfer_entries_have_transfers",
    "every entry named for a transfer is that of a transfer, or the one that settled it",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('entry %%s has no transfer', e.reference) ORDER BY e.id)
        FILTER (WHERE t.entry_id IS NULL AND x.transfer_id IS NULL))[1]
    FROM ledger_journalentry e LEFT JOIN wallets_transfer t ON t.entry_id = e.id
        AND t.entry_id BETWEEN %(low)s AND %(high)s
    LEFT JOIN wallets_transit x ON x.settled_id = e.id
    WHERE e.id BETWEEN %(low)s AND %(high)s AND left(e.reference, 4) = 'TRF_'
    """,
)
WALLET_GUARDS_STAND = Check(
    "wallet_guards_stand",
    "the application changes of wallets and transfers what is to change and removes none, and "
    "what makes them unique is there",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(g.fault ORDER BY g.fault) FILTER (WHERE g.broken))[1]
    FROM (
        SELECT format('purser_app may change %%s of %%s', a.attname, w.host) AS fault,
               has_column_privilege('purser_app', a.attrelid, a.attnum, 'UPDATE') AS broken
        FROM (VALUES ('wallets_wallet', ARRAY['label', 'status', 'debits_stopped']),
                     ('wallets_transfer', ARRAY['status', 'destination_id'])) w(host, changing)
        JOIN pg_attribute a ON a.attrelid = to_regclass(w.host) AND a.attnum > 0
            AND NOT a.attisdropped AND a.attname <> ALL (w.changing)
        UNION ALL
        SELECT format('purser_app may remove from %%s', w.host),
               has_table_privilege('purser_app', w.host, 'DELETE, TRUNCATE')
        FROM (VALUES ('wallets_wallet'), ('wallets_transfer')) w(host)
        UNION ALL
        SELECT format('constraint %%s on %%s is missing or off', w.name, w.host),
               NOT coalesce(i.indisunique AND i.indisvalid, false)
        FROM (VALUES ('wallets_wallet', 'wallets_wallet_pkey'),
                     ('wallets_wallet', 'one_wallet_for_each_number'),
                     ('wallets_transfer', 'wallets_transfer_pkey')) w(host, name)
        LEFT JOIN pg_index i ON i.indexrelid = to_regclass(w.name)
            AND i.indrelid = to_regclass(w.host)) g
    """,
)

HOLDS_ARE_HELD = Check(
    "holds_are_held",
    "on every account as much is held as its wallet's open holds have left",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('account %%s (%%s) holds back %%s, and its open holds %%s', a.id, a.code,
               a.held_minor, coalesce(h.open_minor, 0)) ORDER BY a.id)
        FILTER (WHERE a.held_minor <> coalesce(h.open_minor, 0)))[1]
    FROM ledger_ledgeraccount a
    LEFT JOIN (SELECT wallet_id, sum(amount_minor - captured_minor) AS open_minor
               FROM wallets_hold WHERE status = 'open'
                   AND wallet_id BETWEEN %(low)s AND %(high)s
               GROUP BY wallet_id) h ON h.wallet_id = a.id
    WHERE a.id BETWEEN %(low)s AND %(high)s
    """,
)
CAPTURES_MATCH_ENTRIES = Check(
    "captures_match_their_entries",
    "what was captured of a hold is what its captures say, and each is an entry that took as "
    "much from the hold's wallet",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('hold %%s says %%s captured; its captures say %%s, its entries %%s', h.reference,
               h.captured_minor, c.said, c.posted) ORDER BY h.id)
        FILTER (WHERE h.captured_minor <> c.said OR c.said <> c.posted))[1]
    FROM wallets_hold h
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(k.amount_minor + k.fee_minor), 0) AS said,
               coalesce(-sum((SELECT sum(p.amount_minor) FROM ledger_posting p
                              WHERE p.entry_id = k.entry_id AND p.account_id = h.wallet_id)), 0)
                   AS posted
        FROM wallets_holdcapture k WHERE k.hold_id = h.id) c
    WHERE h.wallet_id BETWEEN %(low)s AND %(high)s
    """,
)
BLOCKS_FOLLOW = Check(
    "blocks_follow_from_wallets",
    "accounts let through what their wallets' freezes and stops say: nothing of closed ones, "
    "and a wallet is frozen while one is open",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('wallet %%s is %%s, and its account stops debits: %%s, credits: %%s', w.number,
               w.status, a.debits_blocked, a.credits_blocked) ORDER BY w.account_id)
        FILTER (WHERE a.debits_blocked <> (w.status = 'closed' OR w.debits_stopped
                                           OR coalesce(f.debits, false))
                OR a.credits_blocked <> (w.status = 'closed' OR coalesce(f.credits, false))
                OR (w.status = 'frozen') <> (f.id IS NOT NULL)))[1]
    FROM wallets_wallet w JOIN ledger_ledgeraccount a ON a.id = w.account_id
    LEFT JOIN wallets_freeze f ON f.wallet_id = w.account_id AND f.lifted_at IS NULL
    WHERE w.account_id BETWEEN %(low)s AND %(high)s
    """,
)
DISPUTES_ARE_SETTLED = Check(
    "disputes_are_settled",
    "every refunded dispute is a reversal of its transfer by as much, as two of the staff agreed, "
    "and holds stay for open disputes alone",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('dispute %%s (%%s) does not match its reversal, its '
        'decision or its hold', d.reference, d.status) ORDER BY d.id) FILTER (WHERE
        (d.status = 'refunded') <> EXISTS (
            SELECT FROM wallets_transferreversal r
            JOIN ledger_journalentry e ON e.id = r.entry_id
            WHERE r.transfer_id = d.transfer_id AND e.reference = d.refund_reference
                AND r.amount_minor = d.refunded_minor)
        OR (d.status IN ('refunded', 'rejected')) <> EXISTS (
            SELECT FROM wallets_disputedecision k
            WHERE k.dispute_id = d.id AND k.status = 'approved'
                AND k.amount_minor = d.refunded_minor AND k.decided_by_id <> k.proposed_by_id)
        OR (h.status = 'open') <> (d.status IN ('open', 'asked'))))[1]
    FROM wallets_dispute d LEFT JOIN wallets_hold h ON h.id = d.hold_id
    """,
)

WALLET_CHECKS = (
    WALLET_GUARDS_STAND,
    WALLETS_MATCH_ACCOUNTS,
    WALLETS_BELONG_TO_OPENERS,
    TRANSFERS_MATCH_ENTRIES,
    TRANSITS_MATCH_ENTRIES,
    IN_TRANSIT_IS_PENDING,
    REVERSALS_WITHIN_TRANSFERS,
    TRANSFER_ENTRIES_HAVE_TRANSFERS,
    HOLDS_ARE_HELD,
    CAPTURES_MATCH_ENTRIES,
    BLOCKS_FOLLOW,
    DISPUTES_ARE_SETTLED,
)

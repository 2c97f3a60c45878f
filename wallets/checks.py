"""What must hold between wallets, transfers and the books, for `ledger_verify`."""

from __future__ import annotations

from ledger.checks import Check, Range

WALLETS_MATCH_ACCOUNTS = Check(
    "wallets_match_their_accounts",
    "every wallet stands for a liability in its currency that cannot fall below zero",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(format('wallet %%s does not match account %%s', w.number, a.id)
        ORDER BY a.id) FILTER (WHERE a.currency_id <> w.currency OR a.kind <> 'liability'
            OR a.floor_minor <> 0 OR a.code <> 'wallet:' || w.number || ':' || w.currency))[1]
    FROM wallets_wallet w JOIN ledger_ledgeraccount a ON a.id = w.account_id
    WHERE w.account_id BETWEEN %(low)s AND %(high)s
    """,
)
TRANSFERS_MATCH_ENTRIES = Check(
    "transfers_match_their_entries",
    "every completed transfer is one entry from its source to its destination, told by an event",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('the transfer of entry %%s does not match it or its event',
        t.entry_id) ORDER BY t.entry_id) FILTER (WHERE e.kind IS DISTINCT FROM 'transfer'
        OR NOT EXISTS (
            SELECT 1 FROM ledger_posting o JOIN ledger_posting i ON i.entry_id = o.entry_id
            WHERE o.entry_id = t.entry_id
                AND o.account_id = t.source_id AND o.amount_minor = -t.amount_minor
                AND i.account_id = t.destination_id AND i.amount_minor = t.amount_minor)
        OR NOT EXISTS (SELECT 1 FROM events_event v WHERE v.subject = e.reference)))[1]
    FROM wallets_transfer t LEFT JOIN ledger_journalentry e ON e.id = t.entry_id
    WHERE t.entry_id BETWEEN %(low)s AND %(high)s AND t.status IN ('completed', 'reversed')
    """,
)

WALLET_CHECKS = (WALLETS_MATCH_ACCOUNTS, TRANSFERS_MATCH_ENTRIES)

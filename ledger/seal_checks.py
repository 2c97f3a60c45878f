"""What must hold of the sealed journal, for `ledger_verify`. Signatures: see `verify_seals`."""

from __future__ import annotations

from ledger.checks import Check, Range

SEALS_HOLD = Check(
    "seals_hold",
    "every sealed block has the root over the entries that are there now, none came between two "
    "blocks, and each names the one before it",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(format('block %%s, of entries %%s to %%s, is not what was sealed',
        b.height, b.first_entry_id, b.last_entry_id) ORDER BY b.height) FILTER (WHERE (
            r.root = b.root AND r.entries = b.entries
            AND b.previous = coalesce(before.hash, decode(repeat('00', 32), 'hex'))
            AND (b.height = 1 OR before.last_entry_id < b.first_entry_id)
            AND b.hash = sha256(convert_to(b.head, 'UTF8'))
            AND b.head::json ->> 'height' = b.height::text
            AND b.head::json ->> 'previous' = encode(b.previous, 'hex')
            AND b.head::json ->> 'root' = encode(b.root, 'hex')
            AND b.head::json ->> 'first_entry_id' = b.first_entry_id::text
            AND b.head::json ->> 'last_entry_id' = b.last_entry_id::text
            AND b.head::json ->> 'entries' = b.entries::text) IS NOT TRUE))[1]
    FROM ledger_sealedblock b LEFT JOIN ledger_sealedblock before ON before.height = b.height - 1
    CROSS JOIN LATERAL ledger_root(coalesce(before.last_entry_id, 0) + 1, b.last_entry_id) r
    WHERE b.last_entry_id BETWEEN %(low)s AND %(high)s
    """,
)
SEALS_ARE_GUARDED = Check(
    "seals_are_guarded",
    "the trigger that refuses changes of sealed blocks is there and on, and the application may "
    "only add to them",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(g.fault ORDER BY g.fault) FILTER (WHERE g.broken))[1]
    FROM (
        SELECT 'trigger sealed_blocks_are_never_changed is missing or off' AS fault,
               NOT EXISTS (SELECT FROM pg_trigger t
                           WHERE t.tgname = 'sealed_blocks_are_never_changed'
                             AND t.tgrelid = 'ledger_sealedblock'::regclass
                             AND t.tgenabled = 'O') AS broken
        UNION ALL
        SELECT 'purser_app may change sealed blocks',
               has_any_column_privilege('purser_app', 'ledger_sealedblock', 'UPDATE')
               OR has_table_privilege('purser_app', 'ledger_sealedblock', 'DELETE, TRUNCATE')) g
    """,
)

SEAL_CHECKS = (SEALS_ARE_GUARDED, SEALS_HOLD)

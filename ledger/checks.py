"""The shape of a check of the books, and the ledger's own checks.

Each is one SQL statement over a range of rows, so that the whole journal streams past in steps
of bounded size. It answers one row: how many things it looked at, and what is wrong with the
first broken one, or NULL. Other apps add checks of the same shape (setting `LEDGER_CHECKS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Range(StrEnum):
    """What `%(low)s` to `%(high)s` count: rows of this table, by id; or nothing at all."""

    ENTRIES = "ledger_journalentry"
    ACCOUNTS = "ledger_ledgeraccount"
    DEPOSITS = "payments_deposit"
    PAYOUTS = "payments_payout"
    VOUCHERS = "offline_voucher"
    WHOLE = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. `name` is stable; `sentence` says what holds."""

    name: str
    sentence: str
    over: Range
    sql: str


ENTRIES_SUM_TO_ZERO = Check(
    "entries_sum_to_zero",
    "every entry sums to zero in each currency, in accounts that exist",
    Range.ENTRIES,
    """
    SELECT count(DISTINCT g.entry_id), (array_agg(
        format('entry %%s sums to %%s %%s', g.entry_id, g.net, coalesce(g.currency_id, '(none)'))
        ORDER BY g.entry_id) FILTER (WHERE g.net <> 0 OR g.currency_id IS NULL))[1]
    FROM (SELECT p.entry_id, a.currency_id, sum(p.amount_minor) AS net
          FROM ledger_posting p LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
          WHERE p.entry_id BETWEEN %(low)s AND %(high)s
          GROUP BY p.entry_id, a.currency_id) g
    """,
)
ENTRIES_ARE_WHOLE = Check(
    "entries_are_whole",
    "every entry has the postings it says, numbered from 1, and every posting its entry",
    Range.ENTRIES,
    """
    SELECT count(*), (array_agg(
        format('entry %%s says %%s postings and has %%s', coalesce(e.id, p.entry_id),
               coalesce(e.posting_count::text, 'nothing of'), coalesce(p.lines, 0))
        ORDER BY coalesce(e.id, p.entry_id))
        FILTER (WHERE e.id IS NULL OR p.entry_id IS NULL OR e.posting_count <> p.lines
                OR p.lowest <> 1 OR p.highest <> p.lines OR e.posting_count < 2))[1]
    FROM (SELECT id, posting_count FROM ledger_journalentry
          WHERE id BETWEEN %(low)s AND %(high)s) e
    FULL JOIN (SELECT entry_id, count(*) AS lines, min(position) AS lowest,
                      max(position) AS highest
               FROM ledger_posting WHERE entry_id BETWEEN %(low)s AND %(high)s
               GROUP BY entry_id) p ON p.entry_id = e.id
    """,
)
CHAINS_ARE_UNBROKEN = Check(
    "chains_are_unbroken",
    "every account's sequences count from 1 without a gap and each balance follows from the last",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('account %%s sequence %%s: %%s then %%s makes %%s, not %%s', w.account_id,
               w.sequence, w.before, w.amount_minor, w.before + w.amount_minor, w.balance_after)
        ORDER BY w.account_id, w.sequence)
        FILTER (WHERE w.sequence <> w.place OR w.balance_after <> w.before + w.amount_minor
                OR w.amount_minor = 0))[1]
    FROM (SELECT account_id, sequence, amount_minor, balance_after,
                 row_number() OVER account AS place,
                 lag(balance_after, 1, 0::bigint) OVER account AS before
          FROM ledger_posting WHERE account_id BETWEEN %(low)s AND %(high)s
          WINDOW account AS (PARTITION BY account_id ORDER BY sequence)) w
    """,
)
BALANCES_ARE_THE_POSTINGS = Check(
    "balances_are_the_postings",
    "every account holds the sum of its postings and counts them",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('account %%s (%%s) holds %%s after %%s postings; its postings make %%s after %%s',
               a.id, a.code, a.balance_minor, a.sequence, coalesce(p.net, 0),
               coalesce(p.lines, 0)) ORDER BY a.id)
        FILTER (WHERE a.balance_minor <> coalesce(p.net, 0)
                OR a.sequence <> coalesce(p.lines, 0)))[1]
    FROM ledger_ledgeraccount a
    LEFT JOIN (SELECT account_id, sum(amount_minor) AS net, count(*) AS lines
               FROM ledger_posting WHERE account_id BETWEEN %(low)s AND %(high)s
               GROUP BY account_id) p ON p.account_id = a.id
    WHERE a.id BETWEEN %(low)s AND %(high)s
    """,
)
BALANCES_COVER_FLOORS = Check(
    "balances_cover_floors_and_holds",
    "no account is below its floor, or below what is held on it",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('account %%s (%%s) holds %%s with %%s held and a floor of %%s', id, code,
               balance_minor, held_minor, floor_minor) ORDER BY id)
        FILTER (WHERE balance_minor < floor_minor::numeric + held_minor OR held_minor < 0))[1]
    FROM ledger_ledgeraccount WHERE id BETWEEN %(low)s AND %(high)s
    """,
)
TIME_NEVER_GOES_BACK = Check(
    "time_never_goes_back",
    "for every account, a later posting was recorded no earlier",
    Range.ACCOUNTS,
    """
    SELECT count(*), (array_agg(
        format('account %%s sequence %%s was recorded before the one it follows', w.account_id,
               w.sequence) ORDER BY w.account_id, w.sequence)
        FILTER (WHERE w.recorded_at < w.before))[1]
    FROM (SELECT p.account_id, p.sequence, e.recorded_at,
                 lag(e.recorded_at) OVER (PARTITION BY p.account_id ORDER BY p.sequence) AS before
          FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
          WHERE p.account_id BETWEEN %(low)s AND %(high)s) w
    """,
)
CURRENCIES_SUM_TO_ZERO = Check(
    "currencies_sum_to_zero",
    "in every currency all balances together make zero",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('%%s sums to %%s', g.currency_id, g.net)
        ORDER BY g.currency_id) FILTER (WHERE g.net <> 0))[1]
    FROM (SELECT currency_id, sum(balance_minor) AS net
          FROM ledger_ledgeraccount GROUP BY currency_id) g
    """,
)
REVERSALS_MIRROR = Check(
    "reversals_mirror_their_entries",
    "the reversals of an entry, which is none itself, together undo no more of any line than it "
    "moved, and touch no other account",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(format('the reversals of entry %%s do not mirror it', g.reversed)
        ORDER BY g.reversed) FILTER (WHERE g.is_reversal IS NOT FALSE OR EXISTS (
            SELECT 1 FROM (
                SELECT p.account_id, sum(p.amount_minor) FILTER (WHERE p.entry_id = g.reversed)
                           AS moved, sum(p.amount_minor) AS left_
                FROM ledger_posting p
                WHERE p.entry_id = g.reversed OR p.entry_id = ANY (g.reversals)
                GROUP BY p.account_id) l
            WHERE l.moved IS NULL OR l.left_ NOT BETWEEN least(l.moved, 0)
                AND greatest(l.moved, 0))))[1]
    FROM (SELECT r.reverses_id AS reversed, array_agg(r.id) AS reversals,
                 bool_or(o.reverses_id IS NOT NULL OR o.id IS NULL) AS is_reversal
          FROM ledger_journalentry r LEFT JOIN ledger_journalentry o ON o.id = r.reverses_id
          WHERE r.reverses_id IS NOT NULL GROUP BY r.reverses_id) g
    """,
)
GUARDS_STAND = Check(
    "guards_stand",
    "the triggers and constraints that refuse bad writes are there and on, and the application "
    "writes to the books only through functions",
    Range.WHOLE,
    """
    SELECT count(*), (array_agg(g.fault ORDER BY g.fault) FILTER (WHERE g.broken))[1]
    FROM (
        SELECT format('trigger %%s on %%s is missing or off', w.name, w.host) AS fault,
               t.tgenabled IS DISTINCT FROM 'O' AS broken
        FROM (VALUES ('ledger_posting', 'postings_balance'),
                     ('ledger_posting', 'postings_are_never_changed'),
                     ('ledger_journalentry', 'entries_are_never_changed'),
                     ('ledger_currency', 'currencies_are_never_changed'),
                     ('ledger_ledgeraccount', 'accounts_are_never_removed'),
                     ('ledger_ledgeraccount', 'account_identity_is_never_changed'),
                     ('events_event', 'events_are_never_changed')) w(host, name)
        LEFT JOIN pg_trigger t ON t.tgname = w.name AND t.tgrelid = to_regclass(w.host)
        UNION ALL
        SELECT format('constraint %%s on %%s is missing or off', w.name, w.host),
               NOT coalesce(c.convalidated, i.indisunique AND i.indisvalid, false)
        FROM (VALUES ('ledger_ledgeraccount', 'balance_covers_floor_and_holds'),
                     ('ledger_journalentry', 'one_entry_for_each_reference'),
                     ('ledger_posting', 'one_posting_for_each_account_sequence')) w(host, name)
        LEFT JOIN pg_constraint c ON c.conname = w.name AND c.conrelid = to_regclass(w.host)
        LEFT JOIN pg_index i ON i.indexrelid = to_regclass(w.name)
            AND i.indrelid = to_regclass(w.host)
        UNION ALL
        SELECT format('constraint %%s on %%s.%%s is missing or off', w.name, w.host, w.part),
               NOT coalesce(c.convalidated, false)
        FROM (VALUES ('ledger_ledgeraccount', 'held_minor', 'held_is_not_negative'),
                     ('ledger_ledgeraccount', 'sequence', 'sequence_is_not_negative'),
                     ('ledger_journalentry', 'occurred_at', 'instant_is_finite'))
            w(host, part, name)
        LEFT JOIN pg_attribute p ON p.attrelid = to_regclass(w.host) AND p.attname = w.part
        LEFT JOIN pg_constraint c ON c.conname = w.name AND c.contypid = p.atttypid
        UNION ALL
        SELECT format('purser_app may write to %%s', w.host),
               has_any_column_privilege('purser_app', w.host, 'INSERT, UPDATE')
               OR has_table_privilege('purser_app', w.host, 'DELETE, TRUNCATE')
        FROM (VALUES ('ledger_ledgeraccount'), ('ledger_journalentry'),
                     ('ledger_posting')) w(host)) g
    """,
)

LEDGER_CHECKS = (
    GUARDS_STAND,
    CURRENCIES_SUM_TO_ZERO,
    BALANCES_ARE_THE_POSTINGS,
    BALANCES_COVER_FLOORS,
    ENTRIES_SUM_TO_ZERO,
    ENTRIES_ARE_WHOLE,
    CHAINS_ARE_UNBROKEN,
    TIME_NEVER_GOES_BACK,
    REVERSALS_MIRROR,
)

-- Every CHECK of a table is read and compiled anew by each statement that writes to it; a domain's
-- is compiled once a connection, and is only asked about the columns that a statement names. What
-- one value of an account alone can tell is therefore a domain, and keeps its name; what is to be
-- said of postings is said by their trigger, which looks at them anyway.
CREATE DOMAIN ledger_held AS bigint CONSTRAINT held_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_sequence AS bigint CONSTRAINT sequence_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_shard AS smallint CONSTRAINT shard_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_instant AS timestamptz CONSTRAINT instant_is_finite CHECK (isfinite(VALUE));

-- A column cannot change its type under a trigger that names it.
DROP TRIGGER account_identity_is_never_changed ON ledger_ledgeraccount;
ALTER TABLE ledger_ledgeraccount
    DROP CONSTRAINT held_is_not_negative,
    DROP CONSTRAINT sequence_is_not_negative,
    DROP CONSTRAINT ledger_ledgeraccount_shard_check,
    ALTER COLUMN held_minor TYPE ledger_held,
    ALTER COLUMN sequence TYPE ledger_sequence,
    ALTER COLUMN shard TYPE ledger_shard;
CREATE TRIGGER account_identity_is_never_changed BEFORE UPDATE OF id, code, shard, kind, currency_id
    ON ledger_ledgeraccount FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_journalentry
    DROP CONSTRAINT entry_has_two_postings_or_more,
    DROP CONSTRAINT ledger_journalentry_posting_count_check,
    ALTER COLUMN occurred_at TYPE ledger_instant;
ALTER TABLE ledger_posting
    DROP CONSTRAINT posting_moves_something,
    DROP CONSTRAINT ledger_posting_position_check;

-- All postings of an entry arrive in one statement, after it: as many as it says, two or more,
-- numbered from 1 up to that, none of nothing, summing to zero in each currency, in accounts that
-- exist. None can follow: every number is taken. Nearly all statements pass by one of the first two queries alone: the one entry of two
-- postings, or many entries that are each in one currency. The third judges whatever is left.
-- Plans are kept for a connection's life: one made while the tables were empty must not scan them.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    broken bigint;
BEGIN
    PERFORM 1
    FROM added p
    JOIN added q ON q.entry_id = p.entry_id AND q.position = 2 AND q.amount_minor = -p.amount_minor
    JOIN ledger_ledgeraccount a ON a.id = p.account_id
    JOIN ledger_ledgeraccount b ON b.id = q.account_id AND b.currency_id = a.currency_id
    JOIN ledger_journalentry e ON e.id = p.entry_id AND e.posting_count = 2
    WHERE p.position = 1 AND p.amount_minor <> 0 AND (SELECT count(*) FROM added) = 2;
    IF FOUND THEN
        RETURN NULL;
    END IF;

    PERFORM 1
    FROM added p
    LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
    GROUP BY p.entry_id, e.posting_count, a.currency_id
    HAVING sum(p.amount_minor) <> 0
        OR bool_or(p.amount_minor = 0)
        OR count(a.currency_id) IS DISTINCT FROM e.posting_count
        OR min(p.position) <> 1
        OR max(p.position) IS DISTINCT FROM e.posting_count;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    SELECT g.entry_id INTO broken
    FROM (SELECT p.entry_id, a.currency_id, sum(p.amount_minor) AS total, count(*) AS lines,
                 min(p.position) AS lowest, max(p.position) AS highest,
                 bool_or(p.amount_minor = 0) AS idle
          FROM added p LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
          GROUP BY p.entry_id, a.currency_id) g
    LEFT JOIN ledger_journalentry e ON e.id = g.entry_id
    GROUP BY g.entry_id, e.posting_count
    HAVING bool_or(g.total <> 0 OR g.idle OR g.currency_id IS NULL)
        OR min(g.lowest) <> 1
        OR sum(g.lines) IS DISTINCT FROM e.posting_count
        OR max(g.highest) IS DISTINCT FROM e.posting_count
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of entry % are not whole, or do not sum to zero in each '
            'currency, or move nothing, or name an account that does not exist', broken USING ERRCODE = 'PL001';
    END IF;
    RETURN NULL;
END $$;

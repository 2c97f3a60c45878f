-- Every CHECK of a table is read and compiled anew by each statement that writes to it; a domain's
-- is compiled once a connection, and is only asked about the columns that a statement names. What
-- one value alone can tell is therefore a domain; the table keeps what two columns tell together.
-- Names stay what they were.
CREATE DOMAIN ledger_amount AS bigint CONSTRAINT posting_moves_something CHECK (VALUE <> 0);
CREATE DOMAIN ledger_held AS bigint CONSTRAINT held_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_sequence AS bigint CONSTRAINT sequence_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_shard AS smallint CONSTRAINT shard_is_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN ledger_position AS smallint CONSTRAINT position_counts_from_one CHECK (VALUE >= 1);
CREATE DOMAIN ledger_posting_count AS smallint
    CONSTRAINT entry_has_two_postings_or_more CHECK (VALUE >= 2);
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
    ALTER COLUMN posting_count TYPE ledger_posting_count,
    ALTER COLUMN occurred_at TYPE ledger_instant,
    ALTER COLUMN recorded_at TYPE ledger_instant;
ALTER TABLE ledger_posting
    DROP CONSTRAINT posting_moves_something,
    DROP CONSTRAINT ledger_posting_position_check,
    ALTER COLUMN amount_minor TYPE ledger_amount,
    ALTER COLUMN position TYPE ledger_position;

-- All postings of an entry arrive in one statement, after it: as many as it says, numbered up to
-- that, summing to zero in each currency, in accounts that exist. None can follow: every number
-- is taken. Entries in one currency, as nearly all are, pass by the first query alone; the second
-- judges whatever is left.
-- Plans are kept for a connection's life: one made while the tables were empty must not scan them.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    broken bigint;
BEGIN
    PERFORM 1
    FROM added p
    LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
    GROUP BY p.entry_id, e.posting_count, a.currency_id
    HAVING sum(p.amount_minor) <> 0
        OR count(a.currency_id) IS DISTINCT FROM e.posting_count
        OR max(p.position) IS DISTINCT FROM e.posting_count;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    SELECT g.entry_id INTO broken
    FROM (SELECT p.entry_id, a.currency_id, sum(p.amount_minor) AS total, count(*) AS lines, max(p.position) AS highest
          FROM added p LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
          GROUP BY p.entry_id, a.currency_id) g
    LEFT JOIN ledger_journalentry e ON e.id = g.entry_id
    GROUP BY g.entry_id, e.posting_count
    HAVING bool_or(g.total <> 0 OR g.currency_id IS NULL)
        OR sum(g.lines) IS DISTINCT FROM e.posting_count
        OR max(g.highest) IS DISTINCT FROM e.posting_count
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of entry % are not whole, or do not sum to zero in each '
            'currency, or name an account that does not exist', broken USING ERRCODE = 'PL001';
    END IF;
    RETURN NULL;
END $$;

-- What the database refuses, whoever asks: a change to what was written, and an entry that
-- does not balance.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once: no % is allowed', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '42501';
END $$;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_journalentry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER postings_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER currencies_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_currency FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER accounts_are_never_removed BEFORE DELETE OR TRUNCATE
    ON ledger_ledgeraccount FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- All postings of an entry arrive in one statement, after it: as many as it says, numbered up to
-- that, summing to zero in each currency, in accounts that exist. None can follow: every number
-- is taken. A single entry in one currency, as nearly all are, passes by the first query alone;
-- the second judges whatever is left.
-- Plans are kept for a connection's life: one made while the tables were empty must not scan them.
CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    broken bigint;
BEGIN
    PERFORM 1
    FROM added p
    JOIN ledger_ledgeraccount a ON a.id = p.account_id
    JOIN ledger_journalentry e ON e.id = p.entry_id
    HAVING min(p.entry_id) = max(p.entry_id)
        AND sum(p.amount_minor) = 0
        AND count(*) = max(e.posting_count)
        AND max(p.position) = max(e.posting_count)
        AND min(a.currency_id) = max(a.currency_id);
    IF FOUND THEN
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

CREATE TRIGGER postings_balance AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- A domain is checked when a kind is written, not at every movement of the account.
CREATE DOMAIN ledger_account_kind AS varchar(9)
    CHECK (VALUE IN ('asset', 'liability', 'equity', 'income', 'expense'));
ALTER TABLE ledger_ledgeraccount ALTER COLUMN kind TYPE ledger_account_kind;

-- Half-full pages keep the balance updates on their page, and no index follows them.
ALTER TABLE ledger_ledgeraccount SET (fillfactor = 50);

-- Fires only for statements that name these columns: posting does not pay for it.
CREATE TRIGGER account_identity_is_never_changed BEFORE UPDATE OF id, code, shard, kind, currency_id
    ON ledger_ledgeraccount FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

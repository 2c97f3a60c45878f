-- What is refused is as before. The entry of two postings, which nearly all are, is judged by one
-- row of sums about what was added; joining the postings with each other cost a fifth more.
-- Settings that a function brings cost at every call: names say their schema instead, and the
-- functions that post more than a pair bring `enable_seqscan`, since plans are kept for a
-- connection's life and one made while the tables were empty must not scan them.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    PERFORM 1
    FROM (SELECT count(*) AS lines, min(p.entry_id) AS entry, max(p.entry_id) AS last_entry,
                 min(p.amount_minor) AS lowest, max(p.amount_minor) AS highest,
                 min(p.account_id) AS account, max(p.account_id) AS last_account,
                 min(p.position) AS first, max(p.position) AS last
          FROM added p) g
    JOIN public.ledger_ledgeraccount a ON a.id = g.account
    JOIN public.ledger_ledgeraccount b ON b.id = g.last_account AND b.currency_id = a.currency_id
    JOIN public.ledger_journalentry e ON e.id = g.entry AND e.posting_count = 2
    WHERE g.lines = 2 AND g.last_entry = g.entry AND g.first = 1 AND g.last = 2
        AND g.lowest < 0 AND g.highest = -g.lowest;
    IF FOUND THEN
        RETURN NULL;
    END IF;

    PERFORM 1
    FROM added p
    LEFT JOIN public.ledger_ledgeraccount a ON a.id = p.account_id
    LEFT JOIN public.ledger_journalentry e ON e.id = p.entry_id
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
          FROM added p LEFT JOIN public.ledger_ledgeraccount a ON a.id = p.account_id
          GROUP BY p.entry_id, a.currency_id) g
    LEFT JOIN public.ledger_journalentry e ON e.id = g.entry_id
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
ALTER FUNCTION ledger_check_postings() RESET ALL;
ALTER FUNCTION ledger_post SET enable_seqscan = off;

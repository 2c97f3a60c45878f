-- What of an entry is sealed, as text: one line of JSON whose members stand in one order. Balances
-- follow from amounts, and what somebody wrote about themselves is not in it.
CREATE FUNCTION ledger_leaves(p_first bigint, p_last bigint)
RETURNS TABLE (entry_id bigint, leaf text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT e.id, format(
        '{"entry":%s,"reference":%s,"kind":%s,"occurred_at":"%s","recorded_at":"%s","reverses":%s,"postings":[%s]}',
        e.id, to_json(e.reference::text), to_json(e.kind::text),
        to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        coalesce(e.reverses_id::text, 'null'), lines.text)
    FROM ledger_journalentry e
    CROSS JOIN LATERAL (
        SELECT string_agg(format('{"account":%s,"currency":%s,"amount_minor":"%s","type":%s}',
            to_json(a.code::text), to_json(a.currency_id::text), p.amount_minor,
            to_json(p.type::text)), ',' ORDER BY p.position) AS text
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE p.entry_id = e.id) lines
    WHERE e.id BETWEEN p_first AND p_last ORDER BY e.id
$$;

-- The root of RFC 6962 over the entries from one to another, and how many they are.
CREATE FUNCTION ledger_root(p_first bigint, p_last bigint, OUT root bytea, OUT entries int)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    level bytea[];
    above bytea[];
    size int;
BEGIN
    SELECT array_agg(sha256('\x00'::bytea || convert_to(l.leaf, 'UTF8')) ORDER BY l.entry_id),
           count(*)
    INTO level, entries FROM ledger_leaves(p_first, p_last) l;
    IF entries = 0 THEN
        root := sha256(''::bytea);
        RETURN;
    END IF;
    size := entries;
    WHILE size > 1 LOOP
        SELECT array_agg(CASE WHEN pair * 2 > size THEN level[size]
                              ELSE sha256('\x01'::bytea || level[pair * 2 - 1] || level[pair * 2])
                         END ORDER BY pair)
        INTO above FROM generate_series(1, (size + 1) / 2) pair;
        level := above;
        size := cardinality(level);
    END LOOP;
    root := level[1];
END $$;

CREATE TRIGGER sealed_blocks_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_sealedblock FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

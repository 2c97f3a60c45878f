-- The rows of a busy account get their ids in the order of their numbers: the ids are drawn above
-- the sort, where the planner cannot hash the numbers into another order.
CREATE OR REPLACE FUNCTION ledger_open_account(
    p_code varchar, p_kind varchar, p_currency varchar, p_floor bigint, p_shards int,
    p_system boolean
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_ledgeraccount (
        id, code, shard, kind, currency_id, floor_minor, balance_minor, held_minor, sequence,
        debits_blocked, credits_blocked)
    SELECT CASE WHEN p_system THEN nextval('ledger_system_account_id')
                ELSE nextval(pg_get_serial_sequence('ledger_ledgeraccount', 'id')) END,
           p_code, missing.shard, p_kind, p_currency, p_floor, 0, 0, 0, false, false
    FROM (SELECT s AS shard FROM generate_series(0, p_shards - 1) s
          WHERE NOT EXISTS (SELECT 1 FROM ledger_ledgeraccount WHERE code = p_code AND shard = s)
          ORDER BY s) missing
    ON CONFLICT (code, shard) DO NOTHING;
    IF EXISTS (SELECT 1 FROM ledger_ledgeraccount
               WHERE code = p_code AND (kind IS DISTINCT FROM p_kind OR currency_id IS DISTINCT FROM p_currency
                    OR floor_minor IS DISTINCT FROM p_floor
                    OR shard >= p_shards OR p_shards IS NULL)) THEN
        RAISE EXCEPTION 'account % is of another kind or currency', p_code
            USING ERRCODE = 'PL008';
    END IF;
    RETURN (SELECT array_agg(id ORDER BY shard) FROM ledger_ledgeraccount WHERE code = p_code);
END $$;

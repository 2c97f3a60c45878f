-- Posting: the only way that money moves. These functions run with their owner's rights; the
-- application may call them and may not write the tables.
--
-- Locks are taken on accounts in ascending id, always. Accounts of the platform have ids above
-- all customers', so that the busiest rows are locked last and shortest.
CREATE SEQUENCE ledger_system_account_id AS bigint START WITH 1000000000000000;

CREATE FUNCTION ledger_open_account(
    p_code varchar, p_kind varchar, p_currency varchar, p_floor bigint, p_shards int,
    p_system boolean
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_ledgeraccount (
        id, code, shard, kind, currency_id, floor_minor, balance_minor, held_minor, sequence,
        debits_blocked, credits_blocked)
    SELECT CASE WHEN p_system THEN nextval('ledger_system_account_id')
                ELSE nextval(pg_get_serial_sequence('ledger_ledgeraccount', 'id')) END,
           p_code, s, p_kind, p_currency, p_floor, 0, 0, 0, false, false
    FROM generate_series(0, p_shards - 1) s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_ledgeraccount WHERE code = p_code AND shard = s)
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

CREATE FUNCTION ledger_block_account(p_account bigint, p_debits boolean, p_credits boolean)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ledger_ledgeraccount SET debits_blocked = p_debits, credits_blocked = p_credits
    WHERE id = p_account;
    RETURN FOUND;
END $$;

-- One entry in one call. Lines come in ascending account id: updating them in that order is the
-- lock. A reference that is taken violates one_entry_for_each_reference; a balance that is not
-- there, balance_covers_floor_and_holds.
CREATE FUNCTION ledger_post(
    p_reference varchar, p_kind varchar,
    p_accounts bigint[], p_amounts bigint[], p_types varchar[],
    p_occurred_at timestamptz, p_actor uuid, p_request varchar, p_metadata jsonb,
    p_reverses bigint,
    OUT entry_id bigint, OUT recorded timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    account bigint;
    previous bigint := 0;
    amount bigint;
    after bigint;
    counted bigint;
    balances bigint[] := '{}';
    sequences bigint[] := '{}';
    blocked boolean;
    seen timestamptz;
    overtaken boolean := false;
BEGIN
    IF (cardinality(p_accounts) = ALL (ARRAY[cardinality(p_amounts), cardinality(p_types)])
        AND 1 = ALL (ARRAY[array_lower(p_accounts, 1), array_lower(p_amounts, 1),
                           array_lower(p_types, 1), array_ndims(p_accounts),
                           array_ndims(p_amounts), array_ndims(p_types)])) IS NOT TRUE THEN
        RAISE EXCEPTION 'the arrays of an entry do not fit one another' USING ERRCODE = 'PL006';
    END IF;
    recorded := clock_timestamp();
    FOR i IN 1 .. cardinality(p_accounts) LOOP
        account := p_accounts[i];
        amount := p_amounts[i];
        IF account < previous THEN
            RAISE EXCEPTION 'lines must come in ascending account id' USING ERRCODE = 'PL006';
        END IF;
        previous := account;
        UPDATE ledger_ledgeraccount a
        SET balance_minor = a.balance_minor + amount, sequence = a.sequence + 1,
            moved_at = greatest(recorded, a.moved_at)
        WHERE a.id = account
        RETURNING a.balance_minor, a.sequence, a.moved_at,
            CASE WHEN amount < 0 THEN a.debits_blocked ELSE a.credits_blocked END
        INTO after, counted, seen, blocked;
        IF after IS NULL THEN
            RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
        ELSIF blocked THEN
            RAISE EXCEPTION 'account blocked' USING ERRCODE = 'PL002';
        ELSIF seen > recorded THEN
            recorded := seen;
            overtaken := i > 1;
        END IF;
        balances[i] := after;
        sequences[i] := counted;
    END LOOP;
    -- Somebody else moved a later account while we waited for it: the earlier ones move then too.
    IF overtaken THEN
        UPDATE ledger_ledgeraccount a SET moved_at = recorded
        WHERE a.id = ANY (p_accounts) AND a.moved_at < recorded;
    END IF;
    IF p_reverses IS NOT NULL THEN
        IF EXISTS (SELECT 1 FROM ledger_journalentry e
                   WHERE e.id = p_reverses AND e.reverses_id IS NOT NULL) THEN
            RAISE EXCEPTION 'a reversal is not reversed' USING ERRCODE = 'PL005';
        END IF;
    END IF;

    INSERT INTO ledger_journalentry (reference, kind, posting_count, occurred_at, recorded_at,
                                     actor_id, request_id, metadata, reverses_id)
    VALUES (p_reference, p_kind, cardinality(p_accounts), p_occurred_at, recorded,
            p_actor, p_request, p_metadata, p_reverses)
    RETURNING id INTO entry_id;
    INSERT INTO ledger_posting
        (entry_id, account_id, amount_minor, balance_after, sequence, position, type)
    SELECT ledger_post.entry_id, l.account, l.amount, l.after, l.counted, l.position, l.type
    FROM unnest(p_accounts, p_amounts, balances, sequences, p_types) WITH ORDINALITY
        AS l(account, amount, after, counted, type, position);
END $$;

-- The same for the entry that nearly all are: an amount on the account of lower id and its
-- opposite on the other. Without arrays and loops it costs a sixth less than the general form.
CREATE FUNCTION ledger_post_pair(
    p_reference varchar, p_kind varchar,
    p_low bigint, p_high bigint, p_low_amount bigint, p_low_type varchar, p_high_type varchar,
    p_occurred_at timestamptz, p_actor uuid, p_request varchar, p_metadata jsonb,
    OUT entry_id bigint, OUT recorded timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low_after bigint;
    low_counted bigint;
    low_blocked boolean;
    high_after bigint;
    high_counted bigint;
    high_blocked boolean;
    seen timestamptz;
BEGIN
    IF p_low >= p_high THEN
        RAISE EXCEPTION 'lines must come in ascending account id' USING ERRCODE = 'PL006';
    END IF;
    recorded := clock_timestamp();
    UPDATE ledger_ledgeraccount a
    SET balance_minor = a.balance_minor + p_low_amount, sequence = a.sequence + 1,
        moved_at = greatest(recorded, a.moved_at)
    WHERE a.id = p_low
    RETURNING a.balance_minor, a.sequence, a.moved_at,
        CASE WHEN p_low_amount < 0 THEN a.debits_blocked ELSE a.credits_blocked END
    INTO low_after, low_counted, recorded, low_blocked;
    UPDATE ledger_ledgeraccount a
    SET balance_minor = a.balance_minor - p_low_amount, sequence = a.sequence + 1,
        moved_at = greatest(recorded, a.moved_at)
    WHERE a.id = p_high
    RETURNING a.balance_minor, a.sequence, a.moved_at,
        CASE WHEN p_low_amount > 0 THEN a.debits_blocked ELSE a.credits_blocked END
    INTO high_after, high_counted, seen, high_blocked;
    IF low_after IS NULL OR high_after IS NULL THEN
        RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
    ELSIF low_blocked OR high_blocked THEN
        RAISE EXCEPTION 'account blocked' USING ERRCODE = 'PL002';
    ELSIF seen > recorded THEN
        recorded := seen;
        UPDATE ledger_ledgeraccount a SET moved_at = seen WHERE a.id = p_low;
    END IF;

    INSERT INTO ledger_journalentry (reference, kind, posting_count, occurred_at, recorded_at,
                                     actor_id, request_id, metadata)
    VALUES (p_reference, p_kind, 2, p_occurred_at, recorded, p_actor, p_request, p_metadata)
    RETURNING id INTO entry_id;
    INSERT INTO ledger_posting
        (entry_id, account_id, amount_minor, balance_after, sequence, position, type)
    VALUES (entry_id, p_low, p_low_amount, low_after, low_counted, 1, p_low_type),
           (entry_id, p_high, -p_low_amount, high_after, high_counted, 2, p_high_type);
END $$;

-- How many postings of an account had been recorded at an instant. Sequences have no gaps and
-- times never go back, so it is found by halving: some twenty look-ups for a million postings.
CREATE FUNCTION ledger_sequence_at(p_account bigint, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    low bigint := 0;
    high bigint;
    middle bigint;
BEGIN
    SELECT sequence INTO high FROM ledger_ledgeraccount WHERE id = p_account;
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
            WHERE p.account_id = p_account AND p.sequence = middle) <= p_at THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;

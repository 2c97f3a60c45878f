-- What is held on an account changes here and nowhere else, under the lock that spending takes:
-- a balance never covers less than what is held (balance_covers_floor_and_holds).

-- Sets aside p_amount, or with p_partly as much of it as there is, though the account be blocked.
-- Answers what was set aside, and since when: what was posted before has no later time, and what
-- will be posted no earlier one.
CREATE FUNCTION ledger_hold(
    p_account bigint, p_amount bigint, p_partly boolean, OUT held bigint, OUT recorded timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    available bigint;
    blocked boolean;
BEGIN
    IF (p_amount > 0) IS NOT TRUE THEN
        RAISE EXCEPTION 'what is held is more than nothing' USING ERRCODE = 'PL006';
    END IF;
    SELECT a.balance_minor - a.floor_minor - a.held_minor, a.debits_blocked,
           greatest(clock_timestamp(), a.moved_at)
    INTO available, blocked, recorded
    FROM ledger_ledgeraccount a WHERE a.id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
    END IF;
    held := CASE WHEN p_partly THEN least(p_amount, available) ELSE p_amount END;
    -- The lock may have been waited for.
    recorded := greatest(clock_timestamp(), recorded);
    IF held > 0 THEN
        UPDATE ledger_ledgeraccount a
        SET held_minor = a.held_minor + held, moved_at = recorded WHERE a.id = p_account;
    END IF;
    IF blocked AND NOT p_partly THEN
        RAISE EXCEPTION 'account blocked' USING ERRCODE = 'PL002';
    END IF;
END $$;

-- Makes available again what was set aside; no block stands in the way.
CREATE FUNCTION ledger_release(p_account bigint, p_amount bigint, OUT recorded timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (p_amount > 0) IS NOT TRUE THEN
        RAISE EXCEPTION 'what is released is more than nothing' USING ERRCODE = 'PL006';
    END IF;
    UPDATE ledger_ledgeraccount a
    SET held_minor = a.held_minor - p_amount, moved_at = greatest(clock_timestamp(), a.moved_at)
    WHERE a.id = p_account
    RETURNING a.moved_at INTO recorded;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
    END IF;
END $$;

-- Releases p_release on p_holder and posts an entry that spends it, under one lock: nobody else
-- can spend it in between. With p_through, also from an account whose debits are blocked.
CREATE FUNCTION ledger_post_from_hold(
    p_holder bigint, p_release bigint, p_through boolean,
    p_reference varchar, p_kind varchar,
    p_accounts bigint[], p_amounts bigint[], p_types varchar[],
    p_occurred_at timestamptz, p_actor uuid, p_request varchar, p_metadata jsonb,
    OUT entry_id bigint, OUT recorded timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    blocked boolean;
BEGIN
    IF (p_release > 0 AND p_holder = ANY (p_accounts)) IS NOT TRUE THEN
        RAISE EXCEPTION 'a hold is spent by an entry of its account' USING ERRCODE = 'PL006';
    END IF;
    -- In the order in which every posting takes them.
    PERFORM 1 FROM ledger_ledgeraccount a WHERE a.id = ANY (p_accounts)
    ORDER BY a.id FOR NO KEY UPDATE;
    SELECT a.debits_blocked INTO blocked FROM ledger_ledgeraccount a WHERE a.id = p_holder;
    UPDATE ledger_ledgeraccount a
    SET held_minor = a.held_minor - p_release,
        debits_blocked = a.debits_blocked AND NOT p_through
    WHERE a.id = p_holder;

    SELECT p.entry_id, p.recorded INTO entry_id, recorded FROM ledger_post(
        p_reference, p_kind, p_accounts, p_amounts, p_types, p_occurred_at, p_actor, p_request,
        p_metadata, NULL) p;

    IF blocked AND p_through THEN
        UPDATE ledger_ledgeraccount a SET debits_blocked = true WHERE a.id = p_holder;
    END IF;
END $$;

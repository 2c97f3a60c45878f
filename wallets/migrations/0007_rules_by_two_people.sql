-- Fees and limits change by two people: one proposes, another approves, and what was approved
-- holds a minute later at the earliest, so that processes may remember rules for less than that.
CREATE FUNCTION wallets_guard_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    fixed CONSTANT text[] := ARRAY['status', 'decided_by_id', 'decided_at', 'effective_from'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' OR NEW.proposed_by_id IS NULL THEN
            RAISE EXCEPTION 'rule_begins_as_the_proposal_of_somebody'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - fixed IS DISTINCT FROM to_jsonb(OLD) - fixed OR OLD.status <> 'proposed' THEN
        RAISE EXCEPTION 'rule_is_decided_once_and_never_changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'approved' THEN
        NEW.effective_from := greatest(NEW.wanted_from, NEW.effective_from,
                                       clock_timestamp() + interval '60 seconds');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_is_decided_once BEFORE INSERT OR UPDATE ON wallets_feerule
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_rule();
CREATE TRIGGER rule_is_decided_once BEFORE INSERT OR UPDATE ON wallets_limitrule
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_rule();

-- Updated by every operation of somebody who has limits: room on the page keeps it there.
ALTER TABLE wallets_usage SET (fillfactor = 50);

-- Count one use of a wallet, under its row's lock, and say whether it stays within the limits:
-- each, a day's count and sum, a month's count and sum, of which any may be NULL. A clock that is
-- behind counts for the day that has begun. Sums stop at the largest number there is.
CREATE FUNCTION wallets_use(
    p_wallet bigint, p_operation varchar, p_amount bigint, p_day date, p_limits bigint[]
) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    largest CONSTANT numeric := 9223372036854775807;
    first CONSTANT date := date_trunc('month', p_day::timestamp)::date;
    days bigint; day_sum bigint; months bigint; month_sum bigint;
BEGIN
    LOOP
        UPDATE wallets_usage u SET
            day = greatest(u.day, p_day), month = greatest(u.month, first),
            day_count = CASE WHEN u.day >= p_day THEN u.day_count + 1 ELSE 1 END,
            day_minor = CASE WHEN u.day >= p_day
                THEN least(u.day_minor + p_amount::numeric, largest)::bigint ELSE p_amount END,
            month_count = CASE WHEN u.month >= first THEN u.month_count + 1 ELSE 1 END,
            month_minor = CASE WHEN u.month >= first
                THEN least(u.month_minor + p_amount::numeric, largest)::bigint ELSE p_amount END
        WHERE u.wallet_id = p_wallet AND u.operation = p_operation
        RETURNING u.day_count, u.day_minor, u.month_count, u.month_minor
        INTO days, day_sum, months, month_sum;
        EXIT WHEN FOUND;
        INSERT INTO wallets_usage (wallet_id, operation, day, month, day_count, day_minor,
                                   month_count, month_minor)
        VALUES (p_wallet, p_operation, p_day, first, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN (p_amount <= p_limits[1] AND days <= p_limits[2] AND day_sum <= p_limits[3]
            AND months <= p_limits[4] AND month_sum <= p_limits[5]) IS NOT FALSE;
END $$;

-- The same for who has no more to do than to count: refused, nothing was counted.
CREATE FUNCTION wallets_count_use(
    p_wallet bigint, p_operation varchar, p_amount bigint, p_day date, p_limits bigint[]
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT wallets_use(p_wallet, p_operation, p_amount, p_day, p_limits) THEN
        RAISE EXCEPTION 'limit exceeded' USING ERRCODE = 'PL010';
    END IF;
END $$;

-- One order of reasons, however many entries a call posts. Line by line, in ascending account id:
-- unknown account, too large, too little money, blocked; then a reference that is taken; then
-- what does not balance.

-- A reversal undoes an entry that is none itself: the same accounts, the opposite amounts.
CREATE FUNCTION ledger_check_reversal(p_entry bigint, p_accounts bigint[], p_amounts bigint[])
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_journalentry e
               WHERE e.id = p_entry AND e.reverses_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a reversal is not reversed' USING ERRCODE = 'PL005';
    END IF;
    PERFORM 1
    FROM (SELECT l.account, l.amount FROM unnest(p_accounts, p_amounts) AS l(account, amount)
          UNION ALL
          SELECT p.account_id, p.amount_minor FROM ledger_posting p WHERE p.entry_id = p_entry) both_
    GROUP BY both_.account HAVING sum(both_.amount) <> 0;
    IF FOUND THEN
        RAISE EXCEPTION 'a reversal is not the mirror of its entry' USING ERRCODE = 'PL009';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger_post(
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
        PERFORM ledger_check_reversal(p_reverses, p_accounts, p_amounts);
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
-- opposite on the other.
CREATE OR REPLACE FUNCTION ledger_post_pair(
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
    IF low_after IS NULL THEN
        RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
    ELSIF low_blocked THEN
        RAISE EXCEPTION 'account blocked' USING ERRCODE = 'PL002';
    END IF;
    UPDATE ledger_ledgeraccount a
    SET balance_minor = a.balance_minor - p_low_amount, sequence = a.sequence + 1,
        moved_at = greatest(recorded, a.moved_at)
    WHERE a.id = p_high
    RETURNING a.balance_minor, a.sequence, a.moved_at,
        CASE WHEN p_low_amount > 0 THEN a.debits_blocked ELSE a.credits_blocked END
    INTO high_after, high_counted, seen, high_blocked;
    IF high_after IS NULL THEN
        RAISE EXCEPTION 'unknown account' USING ERRCODE = 'PL004';
    ELSIF high_blocked THEN
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

DROP FUNCTION ledger_post_batch;

-- Up to a thousand entries in one call, with a verdict for each: every account is locked once,
-- in ascending id; the entries are judged in order in memory; three statements write them.
--
-- Lines of entry i are the next p_sizes[i] ones, in ascending account id. A verdict is
-- 'posted' or the code of a refusal. With p_atomic, one refusal undoes the batch.
CREATE FUNCTION ledger_post_batch(
    p_references varchar[], p_kinds varchar[], p_occurred_at timestamptz[], p_metadata jsonb[],
    p_sizes int[], p_accounts bigint[], p_amounts bigint[], p_types varchar[],
    p_actors uuid[], p_requests varchar[], p_atomic boolean
) RETURNS TABLE (verdict varchar, entry_id bigint, recorded timestamptz)
-- Plans for these very lengths would be a little better, and made anew at every call.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    largest CONSTANT bigint := 9223372036854775807;
    total int := cardinality(p_references);
    lines int := cardinality(p_accounts);
    -- The accounts: what each holds now and would hold.
    ids bigint[]; least_left bigint[]; balances bigint[]; counts bigint[];
    currencies varchar[]; no_debits boolean[]; no_credits boolean[];
    -- The lines: where their account stands above, and what became of them.
    places int[]; afters bigint[]; sequences bigint[]; owners bigint[]; positions int[];
    -- The entries.
    taken varchar[]; repeats boolean; entries bigint[]; verdicts varchar[];
    first int := 1; last int; done int; place int; amount bigint; after bigint;
    entry bigint; judged varchar;
    now_ timestamptz;
BEGIN
    -- Subscripts judge and unnest writes: both must mean the same elements.
    IF (total = ALL (ARRAY[cardinality(p_kinds), cardinality(p_occurred_at),
                           cardinality(p_metadata), cardinality(p_sizes),
                           cardinality(p_actors), cardinality(p_requests)])
        AND lines = ALL (ARRAY[cardinality(p_amounts), cardinality(p_types)])
        AND 1 = ALL (ARRAY[array_lower(p_references, 1), array_lower(p_sizes, 1),
                           array_lower(p_accounts, 1), array_lower(p_amounts, 1),
                           array_lower(p_types, 1), array_ndims(p_references),
                           array_ndims(p_sizes), array_ndims(p_accounts),
                           array_ndims(p_amounts), array_ndims(p_types)])
        AND 2 <= ALL (p_sizes)
        AND lines >= ALL (p_sizes)
        AND array_position(p_amounts, NULL) IS NULL) IS NOT TRUE THEN
        RAISE EXCEPTION 'the arrays of a batch do not fit one another' USING ERRCODE = 'PL006';
    END IF;

    SELECT array_agg(a.id), array_agg(a.floor_minor + a.held_minor), array_agg(a.balance_minor),
           array_agg(a.sequence), array_agg(a.currency_id), array_agg(a.debits_blocked),
           array_agg(a.credits_blocked), max(a.moved_at)
    INTO ids, least_left, balances, counts, currencies, no_debits, no_credits, now_
    FROM (SELECT * FROM ledger_ledgeraccount w WHERE w.id = ANY (p_accounts)
          ORDER BY w.id FOR NO KEY UPDATE) a;
    now_ := greatest(clock_timestamp(), now_);

    SELECT array_agg(e.reference),
           (SELECT count(DISTINCT r) < total FROM unnest(p_references) r)
    INTO taken, repeats
    FROM ledger_journalentry e WHERE e.reference = ANY (p_references);

    places := array_fill(0, ARRAY[lines]);
    afters := array_fill(NULL::bigint, ARRAY[lines]);
    sequences := afters;
    owners := afters;
    positions := places;
    entries := array_fill(NULL::bigint, ARRAY[total]);
    verdicts := array_fill('posted'::varchar, ARRAY[total]);

    FOR i IN 1 .. total LOOP
        last := first + p_sizes[i] - 1;
        EXIT WHEN last > lines;
        judged := 'posted';
        IF p_references[i] = ANY (taken) THEN
            judged := 'reference_taken';
        ELSIF repeats THEN
            FOR j IN 1 .. i - 1 LOOP
                IF p_references[j] = p_references[i] AND verdicts[j] = 'posted' THEN
                    judged := 'reference_taken';
                END IF;
            END LOOP;
        END IF;

        -- Line by line, as the functions for one entry do it.
        done := first - 1;
        WHILE judged = 'posted' AND done < last LOOP
            -- The ids ascend, so this finds the last one that is not greater.
            place := width_bucket(p_accounts[done + 1], ids);
            IF (ids[place] = p_accounts[done + 1]) IS NOT TRUE THEN
                judged := 'unknown_account';
                EXIT;
            END IF;
            amount := p_amounts[done + 1];
            -- The sum itself might not fit.
            IF amount > 0 AND balances[place] > largest - greatest(amount, 0)
                OR amount < 0 AND balances[place] < -largest - least(amount, 0) THEN
                judged := 'amount_too_large';
                EXIT;
            END IF;
            done := done + 1;
            after := balances[place] + amount;
            places[done] := place;
            balances[place] := after;
            counts[place] := counts[place] + 1;
            afters[done] := after;
            sequences[done] := counts[place];
            IF after < least_left[place] THEN
                judged := 'insufficient_funds';
            ELSIF amount < 0 AND no_debits[place] OR amount > 0 AND no_credits[place] THEN
                judged := 'account_blocked';
            END IF;
        END LOOP;
        IF judged = 'posted' AND p_sizes[i] = 2 THEN
            IF p_amounts[first] <> -p_amounts[last]
                OR currencies[places[first]] <> currencies[place] THEN
                judged := 'unbalanced_entry';
            END IF;
        ELSIF judged = 'posted' THEN
            PERFORM 1 FROM generate_series(first, last) l(j)
            GROUP BY currencies[places[l.j]] HAVING sum(p_amounts[l.j]) <> 0;
            IF FOUND THEN
                judged := 'unbalanced_entry';
            END IF;
        END IF;

        IF judged = 'posted' THEN
            entry := nextval('ledger_journalentry_id_seq');
            entries[i] := entry;
            FOR j IN first .. last LOOP
                owners[j] := entry;
                positions[j] := j - first + 1;
            END LOOP;
        ELSE
            FOR j IN first .. done LOOP
                place := places[j];
                balances[place] := balances[place] - p_amounts[j];
                counts[place] := counts[place] - 1;
            END LOOP;
            IF p_atomic THEN
                RAISE EXCEPTION '%', judged USING ERRCODE = 'PL007', DETAIL = i - 1;
            END IF;
            verdicts[i] := judged;
        END IF;
        first := last + 1;
    END LOOP;
    IF first <> lines + 1 OR last <> lines THEN
        RAISE EXCEPTION 'the arrays of a batch do not fit one another' USING ERRCODE = 'PL006';
    END IF;

    INSERT INTO ledger_journalentry (id, reference, kind, posting_count, occurred_at, recorded_at,
                                     actor_id, request_id, metadata)
    SELECT e.id, e.reference, e.kind, e.size, e.occurred, now_, e.actor, e.request, e.metadata
    FROM unnest(entries, p_references, p_kinds, p_sizes, p_occurred_at, p_actors, p_requests,
                p_metadata) AS e(id, reference, kind, size, occurred, actor, request, metadata)
    WHERE e.id IS NOT NULL;
    INSERT INTO ledger_posting
        (entry_id, account_id, amount_minor, balance_after, sequence, position, type)
    SELECT l.owner, l.account, l.amount, l.after, l.sequence, l.position, l.type
    FROM unnest(owners, p_accounts, p_amounts, afters, sequences, positions, p_types)
        AS l(owner, account, amount, after, sequence, position, type)
    WHERE l.owner IS NOT NULL;
    UPDATE ledger_ledgeraccount a
    SET balance_minor = n.balance, sequence = n.counted, moved_at = now_
    FROM unnest(ids, balances, counts) AS n(id, balance, counted)
    WHERE a.id = n.id AND a.sequence <> n.counted;

    RETURN QUERY SELECT v.verdict, v.id, now_ FROM unnest(verdicts, entries) AS v(verdict, id);
END $$;

-- Reversals in parts, and entries that are kept within what their payer may send and their receiver
-- may hold.

-- Of an entry several reversals may stand: together they take from no account more than the entry
-- gave it, and give to none more than it took. The accounts are locked by now, so whoever reverses
-- a part of the same line has waited, and sees what was reversed before.
DROP INDEX entry_is_reversed_at_most_once;
CREATE INDEX reversals_of_an_entry ON ledger_journalentry (reverses_id)
    WHERE reverses_id IS NOT NULL;

CREATE OR REPLACE FUNCTION ledger_check_reversal(
    p_entry bigint, p_accounts bigint[], p_amounts bigint[]
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    reversed_before boolean;
    beyond boolean;
    backwards boolean;
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_journalentry e
               WHERE e.id = p_entry AND e.reverses_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a reversal is not reversed' USING ERRCODE = 'PL005';
    END IF;
    SELECT bool_or(sums.earlier <> 0),
           bool_or(sums.moved * (sums.moved + sums.earlier + sums.now_) < 0),
           bool_or(sums.moved * sums.now_ > 0 OR sums.moved = 0 AND sums.now_ <> 0)
    INTO reversed_before, beyond, backwards
    FROM (SELECT coalesce(sum(amount) FILTER (WHERE part = 'moved'), 0) AS moved,
                 coalesce(sum(amount) FILTER (WHERE part = 'earlier'), 0) AS earlier,
                 coalesce(sum(amount) FILTER (WHERE part = 'now'), 0) AS now_
          FROM (SELECT 'now' AS part, l.account, l.amount
                FROM unnest(p_accounts, p_amounts) AS l(account, amount)
                UNION ALL
                SELECT 'moved', p.account_id, p.amount_minor
                FROM ledger_posting p WHERE p.entry_id = p_entry
                UNION ALL
                SELECT 'earlier', p.account_id, p.amount_minor
                FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
                WHERE e.reverses_id = p_entry) lines
          GROUP BY account) sums;
    IF backwards IS NOT FALSE THEN
        RAISE EXCEPTION 'a reversal goes the other way, between the accounts of its entry'
            USING ERRCODE = 'PL009';
    ELSIF beyond AND reversed_before THEN
        RAISE EXCEPTION 'no more is left of the entry' USING ERRCODE = 'PL005';
    ELSIF beyond THEN
        RAISE EXCEPTION 'a reversal gives back no more than was moved' USING ERRCODE = 'PL009';
    END IF;
END $$;

DROP FUNCTION ledger_post_batch;

-- Up to a thousand entries in one call, with a verdict for each: every account is locked once,
-- in ascending id; the entries are judged in order in memory; three statements write them.
--
-- Lines of entry i are the next p_sizes[i] ones, in ascending account id. A verdict is
-- 'posted' or the code of a refusal. With p_atomic, one refusal undoes the batch.
--
-- What payers may still send: account p_payers[i] pays for entry i and uses p_uses[i] of what it
-- has left, among p_limited (ascending), in p_left and p_times; p_beyond[i] refuses the entry by
-- itself. What receivers may hold: p_capped (ascending) and p_ceilings. All of it may be NULL.
CREATE FUNCTION ledger_post_batch(
    p_references varchar[], p_kinds varchar[], p_occurred_at timestamptz[], p_metadata jsonb[],
    p_sizes int[], p_accounts bigint[], p_amounts bigint[], p_types varchar[],
    p_actors uuid[], p_requests varchar[], p_atomic boolean,
    p_payers bigint[] DEFAULT NULL, p_uses bigint[] DEFAULT NULL,
    p_beyond boolean[] DEFAULT NULL, p_limited bigint[] DEFAULT NULL,
    p_left bigint[] DEFAULT NULL, p_times bigint[] DEFAULT NULL,
    p_capped bigint[] DEFAULT NULL, p_ceilings bigint[] DEFAULT NULL
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
    entry bigint; judged varchar; payer int;
    remains bigint[] := p_left; times bigint[] := p_times; most bigint[];
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

    IF p_capped IS NOT NULL THEN
        SELECT array_agg(c.ceiling ORDER BY i.n) INTO most
        FROM unnest(ids) WITH ORDINALITY AS i(id, n)
        LEFT JOIN unnest(p_capped, p_ceilings) AS c(id, ceiling) ON c.id = i.id;
    END IF;

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

        payer := NULL;
        IF judged = 'posted' AND p_payers[i] IS NOT NULL THEN
            payer := width_bucket(p_payers[i], p_limited);
            IF p_beyond[i] OR times[payer] < 1 OR remains[payer] < p_uses[i] THEN
                judged := 'limit_exceeded';
            END IF;
        END IF;
        IF judged = 'posted' AND most IS NOT NULL THEN
            FOR j IN first .. last LOOP
                IF p_amounts[j] > 0 AND balances[places[j]] > most[places[j]] THEN
                    judged := 'over_ceiling';
                END IF;
            END LOOP;
        END IF;

        IF judged = 'posted' THEN
            IF payer IS NOT NULL THEN
                times[payer] := times[payer] - 1;
                remains[payer] := remains[payer] - p_uses[i];
            END IF;
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

-- Up to a thousand entries in one call, with a verdict for each: every account is locked once,
-- in ascending id; the entries are judged in order in memory; three statements write them.
--
-- Lines of entry i are the next p_sizes[i] ones, in ascending account id. A verdict is
-- 'posted' or the code of a refusal. With p_atomic, one refusal undoes the batch.
CREATE FUNCTION ledger_post_batch(
    p_references varchar[], p_kinds varchar[], p_occurred_at timestamptz[], p_metadata jsonb[],
    p_sizes int[], p_accounts bigint[], p_amounts bigint[], p_types varchar[],
    p_actor uuid, p_request varchar, p_atomic boolean
) RETURNS TABLE (verdict varchar, entry_id bigint, recorded timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    largest CONSTANT numeric := 9223372036854775807;
    total int := cardinality(p_references);
    lines int := cardinality(p_accounts);
    -- The accounts: what each holds now and would hold.
    ids bigint[]; held bigint[]; floors bigint[]; balances bigint[]; counts bigint[];
    currencies varchar[]; no_debits boolean[]; no_credits boolean[];
    -- The lines: where their account stands above, and what became of them.
    places int[]; afters bigint[]; sequences bigint[]; owners bigint[]; positions int[];
    -- The entries.
    known bigint[]; first_seen int[]; entries bigint[]; verdicts varchar[];
    first int := 1; last int; place int; amount bigint; judged varchar;
    now_ timestamptz;
BEGIN
    -- Subscripts judge and unnest writes: both must mean the same elements.
    IF (total = ALL (ARRAY[cardinality(p_kinds), cardinality(p_occurred_at),
                           cardinality(p_metadata), cardinality(p_sizes)])
        AND lines = ALL (ARRAY[cardinality(p_amounts), cardinality(p_types)])
        AND 1 = ALL (ARRAY[array_lower(p_references, 1), array_lower(p_sizes, 1),
                           array_lower(p_accounts, 1), array_lower(p_amounts, 1),
                           array_lower(p_types, 1), array_ndims(p_references),
                           array_ndims(p_sizes), array_ndims(p_accounts),
                           array_ndims(p_amounts), array_ndims(p_types)])
        AND 2 <= ALL (p_sizes)
        AND lines = (SELECT sum(s) FROM unnest(p_sizes) s)
        AND array_position(p_amounts, NULL) IS NULL) IS NOT TRUE THEN
        RAISE EXCEPTION 'the arrays of a batch do not fit one another' USING ERRCODE = 'PL006';
    END IF;

    SELECT array_agg(a.id), array_agg(a.held_minor), array_agg(a.floor_minor),
           array_agg(a.balance_minor), array_agg(a.sequence), array_agg(a.currency_id),
           array_agg(a.debits_blocked), array_agg(a.credits_blocked), max(a.moved_at)
    INTO ids, held, floors, balances, counts, currencies, no_debits, no_credits, now_
    FROM (SELECT * FROM ledger_ledgeraccount w WHERE w.id = ANY (p_accounts)
          ORDER BY w.id FOR NO KEY UPDATE) a;
    now_ := greatest(clock_timestamp(), now_);

    SELECT array_agg(i.place ORDER BY l.n) INTO places
    FROM unnest(p_accounts) WITH ORDINALITY l(account, n)
    LEFT JOIN unnest(ids) WITH ORDINALITY i(id, place) ON i.id = l.account;
    SELECT array_agg(e.id ORDER BY r.n), array_agg(r.earliest ORDER BY r.n)
    INTO known, first_seen
    FROM (SELECT q.reference, q.n, min(q.n) OVER (PARTITION BY q.reference) AS earliest
          FROM unnest(p_references) WITH ORDINALITY q(reference, n)) r
    LEFT JOIN ledger_journalentry e ON e.reference = r.reference;

    afters := array_fill(NULL::bigint, ARRAY[lines]);
    sequences := afters;
    owners := afters;
    positions := array_fill(NULL::int, ARRAY[lines]);
    entries := known;
    verdicts := array_fill('posted'::varchar, ARRAY[total]);

    FOR i IN 1 .. total LOOP
        last := first + p_sizes[i] - 1;
        judged := 'posted';
        IF known[i] IS NOT NULL THEN
            judged := 'reference_taken';
        ELSIF first_seen[i] < i THEN
            FOR j IN first_seen[i] .. i - 1 LOOP
                IF p_references[j] = p_references[i] AND verdicts[j] = 'posted' THEN
                    judged := 'reference_taken';
                END IF;
            END LOOP;
        END IF;

        FOR j IN first .. last LOOP
            EXIT WHEN judged <> 'posted';
            place := places[j];
            amount := p_amounts[j];
            IF place IS NULL THEN
                judged := 'unknown_account';
            ELSIF amount < 0 AND no_debits[place] OR amount > 0 AND no_credits[place] THEN
                judged := 'account_blocked';
            ELSIF balances[place]::numeric + amount NOT BETWEEN -largest AND largest THEN
                judged := 'amount_too_large';
            END IF;
        END LOOP;
        IF judged = 'posted' AND p_sizes[i] = 2 THEN
            IF p_amounts[first] <> -p_amounts[last]
                OR currencies[places[first]] <> currencies[places[last]] THEN
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
            entries[i] := nextval('ledger_journalentry_id_seq');
            FOR j IN first .. last LOOP
                place := places[j];
                balances[place] := balances[place] + p_amounts[j];
                counts[place] := counts[place] + 1;
                afters[j] := balances[place];
                sequences[j] := counts[place];
                positions[j] := j - first + 1;
                owners[j] := entries[i];
                IF balances[place] < floors[place] + held[place] THEN
                    judged := 'insufficient_funds';
                    FOR k IN first .. j LOOP
                        balances[places[k]] := balances[places[k]] - p_amounts[k];
                        counts[places[k]] := counts[places[k]] - 1;
                        owners[k] := NULL;
                    END LOOP;
                    entries[i] := NULL;
                    EXIT;
                END IF;
            END LOOP;
        END IF;
        IF judged <> 'posted' AND p_atomic THEN
            RAISE EXCEPTION '%', judged USING ERRCODE = 'PL007', DETAIL = i - 1;
        END IF;
        verdicts[i] := judged;
        first := last + 1;
    END LOOP;

    INSERT INTO ledger_journalentry (id, reference, kind, posting_count, occurred_at, recorded_at,
                                     actor_id, request_id, metadata)
    SELECT e.id, e.reference, e.kind, e.size, e.occurred, now_, p_actor, p_request, e.metadata
    FROM unnest(entries, verdicts, p_references, p_kinds, p_sizes, p_occurred_at, p_metadata)
        AS e(id, verdict, reference, kind, size, occurred, metadata)
    WHERE e.verdict = 'posted';
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

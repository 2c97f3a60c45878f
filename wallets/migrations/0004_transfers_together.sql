-- What one column alone can tell is said by its domain, which costs a transfer less than a CHECK.
CREATE DOMAIN wallets_transfer_amount AS bigint
    CONSTRAINT transfer_amount_is_positive CHECK (VALUE > 0);
CREATE DOMAIN wallets_transfer_fee AS bigint
    CONSTRAINT transfer_fee_is_not_negative CHECK (VALUE >= 0);
ALTER TABLE wallets_transfer
    DROP CONSTRAINT transfer_amount_is_positive,
    DROP CONSTRAINT transfer_fee_is_not_negative,
    ALTER COLUMN amount_minor TYPE wallets_transfer_amount,
    ALTER COLUMN fee_minor TYPE wallets_transfer_fee;

-- Many transfers in one call and one transaction, each with a verdict of its own and as if one
-- came after the other: 'posted', 'earlier' with the answer that was given under its key, or the
-- code of a refusal, after which nothing of that transfer is left. No key may come twice.
--
-- Keys are claimed in their order and accounts locked in theirs, so that calls never wait for
-- each other in a circle.
CREATE FUNCTION wallets_transfer_many(
    p_request_keys uuid[], p_fingerprints uuid[], p_answers bytea[],
    p_references varchar[], p_sources bigint[], p_destinations bigint[], p_amounts bigint[],
    p_currencies varchar[], p_descriptions varchar[], p_metadata jsonb[], p_at timestamptz[],
    p_senders uuid[], p_actors uuid[], p_requests varchar[]
) RETURNS TABLE (verdict varchar, fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    claimed uuid[];
    wanted int[] := '{}';
    accounts bigint[] := '{}';
    amounts bigint[] := '{}';
    types varchar[] := '{}';
    verdicts varchar[];
    entries bigint[];
    refused uuid[];
BEGIN
    WITH fresh AS (
        INSERT INTO accounts_keyedanswer (request_key, fingerprint, status, body)
        SELECT k.request_key, k.fingerprint, 201, k.answer
        FROM unnest(p_request_keys, p_fingerprints, p_answers) AS k(request_key, fingerprint, answer)
        WHERE k.request_key IS NOT NULL
        ORDER BY k.request_key
        ON CONFLICT (request_key) DO NOTHING
        RETURNING request_key)
    SELECT array_agg(f.request_key) INTO claimed FROM fresh f;

    FOR i IN 1 .. cardinality(p_references) LOOP
        CONTINUE WHEN p_request_keys[i] IS NOT NULL
            AND p_request_keys[i] <> ALL (coalesce(claimed, '{}'));
        wanted := wanted || i;
        IF p_sources[i] < p_destinations[i] THEN
            accounts := accounts || p_sources[i] || p_destinations[i];
            amounts := amounts || -p_amounts[i] || p_amounts[i];
            types := types || 'transfer_out'::varchar || 'transfer_in'::varchar;
        ELSE
            accounts := accounts || p_destinations[i] || p_sources[i];
            amounts := amounts || p_amounts[i] || -p_amounts[i];
            types := types || 'transfer_in'::varchar || 'transfer_out'::varchar;
        END IF;
    END LOOP;

    IF cardinality(wanted) > 0 THEN
        SELECT array_agg(b.verdict ORDER BY b.n), array_agg(b.entry_id ORDER BY b.n)
        INTO verdicts, entries
        FROM (SELECT array_agg(p_references[w] ORDER BY n) AS reference,
                     array_agg(p_at[w] ORDER BY n) AS at,
                     array_agg(p_actors[w] ORDER BY n) AS actor,
                     array_agg(p_requests[w] ORDER BY n) AS request
              FROM unnest(wanted) WITH ORDINALITY AS u(w, n)) a,
            ledger_post_batch(
                a.reference, array_fill('transfer'::varchar, ARRAY[cardinality(wanted)]), a.at,
                array_fill(NULL::jsonb, ARRAY[cardinality(wanted)]),
                array_fill(2, ARRAY[cardinality(wanted)]),
                accounts, amounts, types, a.actor, a.request, false)
            WITH ORDINALITY AS b(verdict, entry_id, recorded, n);

        INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                      currency, status, description, metadata)
        SELECT v.entry_id, p_sources[v.w], p_destinations[v.w], p_amounts[v.w], 0,
               p_currencies[v.w], 'completed', p_descriptions[v.w], p_metadata[v.w]
        FROM unnest(wanted, verdicts, entries) AS v(w, verdict, entry_id)
        WHERE v.verdict = 'posted';
        INSERT INTO events_event (type, subject, owner_id, actor_id, request_id, data)
        SELECT 'transfer.completed', p_references[v.w], p_senders[v.w], p_actors[v.w],
               p_requests[v.w], '{}'
        FROM unnest(wanted, verdicts) AS v(w, verdict)
        WHERE v.verdict = 'posted';
        SELECT array_agg(p_request_keys[v.w]) INTO refused
        FROM unnest(wanted, verdicts) AS v(w, verdict)
        WHERE v.verdict <> 'posted' AND p_request_keys[v.w] IS NOT NULL;
        IF refused IS NOT NULL THEN
            DELETE FROM accounts_keyedanswer k WHERE k.request_key = ANY (refused);
        END IF;
    END IF;

    IF cardinality(wanted) = cardinality(p_references) THEN
        RETURN QUERY SELECT v, NULL::uuid, NULL::smallint, NULL::bytea FROM unnest(verdicts) v;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT coalesce(v.verdict, 'earlier'), k.fingerprint, k.status, k.body
        FROM generate_series(1, cardinality(p_references)) i
        LEFT JOIN unnest(wanted, verdicts) AS v(w, verdict) ON v.w = i
        LEFT JOIN accounts_keyedanswer k ON v.w IS NULL AND k.request_key = p_request_keys[i]
        ORDER BY i;
END $$;

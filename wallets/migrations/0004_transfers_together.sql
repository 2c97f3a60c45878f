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

-- As before, but for the ledger's function being called as an expression: a query around it
-- cost a transfer a twentieth.
CREATE OR REPLACE FUNCTION wallets_transfer(
    p_request_key uuid, p_fingerprint uuid, p_answer bytea,
    p_reference varchar, p_source bigint, p_destination bigint, p_amount bigint,
    p_currency varchar, p_description varchar, p_metadata jsonb, p_at timestamptz,
    p_sender uuid, p_actor uuid, p_request varchar
) RETURNS TABLE (fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF p_request_key IS NOT NULL THEN
        INSERT INTO accounts_keyedanswer (request_key, fingerprint, status, body)
        VALUES (p_request_key, p_fingerprint, 201, p_answer)
        ON CONFLICT (request_key) DO NOTHING;
        IF NOT FOUND THEN
            RETURN QUERY SELECT a.fingerprint, a.status, a.body FROM accounts_keyedanswer a
                         WHERE a.request_key = p_request_key;
            RETURN;
        END IF;
    END IF;

    IF p_source < p_destination THEN
        made := (ledger_post_pair(
            p_reference, 'transfer', p_source, p_destination, -p_amount,
            'transfer_out', 'transfer_in', p_at, p_actor, p_request, NULL)).entry_id;
    ELSE
        made := (ledger_post_pair(
            p_reference, 'transfer', p_destination, p_source, p_amount,
            'transfer_in', 'transfer_out', p_at, p_actor, p_request, NULL)).entry_id;
    END IF;
    INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                  currency, status, description, metadata)
    VALUES (made, p_source, p_destination, p_amount, 0,
            p_currency, 'completed', p_description, p_metadata);
    INSERT INTO events_event
        (type, subject, owner_id, actor_id, request_id, data)
    VALUES ('transfer.completed', p_reference, p_sender, p_actor, p_request, '{}');
END $$;

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
LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    total CONSTANT int := cardinality(p_references);
    claimed uuid[];
    -- Those that are to be posted: all, or where keys were used before, the rest.
    wanted int[] := '{}';
    names varchar[] := p_references; at timestamptz[] := p_at;
    actors uuid[] := p_actors; requests varchar[] := p_requests;
    accounts bigint[] := '{}'; amounts bigint[] := '{}'; types varchar[] := '{}';
    verdicts varchar[]; entries bigint[]; some_verdicts varchar[]; some_entries bigint[];
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

    FOR i IN 1 .. total LOOP
        CONTINUE WHEN p_request_keys[i] IS NOT NULL
            AND (p_request_keys[i] = ANY (claimed)) IS NOT TRUE;
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

    IF cardinality(wanted) < total THEN
        SELECT array_agg(p_references[w] ORDER BY n), array_agg(p_at[w] ORDER BY n),
               array_agg(p_actors[w] ORDER BY n), array_agg(p_requests[w] ORDER BY n)
        INTO names, at, actors, requests
        FROM unnest(wanted) WITH ORDINALITY AS u(w, n);
    END IF;
    IF cardinality(wanted) > 0 THEN
        SELECT array_agg(b.verdict), array_agg(b.entry_id) INTO verdicts, entries
        FROM ledger_post_batch(
            names, array_fill('transfer'::varchar, ARRAY[cardinality(wanted)]), at,
            array_fill(NULL::jsonb, ARRAY[cardinality(wanted)]),
            array_fill(2, ARRAY[cardinality(wanted)]),
            accounts, amounts, types, actors, requests, false) b;
    END IF;
    IF cardinality(wanted) < total THEN
        some_verdicts := verdicts;
        some_entries := entries;
        verdicts := array_fill('earlier'::varchar, ARRAY[total]);
        entries := array_fill(NULL::bigint, ARRAY[total]);
        FOR n IN 1 .. cardinality(wanted) LOOP
            verdicts[wanted[n]] := some_verdicts[n];
            entries[wanted[n]] := some_entries[n];
        END LOOP;
    END IF;

    INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                  currency, status, description, metadata)
    SELECT t.entry_id, t.source, t.destination, t.amount, 0, t.currency, 'completed',
           t.description, t.metadata
    FROM unnest(entries, p_sources, p_destinations, p_amounts, p_currencies, p_descriptions,
                p_metadata)
        AS t(entry_id, source, destination, amount, currency, description, metadata)
    WHERE t.entry_id IS NOT NULL;
    INSERT INTO events_event (type, subject, owner_id, actor_id, request_id, data)
    SELECT 'transfer.completed', t.reference, t.sender, t.actor, t.request, '{}'
    FROM unnest(entries, p_references, p_senders, p_actors, p_requests)
        AS t(entry_id, reference, sender, actor, request)
    WHERE t.entry_id IS NOT NULL;

    IF verdicts = array_fill('posted'::varchar, ARRAY[total]) THEN
        RETURN QUERY SELECT v, NULL::uuid, NULL::smallint, NULL::bytea FROM unnest(verdicts) v;
        RETURN;
    END IF;
    SELECT array_agg(v.request_key) INTO refused
    FROM unnest(p_request_keys, verdicts) AS v(request_key, verdict)
    WHERE v.request_key IS NOT NULL AND v.verdict NOT IN ('posted', 'earlier');
    DELETE FROM accounts_keyedanswer k WHERE k.request_key = ANY (refused);
    RETURN QUERY
        SELECT v.verdict, k.fingerprint, k.status, k.body
        FROM unnest(p_request_keys, verdicts) WITH ORDINALITY AS v(request_key, verdict, n)
        LEFT JOIN accounts_keyedanswer k
            ON v.verdict = 'earlier' AND k.request_key = v.request_key
        ORDER BY v.n;
END $$;

-- Transfers that pay fees and keep to limits. What they cost and may come to is worked out by who
-- calls, from rules that hold at that instant; it is charged, counted and judged here, under locks.
DROP FUNCTION wallets_transfer;
DROP FUNCTION wallets_transfer_many;

-- Whether a wallet, locked by now, holds more than its owner's tier may: p_ceilings by tier.
CREATE FUNCTION wallets_is_over(p_wallet bigint, p_ceilings bigint[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN coalesce((SELECT a.balance_minor > p_ceilings[u.kyc_tier + 1]
                     FROM ledger_ledgeraccount a
                     JOIN wallets_wallet w ON w.account_id = a.id
                     JOIN accounts_user u ON u.id = w.owner_id
                     WHERE a.id = p_wallet), false);
END $$;

-- The lines of a transfer in ascending account id: what is sent, and what it costs beside it.
CREATE FUNCTION wallets_transfer_lines(
    p_source bigint, p_destination bigint, p_amount bigint, p_fee bigint, p_fee_account bigint,
    OUT accounts bigint[], OUT amounts bigint[], OUT types varchar[]
) LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT array_agg(l.account ORDER BY l.account, l.place),
           array_agg(l.amount ORDER BY l.account, l.place),
           array_agg(l.type ORDER BY l.account, l.place)
    FROM (VALUES (p_source, -p_amount, 'transfer_out'::varchar, 1), (p_source, -p_fee, 'fee', 2),
                 (p_destination, p_amount, 'transfer_in', 3), (p_fee_account, p_fee, 'fee', 4))
        AS l(account, amount, type, place)
$$;

-- A transfer between two wallets, whole, in one call: the answer kept under its key, the use of
-- the payer's limits, the journal entry with the fee, the business row and the event. It is its
-- own transaction. p_limits is NULL for who has none, p_ceilings where nobody has.
--
-- No row comes back for work done now; for a key that was used before, the answer of then.
CREATE FUNCTION wallets_transfer(
    p_request_key uuid, p_fingerprint uuid, p_answer bytea,
    p_reference varchar, p_source bigint, p_destination bigint, p_amount bigint,
    p_currency varchar, p_description varchar, p_metadata jsonb, p_at timestamptz,
    p_sender uuid, p_actor uuid, p_request varchar,
    p_fee bigint, p_fee_account bigint, p_limits bigint[], p_ceilings bigint[]
) RETURNS TABLE (fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    within boolean := true;
    lines record;
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

    -- Counted first, since many transfers in one call count before they lock accounts.
    IF p_limits IS NOT NULL THEN
        within := wallets_use(p_source, 'transfer', p_amount, (p_at AT TIME ZONE 'UTC')::date,
                              p_limits);
    END IF;
    IF p_fee > 0 THEN
        lines := wallets_transfer_lines(p_source, p_destination, p_amount, p_fee, p_fee_account);
        made := (ledger_post(p_reference, 'transfer', lines.accounts, lines.amounts, lines.types,
                             p_at, p_actor, p_request, NULL, NULL)).entry_id;
    ELSIF p_source < p_destination THEN
        made := (ledger_post_pair(
            p_reference, 'transfer', p_source, p_destination, -p_amount,
            'transfer_out', 'transfer_in', p_at, p_actor, p_request, NULL)).entry_id;
    ELSE
        made := (ledger_post_pair(
            p_reference, 'transfer', p_destination, p_source, p_amount,
            'transfer_in', 'transfer_out', p_at, p_actor, p_request, NULL)).entry_id;
    END IF;
    IF NOT within THEN
        RAISE EXCEPTION 'limit exceeded' USING ERRCODE = 'PL010';
    ELSIF p_ceilings IS NOT NULL AND wallets_is_over(p_destination, p_ceilings) THEN
        RAISE EXCEPTION 'over ceiling' USING ERRCODE = 'PL011';
    END IF;
    INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                  currency, status, description, metadata)
    VALUES (made, p_source, p_destination, p_amount, p_fee,
            p_currency, 'completed', p_description, p_metadata);
    INSERT INTO events_event
        (type, subject, owner_id, actor_id, request_id, data)
    VALUES ('transfer.completed', p_reference, p_sender, p_actor, p_request, '{}');
END $$;

-- Many transfers in one call and one transaction, each with a verdict of its own and as if one
-- came after the other: 'posted', 'earlier' with the answer that was given under its key, or the
-- code of a refusal, after which nothing of that transfer is left. No key may come twice.
-- Of limits there are five a transfer, and of ceilings four: one for each tier; or NULL for all.
--
-- Keys are claimed, uses counted and accounts locked each in their order, so that calls never
-- wait for each other in a circle.
CREATE FUNCTION wallets_transfer_many(
    p_request_keys uuid[], p_fingerprints uuid[], p_answers bytea[],
    p_references varchar[], p_sources bigint[], p_destinations bigint[], p_amounts bigint[],
    p_currencies varchar[], p_descriptions varchar[], p_metadata jsonb[], p_at timestamptz[],
    p_senders uuid[], p_actors uuid[], p_requests varchar[],
    p_fees bigint[], p_fee_accounts bigint[], p_limits bigint[], p_ceilings bigint[]
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
    sizes int[] := '{}';
    accounts bigint[] := '{}'; amounts bigint[] := '{}'; types varchar[] := '{}';
    verdicts varchar[]; entries bigint[]; some_verdicts varchar[]; some_entries bigint[];
    refused uuid[];
    lines record;
    payers bigint[]; uses bigint[]; beyond boolean[];
    limited bigint[]; remains bigint[]; times bigint[];
    capped bigint[]; ceilings bigint[];
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
        IF p_fees[i] > 0 THEN
            lines := wallets_transfer_lines(
                p_sources[i], p_destinations[i], p_amounts[i], p_fees[i], p_fee_accounts[i]);
            accounts := accounts || lines.accounts;
            amounts := amounts || lines.amounts;
            types := types || lines.types;
            sizes := sizes || 4;
            CONTINUE;
        END IF;
        sizes := sizes || 2;
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
    IF p_limits IS NOT NULL AND cardinality(wanted) > 0 THEN
        SELECT array_agg(CASE WHEN l.limited THEN l.source END ORDER BY l.n),
               array_agg(l.amount ORDER BY l.n), array_agg(l.amount > l.each ORDER BY l.n)
        INTO payers, uses, beyond
        FROM (SELECT u.n, p_sources[u.w] AS source, p_amounts[u.w] AS amount,
                     p_limits[5 * u.w - 4] AS each,
                     num_nonnulls(VARIADIC p_limits[5 * u.w - 4 : 5 * u.w]) > 0 AS limited
              FROM unnest(wanted) WITH ORDINALITY AS u(w, n)) l;
        SELECT b.wallets, b.remains, b.times INTO limited, remains, times
        FROM wallets_uses_left(p_limits, p_sources, p_at, wanted) b;
    END IF;
    IF p_ceilings IS NOT NULL AND cardinality(wanted) > 0 THEN
        SELECT array_agg(c.wallet ORDER BY c.wallet), array_agg(c.ceiling ORDER BY c.wallet)
        INTO capped, ceilings
        FROM (SELECT w.account_id AS wallet, min(p_ceilings[4 * i - 3 + u.kyc_tier]) AS ceiling
              FROM unnest(wanted) i JOIN wallets_wallet w ON w.account_id = p_destinations[i]
              JOIN accounts_user u ON u.id = w.owner_id
              GROUP BY w.account_id) c;
    END IF;
    IF cardinality(wanted) > 0 THEN
        SELECT array_agg(b.verdict), array_agg(b.entry_id) INTO verdicts, entries
        FROM ledger_post_batch(
            names, array_fill('transfer'::varchar, ARRAY[cardinality(wanted)]), at,
            array_fill(NULL::jsonb, ARRAY[cardinality(wanted)]), sizes,
            accounts, amounts, types, actors, requests, false,
            payers, uses, beyond, limited, remains, times, capped, ceilings) b;
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

    IF limited IS NOT NULL THEN
        PERFORM wallets_use(p_sources[i], 'transfer', p_amounts[i],
                            (p_at[i] AT TIME ZONE 'UTC')::date, NULL)
        FROM unnest(wanted) i
        WHERE entries[i] IS NOT NULL
            AND num_nonnulls(VARIADIC p_limits[5 * i - 4 : 5 * i]) > 0;
    END IF;
    INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                  currency, status, description, metadata)
    SELECT t.entry_id, t.source, t.destination, t.amount, t.fee, t.currency, 'completed',
           t.description, t.metadata
    FROM unnest(entries, p_sources, p_destinations, p_amounts, p_fees, p_currencies,
                p_descriptions, p_metadata)
        AS t(entry_id, source, destination, amount, fee, currency, description, metadata)
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

-- What each limited payer of a call may still send, with the rows that count it locked: how many
-- minor units, and how many times. For transfers p_wanted of wallets_transfer_many's arguments.
CREATE FUNCTION wallets_uses_left(
    p_limits bigint[], p_sources bigint[], p_at timestamptz[], p_wanted int[],
    OUT wallets bigint[], OUT remains bigint[], OUT times bigint[]
) LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    largest CONSTANT bigint := 9223372036854775807;
BEGIN
    -- The row is made where there is none; made or found, it is locked next.
    INSERT INTO wallets_usage (wallet_id, operation, day, month, day_count, day_minor,
                               month_count, month_minor)
    SELECT DISTINCT p_sources[i], 'transfer', '2000-01-01'::date, '2000-01-01'::date, 0, 0, 0, 0
    FROM unnest(p_wanted) i
    WHERE num_nonnulls(VARIADIC p_limits[5 * i - 4 : 5 * i]) > 0
    ORDER BY p_sources[i]
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM wallets_usage u
    WHERE u.operation = 'transfer' AND u.wallet_id IN (
        SELECT p_sources[i] FROM unnest(p_wanted) i
        WHERE num_nonnulls(VARIADIC p_limits[5 * i - 4 : 5 * i]) > 0)
    ORDER BY u.wallet_id FOR NO KEY UPDATE;

    SELECT array_agg(l.wallet ORDER BY l.wallet), array_agg(l.remains ORDER BY l.wallet),
           array_agg(l.times ORDER BY l.wallet)
    INTO wallets, remains, times
    FROM (
        SELECT o.wallet,
               coalesce(min(least(o.day_sum - CASE WHEN u.day >= o.day THEN u.day_minor ELSE 0 END,
                                  o.month_sum - CASE WHEN u.month >= o.month
                                                THEN u.month_minor ELSE 0 END)), largest) AS remains,
               coalesce(min(least(o.days - CASE WHEN u.day >= o.day THEN u.day_count ELSE 0 END,
                                  o.months - CASE WHEN u.month >= o.month
                                             THEN u.month_count ELSE 0 END)), largest) AS times
        FROM (SELECT p_sources[i] AS wallet, (p_at[i] AT TIME ZONE 'UTC')::date AS day,
                     date_trunc('month', p_at[i] AT TIME ZONE 'UTC')::date AS month,
                     p_limits[5 * i - 3] AS days, p_limits[5 * i - 2] AS day_sum,
                     p_limits[5 * i - 1] AS months, p_limits[5 * i] AS month_sum
              FROM unnest(p_wanted) i
              WHERE num_nonnulls(VARIADIC p_limits[5 * i - 4 : 5 * i]) > 0) o
        JOIN wallets_usage u ON u.wallet_id = o.wallet AND u.operation = 'transfer'
        GROUP BY o.wallet) l;
END $$;

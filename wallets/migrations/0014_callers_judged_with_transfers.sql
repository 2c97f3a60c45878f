-- A transfer whose caller was only remembered: whether they still are who they were is judged in
-- the same call and the same moment as what they ask for.

-- As wallets_transfer; a row of nulls says that the caller no longer stands, and nothing was done.
CREATE FUNCTION wallets_transfer_of(
    p_family uuid, p_person uuid, p_version integer, p_stamp bigint,
    p_request_key uuid, p_fingerprint uuid, p_answer bytea,
    p_reference varchar, p_source bigint, p_destination bigint, p_amount bigint,
    p_currency varchar, p_description varchar, p_metadata jsonb, p_at timestamptz,
    p_sender uuid, p_actor uuid, p_request varchar,
    p_fee bigint, p_fee_account bigint, p_limits bigint[], p_ceilings bigint[]
) RETURNS TABLE (fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF accounts_callers_stand(ARRAY[p_family], ARRAY[p_person], ARRAY[p_version], ARRAY[p_stamp])
    THEN
        RETURN QUERY SELECT t.* FROM wallets_transfer(
            p_request_key, p_fingerprint, p_answer, p_reference, p_source, p_destination, p_amount,
            p_currency, p_description, p_metadata, p_at, p_sender, p_actor, p_request,
            p_fee, p_fee_account, p_limits, p_ceilings) t;
    ELSE
        RETURN QUERY SELECT NULL::uuid, NULL::smallint, NULL::bytea;
    END IF;
END $$;

-- As wallets_transfer_many; no row at all says that one of the callers no longer stands, and
-- nothing was done. A caller without a family was looked up.
CREATE FUNCTION wallets_transfer_many_of(
    p_families uuid[], p_people uuid[], p_versions integer[], p_stamps bigint[],
    p_request_keys uuid[], p_fingerprints uuid[], p_answers bytea[],
    p_references varchar[], p_sources bigint[], p_destinations bigint[], p_amounts bigint[],
    p_currencies varchar[], p_descriptions varchar[], p_metadata jsonb[], p_at timestamptz[],
    p_senders uuid[], p_actors uuid[], p_requests varchar[],
    p_fees bigint[], p_fee_accounts bigint[], p_limits bigint[], p_ceilings bigint[]
) RETURNS TABLE (verdict varchar, fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF accounts_callers_stand(p_families, p_people, p_versions, p_stamps) THEN
        RETURN QUERY SELECT t.* FROM wallets_transfer_many(
            p_request_keys, p_fingerprints, p_answers, p_references, p_sources, p_destinations,
            p_amounts, p_currencies, p_descriptions, p_metadata, p_at, p_senders, p_actors,
            p_requests, p_fees, p_fee_accounts, p_limits, p_ceilings) t;
    END IF;
END $$;

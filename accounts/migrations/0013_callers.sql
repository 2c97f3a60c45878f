-- Who a verified access token speaks for; a row of nulls when it has been ended.
-- A function, because PL/pgSQL keeps its plan for the connection and every request asks this:
-- planning the join anew costs more than running it.
CREATE FUNCTION accounts_caller_of_token(
    token_family uuid, token_person uuid, token_version integer,
    OUT email text, OUT role text, OUT weight smallint, OUT kyc_tier smallint,
    OUT authenticated_at timestamptz, OUT second_factor_at timestamptz, OUT has_pin boolean
) STABLE LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    SELECT person.email, grade.name, grade.weight, person.kyc_tier, family.authenticated_at,
        family.second_factor_at, pin.owner_id IS NOT NULL
    INTO email, role, weight, kyc_tier, authenticated_at, second_factor_at, has_pin
    FROM accounts_tokenfamily family
    JOIN accounts_user person ON person.id = family.user_id
    JOIN accounts_role grade ON grade.id = person.role_id
    LEFT JOIN accounts_transactionpin pin ON pin.owner_id = person.id
    WHERE family.id = $1 AND family.revoked_at IS NULL
        AND person.id = $2 AND person.is_active AND person.token_version = $3;
END $$;

-- Who the API key of one of these digests speaks for when it is used from `address`; a row of
-- nulls when none works. Notes the use, once a minute at most: whoever comes while another
-- notes it does not wait.
CREATE FUNCTION accounts_caller_of_key(
    digests bytea[], address inet,
    OUT key_id uuid, OUT person_id uuid, OUT email text, OUT role text, OUT weight smallint,
    OUT kyc_tier smallint, OUT permissions text[]
) VOLATILE LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    unnoted boolean;
BEGIN
    SELECT key.id, person.id, person.email, grade.name, grade.weight, person.kyc_tier,
        key.permissions, coalesce(key.last_used_at < now() - interval '1 minute', true)
    INTO key_id, person_id, email, role, weight, kyc_tier, permissions, unnoted
    FROM accounts_apikey key
    JOIN accounts_user person ON person.id = key.owner_id
    JOIN accounts_role grade ON grade.id = person.role_id
    WHERE key.digest = ANY ($1) AND key.place IS NOT NULL AND key.expires_at > now()
        AND person.is_active
        AND (cardinality(key.allowed_ips) = 0 OR $2 <<= ANY (key.allowed_ips::inet[]));
    IF unnoted THEN
        UPDATE accounts_apikey SET last_used_at = now() WHERE id = (
            SELECT id FROM accounts_apikey WHERE id = key_id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
END $$;

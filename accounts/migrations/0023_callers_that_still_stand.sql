-- Who a verified access token speaks for, as accounts_caller_of_token says it, and a stamp of all
-- that: it changes with any of it.
CREATE FUNCTION accounts_caller(
    token_family uuid, token_person uuid, token_version integer,
    OUT email text, OUT role text, OUT weight smallint, OUT kyc_tier smallint,
    OUT authenticated_at timestamptz, OUT second_factor_at timestamptz, OUT has_pin boolean,
    OUT stamp bigint
) STABLE LANGUAGE plpgsql AS $$
BEGIN
    SELECT a.* INTO email, role, weight, kyc_tier, authenticated_at, second_factor_at, has_pin
    FROM accounts_caller_of_token(token_family, token_person, token_version) a;
    stamp := hash_record_extended(
        ROW(email, role, weight, kyc_tier, authenticated_at, second_factor_at, has_pin), 0);
END $$;

-- Whether all of these tokens are alive and speak for what their stamps say. A caller without a
-- family was looked at otherwise.
CREATE FUNCTION accounts_callers_stand(
    families uuid[], people uuid[], versions integer[], stamps bigint[]
) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM unnest(families, people, versions, stamps) AS c(family, person, version, stamp)
        WHERE c.family IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_tokenfamily family
            JOIN accounts_user person ON person.id = family.user_id
            JOIN accounts_role grade ON grade.id = person.role_id
            LEFT JOIN accounts_transactionpin pin ON pin.owner_id = person.id
            WHERE family.id = c.family AND family.revoked_at IS NULL
                AND person.id = c.person AND person.is_active AND person.token_version = c.version
                AND hash_record_extended(
                    ROW(person.email::text, grade.name::text, grade.weight, person.kyc_tier,
                        family.authenticated_at, family.second_factor_at,
                        pin.owner_id IS NOT NULL), 0) = c.stamp));
END $$;

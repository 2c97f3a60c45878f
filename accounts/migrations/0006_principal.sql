-- Who a verified access token speaks for; a row of nulls when it has been ended.
-- A function, because PL/pgSQL keeps its plan for the connection and every request asks this:
-- planning the join anew costs more than running it.
CREATE FUNCTION accounts_principal(
    token_family uuid, token_person uuid, token_version integer,
    OUT email text, OUT role text, OUT weight smallint, OUT kyc_tier smallint,
    OUT authenticated_at timestamptz
) STABLE LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    SELECT person.email, grade.name, grade.weight, person.kyc_tier, family.authenticated_at
    INTO email, role, weight, kyc_tier, authenticated_at
    FROM accounts_tokenfamily family
    JOIN accounts_user person ON person.id = family.user_id
    JOIN accounts_role grade ON grade.id = person.role_id
    WHERE family.id = $1 AND family.revoked_at IS NULL
        AND person.id = $2 AND person.is_active AND person.token_version = $3;
END $$;

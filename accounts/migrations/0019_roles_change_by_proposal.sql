-- Nobody's role changes but by a proposal that another person approved. The functions run with
-- their owner's rights: the application's login may neither mark a proposal as applied nor
-- touch one that was decided.

CREATE FUNCTION accounts_guard_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE accounts_roleproposal SET applied_at = clock_timestamp()
     WHERE person_id = NEW.id AND from_role_id = OLD.role_id AND to_role_id = NEW.role_id
       AND status = 'approved' AND applied_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role_changes_by_an_approved_proposal'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'role_changes_by_an_approved_proposal';
    END IF;
    -- Whatever was handed out to the old role is dead.
    IF NEW.token_version = OLD.token_version THEN
        NEW.token_version := OLD.token_version + 1;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER role_changes_by_an_approved_proposal
    BEFORE UPDATE OF role_id ON accounts_user
    FOR EACH ROW WHEN (OLD.role_id IS DISTINCT FROM NEW.role_id)
    EXECUTE FUNCTION accounts_guard_role();

CREATE FUNCTION accounts_guard_role_proposal() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' OR NEW.applied_at IS NOT NULL THEN
            RAISE EXCEPTION 'role_proposal_begins_undecided'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.person_id, NEW.from_role_id, NEW.to_role_id, NEW.proposed_by_id,
        NEW.proposed_at, NEW.expires_at, NEW.reason)
       IS DISTINCT FROM
       (OLD.id, OLD.person_id, OLD.from_role_id, OLD.to_role_id, OLD.proposed_by_id,
        OLD.proposed_at, OLD.expires_at, OLD.reason)
       OR (OLD.status <> 'proposed' AND (NEW.status, NEW.decided_by_id, NEW.decided_at)
           IS DISTINCT FROM (OLD.status, OLD.decided_by_id, OLD.decided_at))
       OR OLD.applied_at IS NOT NULL
       OR (NEW.status = 'approved' AND OLD.status = 'proposed' AND NEW.decided_at >= OLD.expires_at)
    THEN
        RAISE EXCEPTION 'role_proposal_is_decided_once_and_in_time'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER role_proposal_is_decided_once
    BEFORE INSERT OR UPDATE ON accounts_roleproposal
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_role_proposal();

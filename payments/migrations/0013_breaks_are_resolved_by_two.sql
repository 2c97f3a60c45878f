-- What was compared stays; a correction counts as often as two people agreed on it.
CREATE FUNCTION payments_refuse_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'reconciliation_run_never_changes'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER reconciliation_run_never_changes BEFORE UPDATE OR DELETE
    ON payments_reconciliationrun FOR EACH ROW EXECUTE FUNCTION payments_refuse_run();

CREATE FUNCTION payments_guard_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.provider, OLD.currency, OLD.key, OLD.day)
       IS DISTINCT FROM (NEW.id, NEW.provider, NEW.currency, NEW.key, NEW.day) THEN
        RAISE EXCEPTION 'what_a_line_is_about_never_changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.adjusted_minor <> (
        SELECT coalesce(sum(p.amount_minor), 0) FROM payments_reconciliationproposal p
        WHERE p.line_id = NEW.id AND p.status = 'approved') THEN
        RAISE EXCEPTION 'adjustments_of_a_line_are_what_was_approved'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reconciliation_line_says_what_was_approved BEFORE INSERT OR UPDATE
    ON payments_reconciliationline FOR EACH ROW EXECUTE FUNCTION payments_guard_line();

CREATE FUNCTION payments_guard_proposal() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' THEN
            RAISE EXCEPTION 'break_proposal_begins_undecided'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.status <> 'proposed'
       OR (OLD.id, OLD.line_id, OLD.reference, OLD.amount_minor, OLD.against, OLD.note,
           OLD.proposed_by_id, OLD.proposed_at)
          IS DISTINCT FROM
          (NEW.id, NEW.line_id, NEW.reference, NEW.amount_minor, NEW.against, NEW.note,
           NEW.proposed_by_id, NEW.proposed_at) THEN
        RAISE EXCEPTION 'break_proposal_is_decided_once_as_it_was_made'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER break_proposal_is_decided_once BEFORE INSERT OR UPDATE OR DELETE
    ON payments_reconciliationproposal FOR EACH ROW EXECUTE FUNCTION payments_guard_proposal();

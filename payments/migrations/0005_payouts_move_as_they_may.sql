-- The terms of a payout are final, its status moves one way, and nothing is sent or settled by
-- people without as many of them as it needs.
CREATE FUNCTION payments_guard_payout() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wanted text;
BEGIN
    IF (OLD.id, OLD.reference, OLD.wallet_id, OLD.owner_id, OLD.beneficiary_id, OLD.hold_id,
        OLD.amount_minor, OLD.fee_minor, OLD.currency, OLD.provider, OLD.provider_reference,
        OLD.description, OLD.approvals_needed, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.reference, NEW.wallet_id, NEW.owner_id, NEW.beneficiary_id, NEW.hold_id,
        NEW.amount_minor, NEW.fee_minor, NEW.currency, NEW.provider, NEW.provider_reference,
        NEW.description, NEW.approvals_needed, NEW.created_at) THEN
        RAISE EXCEPTION 'payout_terms_are_final'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
        ('pending', 'processing'), ('pending', 'failed'), ('pending', 'cancelled'),
        ('processing', 'completed'), ('processing', 'failed'), ('processing', 'cancelled'),
        ('completed', 'reversed')) THEN
        RAISE EXCEPTION 'payout_status_moves_one_way'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'pending' AND NEW.status = 'processing' AND NEW.approvals_needed > (
        SELECT count(DISTINCT v.voter_id) FROM payments_payoutvote v
        WHERE v.payout_id = NEW.id AND v.verdict = 'approve') THEN
        RAISE EXCEPTION 'payout_is_sent_after_all_its_approvals'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.settled_by = 'people' AND OLD.settled_by <> 'people' THEN
        wanted := CASE NEW.status WHEN 'completed' THEN 'paid' ELSE 'unpaid' END;
        IF 2 > (SELECT count(DISTINCT v.voter_id) FROM payments_payoutvote v
                WHERE v.payout_id = NEW.id AND v.verdict = wanted) THEN
            RAISE EXCEPTION 'payout_is_settled_by_two_people_or_none'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payout_moves_as_it_may BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_guard_payout();

CREATE FUNCTION payments_guard_vote() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'vote_on_a_payout_never_changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM payments_payout p
               WHERE p.id = NEW.payout_id AND p.owner_id = NEW.voter_id) THEN
        RAISE EXCEPTION 'payout_is_not_voted_on_by_its_owner'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vote_on_a_payout_is_anothers BEFORE INSERT OR UPDATE OR DELETE
    ON payments_payoutvote FOR EACH ROW EXECUTE FUNCTION payments_guard_vote();

CREATE FUNCTION payments_guard_beneficiary() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'where_a_beneficiary_is_never_changes'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER where_a_beneficiary_is_never_changes BEFORE UPDATE ON payments_beneficiary
    FOR EACH ROW
    WHEN ((OLD.id, OLD.owner_id, OLD.provider, OLD.currency, OLD.bank_code, OLD.number_sealed,
           OLD.name_sealed, OLD.created_at)
          IS DISTINCT FROM
          (NEW.id, NEW.owner_id, NEW.provider, NEW.currency, NEW.bank_code, NEW.number_sealed,
           NEW.name_sealed, NEW.created_at)
          OR (OLD.provider_code <> '' AND NEW.provider_code <> OLD.provider_code)
          OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at))
    EXECUTE FUNCTION payments_guard_beneficiary();

-- What an event is about is part of what arrived.
DROP TRIGGER what_arrived_never_changes ON payments_webhookdelivery;
CREATE TRIGGER what_arrived_never_changes BEFORE UPDATE
    ON payments_webhookdelivery FOR EACH ROW
    WHEN ((OLD.id, OLD.provider, OLD.dedupe_key, OLD.kind, OLD.subject, OLD.payment_reference,
           OLD.body, OLD.headers, OLD.received_at)
          IS DISTINCT FROM
          (NEW.id, NEW.provider, NEW.dedupe_key, NEW.kind, NEW.subject, NEW.payment_reference,
           NEW.body, NEW.headers, NEW.received_at))
    EXECUTE FUNCTION payments_refuse_rewriting();

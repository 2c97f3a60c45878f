-- Evidence is kept as it arrived, terms as they were signed, and what is final stays so.
CREATE FUNCTION offline_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are evidence: this % is not allowed', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '42501';
END $$;

CREATE TRIGGER vouchers_are_never_deleted BEFORE DELETE OR TRUNCATE
    ON offline_voucher FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();
CREATE TRIGGER voucher_evidence_never_changes BEFORE UPDATE
    ON offline_voucher FOR EACH ROW
    WHEN (OLD.status IN ('settled', 'rejected', 'voided', 'written_off')
          OR (OLD.id, OLD.vid, OLD.transaction_id, OLD.certificate_id, OLD.payer_id, OLD.payee_id,
              OLD.payee_did, OLD.counter, OLD.amount_minor, OLD.cumulative_minor, OLD.currency,
              OLD.made_at, OLD.text, OLD.received_at)
          IS DISTINCT FROM
             (NEW.id, NEW.vid, NEW.transaction_id, NEW.certificate_id, NEW.payer_id, NEW.payee_id,
              NEW.payee_did, NEW.counter, NEW.amount_minor, NEW.cumulative_minor, NEW.currency,
              NEW.made_at, NEW.text, NEW.received_at))
    EXECUTE FUNCTION offline_refuse_change();

CREATE TRIGGER certificates_are_never_deleted BEFORE DELETE OR TRUNCATE
    ON offline_certificate FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();
CREATE TRIGGER certificate_terms_never_change BEFORE UPDATE
    ON offline_certificate FOR EACH ROW
    WHEN (OLD.status = 'reclaimed' AND
             (OLD.status, OLD.returned_minor) IS DISTINCT FROM (NEW.status, NEW.returned_minor)
          OR NEW.settled_minor < OLD.settled_minor OR NEW.returned_minor < OLD.returned_minor
          OR (OLD.jti, OLD.device_id, OLD.wallet_id, OLD.account_id, OLD.currency,
              OLD.authorised_minor, OLD.voucher_minor, OLD.count, OLD.not_before, OLD.expires_at,
              OLD.submit_until, OLD.issued_at, OLD.vid, OLD.text)
          IS DISTINCT FROM
             (NEW.jti, NEW.device_id, NEW.wallet_id, NEW.account_id, NEW.currency,
              NEW.authorised_minor, NEW.voucher_minor, NEW.count, NEW.not_before, NEW.expires_at,
              NEW.submit_until, NEW.issued_at, NEW.vid, NEW.text))
    EXECUTE FUNCTION offline_refuse_change();

CREATE TRIGGER devices_are_never_deleted BEFORE DELETE OR TRUNCATE
    ON offline_device FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();
CREATE TRIGGER device_never_changes_but_ends BEFORE UPDATE
    ON offline_device FOR EACH ROW
    WHEN (OLD.status = 'revoked'
          OR (OLD.did, OLD.wallet_id, OLD.owner_id, OLD.modulus, OLD.tier, OLD.proof,
              OLD.enrolled_at, OLD.full_limits_at)
          IS DISTINCT FROM
             (NEW.did, NEW.wallet_id, NEW.owner_id, NEW.modulus, NEW.tier, NEW.proof,
              NEW.enrolled_at, NEW.full_limits_at))
    EXECUTE FUNCTION offline_refuse_change();

CREATE TRIGGER proofs_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON offline_forkproof FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();
CREATE TRIGGER lists_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON offline_revocationlist FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();

CREATE TRIGGER decisions_are_never_deleted BEFORE DELETE OR TRUNCATE
    ON offline_casedecision FOR EACH STATEMENT EXECUTE FUNCTION offline_refuse_change();
CREATE TRIGGER decision_is_only_approved BEFORE UPDATE
    ON offline_casedecision FOR EACH ROW
    WHEN (OLD.approved_at IS NOT NULL
          OR (OLD.id, OLD.case_id, OLD.voucher_id, OLD.ruling, OLD.note, OLD.proposed_by_id,
              OLD.proposed_at)
          IS DISTINCT FROM
             (NEW.id, NEW.case_id, NEW.voucher_id, NEW.ruling, NEW.note, NEW.proposed_by_id,
              NEW.proposed_at))
    EXECUTE FUNCTION offline_refuse_change();

-- The row of an event is what stops its replay: it stays, and what arrived stays in it.
CREATE FUNCTION payments_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a webhook delivery is kept as it arrived: no % is allowed', TG_OP
        USING ERRCODE = '42501';
END $$;

CREATE TRIGGER webhook_deliveries_are_never_deleted BEFORE DELETE
    ON payments_webhookdelivery FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_rewriting();

CREATE TRIGGER what_arrived_never_changes BEFORE UPDATE
    ON payments_webhookdelivery FOR EACH ROW
    WHEN ((OLD.id, OLD.provider, OLD.dedupe_key, OLD.kind, OLD.payment_reference, OLD.body,
           OLD.headers, OLD.received_at)
          IS DISTINCT FROM
          (NEW.id, NEW.provider, NEW.dedupe_key, NEW.kind, NEW.payment_reference, NEW.body,
           NEW.headers, NEW.received_at))
    EXECUTE FUNCTION payments_refuse_rewriting();

-- A credited deposit, and the terms that any deposit was started with, are final too.
CREATE FUNCTION payments_refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the terms of a deposit, and a completed one, are final'
        USING ERRCODE = '42501';
END $$;

CREATE TRIGGER deposit_terms_are_final BEFORE UPDATE
    ON payments_deposit FOR EACH ROW
    WHEN ((OLD.id, OLD.reference, OLD.wallet_id, OLD.owner_id, OLD.amount_minor, OLD.currency,
           OLD.provider, OLD.request_key, OLD.created_at)
          IS DISTINCT FROM
          (NEW.id, NEW.reference, NEW.wallet_id, NEW.owner_id, NEW.amount_minor, NEW.currency,
           NEW.provider, NEW.request_key, NEW.created_at)
          OR (OLD.status = 'completed' AND NEW.status <> 'completed'))
    EXECUTE FUNCTION payments_refuse_reopening();

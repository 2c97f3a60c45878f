-- The terms of a refund are final, its status moves one way, and all of a deposit's together
-- give back no more than was paid.
CREATE FUNCTION payments_guard_refund() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'refund_is_never_deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- Another refund of the deposit waits here, and then counts this one.
        PERFORM FROM payments_deposit d WHERE d.id = NEW.deposit_id FOR UPDATE;
        IF NOT EXISTS (
            SELECT FROM payments_deposit d
            WHERE d.id = NEW.deposit_id AND d.status = 'completed'
                AND (d.wallet_id, d.owner_id, d.currency, d.provider)
                    = (NEW.wallet_id, NEW.owner_id, NEW.currency, NEW.provider)
                AND NEW.amount_minor + (
                    SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r
                    WHERE r.deposit_id = d.id
                        AND r.status IN ('pending', 'processing', 'completed'))
                    <= d.amount_minor) THEN
            RAISE EXCEPTION 'refunds_give_back_no_more_than_was_paid'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.reference, OLD.deposit_id, OLD.wallet_id, OLD.owner_id, OLD.hold_id,
        OLD.amount_minor, OLD.currency, OLD.provider, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.reference, NEW.deposit_id, NEW.wallet_id, NEW.owner_id, NEW.hold_id,
        NEW.amount_minor, NEW.currency, NEW.provider, NEW.created_at) THEN
        RAISE EXCEPTION 'refund_terms_are_final'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
        ('pending', 'processing'), ('pending', 'failed'), ('processing', 'completed'),
        ('processing', 'failed'), ('completed', 'reversed')) THEN
        RAISE EXCEPTION 'refund_status_moves_one_way'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_moves_as_it_may BEFORE INSERT OR UPDATE OR DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_guard_refund();

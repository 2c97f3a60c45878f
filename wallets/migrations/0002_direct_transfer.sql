-- A transfer between two wallets, whole, in one call: the answer kept under its key, the
-- journal entry, the business row and the event. It is its own transaction.
--
-- No row comes back for work done now; for a key that was used before, the answer of then.
CREATE FUNCTION wallets_transfer(
    p_request_key uuid, p_fingerprint uuid, p_answer bytea,
    p_reference varchar, p_source bigint, p_destination bigint, p_amount bigint,
    p_currency varchar, p_description varchar, p_metadata jsonb, p_at timestamptz,
    p_sender uuid, p_actor uuid, p_request varchar
) RETURNS TABLE (fingerprint uuid, status smallint, body bytea)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF p_request_key IS NOT NULL THEN
        INSERT INTO accounts_keyedanswer (request_key, fingerprint, status, body)
        VALUES (p_request_key, p_fingerprint, 201, p_answer)
        ON CONFLICT (request_key) DO NOTHING;
        IF NOT FOUND THEN
            RETURN QUERY SELECT a.fingerprint, a.status, a.body FROM accounts_keyedanswer a
                         WHERE a.request_key = p_request_key;
            RETURN;
        END IF;
    END IF;

    IF p_source < p_destination THEN
        SELECT p.entry_id INTO made FROM ledger_post_pair(
            p_reference, 'transfer', p_source, p_destination, -p_amount,
            'transfer_out', 'transfer_in', p_at, p_actor, p_request, NULL) p;
    ELSE
        SELECT p.entry_id INTO made FROM ledger_post_pair(
            p_reference, 'transfer', p_destination, p_source, p_amount,
            'transfer_in', 'transfer_out', p_at, p_actor, p_request, NULL) p;
    END IF;
    INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                  currency, status, description, metadata)
    VALUES (made, p_source, p_destination, p_amount, 0,
            p_currency, 'completed', p_description, p_metadata);
    INSERT INTO events_event
        (type, subject, owner_id, actor_id, request_id, data)
    VALUES ('transfer.completed', p_reference, p_sender, p_actor, p_request, '{}');
END $$;

-- The limit: the least that PostgreSQL can do for a durable transfer. Two balances updated in
-- id order, one row for the transfer, two for its lines; one index for each table, no
-- idempotency, no foreign keys, no history of who and why.
CREATE DATABASE purser_limit;
\connect purser_limit
CREATE TABLE wallet (
    id bigint PRIMARY KEY, balance bigint NOT NULL, least bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE transfer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source bigint NOT NULL,
    destination bigint NOT NULL, amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE line (
    wallet bigint NOT NULL, transfer bigint NOT NULL, delta bigint NOT NULL, after bigint NOT NULL,
    PRIMARY KEY (wallet, transfer)
);
INSERT INTO wallet SELECT g, 1000000000, 0 FROM generate_series(1, 10000) g;
-- The hot row: no floor, and the highest id, so that it is locked last.
INSERT INTO wallet VALUES (1000001, 0, -9000000000000000);

CREATE FUNCTION send(p_source bigint, p_destination bigint, p_amount bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    left_there bigint; arrived bigint; floor_ bigint; made bigint;
BEGIN
    -- The update is the lock.
    IF p_source < p_destination THEN
        UPDATE wallet SET balance = balance - p_amount WHERE id = p_source
        RETURNING balance, least INTO left_there, floor_;
        IF left_there < floor_ THEN RAISE EXCEPTION 'funds'; END IF;
        UPDATE wallet SET balance = balance + p_amount WHERE id = p_destination
        RETURNING balance INTO arrived;
    ELSE
        UPDATE wallet SET balance = balance + p_amount WHERE id = p_destination
        RETURNING balance INTO arrived;
        UPDATE wallet SET balance = balance - p_amount WHERE id = p_source
        RETURNING balance, least INTO left_there, floor_;
        IF left_there < floor_ THEN RAISE EXCEPTION 'funds'; END IF;
    END IF;
    INSERT INTO transfer (source, destination, amount)
    VALUES (p_source, p_destination, p_amount) RETURNING id INTO made;
    INSERT INTO line VALUES (p_source, made, -p_amount, left_there),
                            (p_destination, made, p_amount, arrived);
    RETURN made;
END $$;

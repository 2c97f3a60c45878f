CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are written once: no % is allowed', TG_OP USING ERRCODE = '42501';
END $$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE
    ON events_event FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change();

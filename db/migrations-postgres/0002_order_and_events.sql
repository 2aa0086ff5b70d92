-- Rows that exports and training runs read up to a number get it in the order they are committed in: whoever inserts one
-- holds up the next until its own change has ended.
CREATE FUNCTION in_order_of_commits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_NAME));
	NEW.seq := nextval(pg_get_serial_sequence(quote_ident(TG_TABLE_NAME), 'seq'));
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER prompt_in_order BEFORE INSERT ON "prompt" FOR EACH ROW EXECUTE FUNCTION in_order_of_commits();--> statement-breakpoint
CREATE TRIGGER demonstration_in_order BEFORE INSERT ON "demonstration" FOR EACH ROW EXECUTE FUNCTION in_order_of_commits();--> statement-breakpoint
CREATE TRIGGER review_in_order BEFORE INSERT ON "review" FOR EACH ROW EXECUTE FUNCTION in_order_of_commits();--> statement-breakpoint
CREATE TRIGGER ranking_in_order BEFORE INSERT ON "ranking" FOR EACH ROW EXECUTE FUNCTION in_order_of_commits();--> statement-breakpoint
CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'Events are kept as they are.';
END $$;--> statement-breakpoint
CREATE TRIGGER event_keeps_its_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event();--> statement-breakpoint
-- Tells processes that listen which rows have changed: "job" where one is free to be taken.
CREATE FUNCTION tell_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('rankloop', NEW.id);
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION tell_of_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('rankloop', NEW.subject_id);
	IF NEW.state = 'waiting' THEN PERFORM pg_notify('rankloop', 'job'); END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER comparison_tells AFTER UPDATE OF "revision" ON "comparison" FOR EACH ROW EXECUTE FUNCTION tell_of_row();--> statement-breakpoint
CREATE TRIGGER trial_tells AFTER UPDATE OF "revision" ON "trial" FOR EACH ROW EXECUTE FUNCTION tell_of_row();--> statement-breakpoint
CREATE TRIGGER training_run_tells AFTER UPDATE OF "revision" ON "training_run" FOR EACH ROW EXECUTE FUNCTION tell_of_row();--> statement-breakpoint
CREATE TRIGGER job_tells AFTER INSERT OR UPDATE OF "state" ON "job" FOR EACH ROW EXECUTE FUNCTION tell_of_job();

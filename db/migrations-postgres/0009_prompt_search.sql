ALTER TABLE "prompt" ADD COLUMN "external_author" text;--> statement-breakpoint
CREATE INDEX "prompt_external_author" ON "prompt" USING btree ("project_id","external_author") WHERE external_author is not null;--> statement-breakpoint
DROP INDEX "prompt_source";--> statement-breakpoint
CREATE INDEX "prompt_use_case" ON "prompt" USING btree ("project_id","use_case","seq");--> statement-breakpoint
CREATE INDEX "prompt_author" ON "prompt" USING btree ("author_id","seq") WHERE author_id is not null;--> statement-breakpoint
CREATE INDEX "prompt_kind" ON "prompt" USING btree ("project_id","kind","seq") WHERE kind <> 'plain';--> statement-breakpoint
CREATE INDEX "prompt_archived" ON "prompt" USING btree ("project_id","seq") WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX "prompt_source" ON "prompt" USING btree ("source_id","seq") WHERE source_id is not null;--> statement-breakpoint
ALTER TABLE "comparison" ADD COLUMN "prompt_seq" bigint;--> statement-breakpoint
CREATE INDEX "comparison_wanting_prompt" ON "comparison" USING btree ("project_id","prompt_seq") WHERE state = 'ready' and still_wanted > 0;--> statement-breakpoint
CREATE INDEX "comparison_complete" ON "comparison" USING btree ("project_id","prompt_seq") WHERE state = 'ready' and still_wanted <= 0;--> statement-breakpoint
CREATE FUNCTION words_of(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Letters and digits of all scripts, the letters small, and nothing else: the parser alone takes addresses for one word, and in
  -- the locale "C" dashes and quotation marks for letters. The other engine knows words alone.
  SELECT to_tsvector('simple'::regconfig,
    lower(regexp_replace($1 COLLATE "und-x-icu", '[^[:alnum:]]+', ' ', 'g') COLLATE "und-x-icu"))
$$;--> statement-breakpoint
CREATE INDEX "prompt_words" ON "prompt" USING gin (words_of("text"));--> statement-breakpoint
CREATE FUNCTION note_seq_of_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.prompt_seq := (SELECT seq FROM prompt WHERE id = NEW.prompt_id);
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER comparison_of_prompt BEFORE INSERT ON "comparison" FOR EACH ROW EXECUTE FUNCTION note_seq_of_prompt();--> statement-breakpoint
UPDATE "comparison" SET "prompt_seq" = (SELECT seq FROM prompt WHERE prompt.id = comparison.prompt_id);

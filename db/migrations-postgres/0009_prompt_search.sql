DROP INDEX "prompt_source";--> statement-breakpoint
CREATE INDEX "prompt_use_case" ON "prompt" USING btree ("project_id","use_case","seq");--> statement-breakpoint
CREATE INDEX "prompt_author" ON "prompt" USING btree ("author_id","seq") WHERE author_id is not null;--> statement-breakpoint
CREATE INDEX "prompt_kind" ON "prompt" USING btree ("project_id","kind","seq") WHERE kind <> 'plain';--> statement-breakpoint
CREATE INDEX "prompt_archived" ON "prompt" USING btree ("project_id","seq") WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX "prompt_source" ON "prompt" USING btree ("source_id","seq") WHERE source_id is not null;--> statement-breakpoint
CREATE FUNCTION words_of(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Letters and digits of all scripts, the letters small, and nothing else: the parser alone takes addresses for one word, and in
  -- the locale "C" dashes and quotation marks for letters. The other engine knows words alone.
  SELECT to_tsvector('simple'::regconfig,
    lower(regexp_replace($1 COLLATE "und-x-icu", '[^[:alnum:]]+', ' ', 'g') COLLATE "und-x-icu"))
$$;--> statement-breakpoint
CREATE INDEX "prompt_words" ON "prompt" USING gin (words_of("text"));

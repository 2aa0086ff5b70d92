-- Answers of one comparison may come from several models, and from people.
CREATE TABLE `__new_candidate` (
	`id` text PRIMARY KEY NOT NULL,
	`comparison_id` text NOT NULL,
	`position` integer NOT NULL,
	`model_id` text,
	`author_id` text,
	`temperature` real,
	`top_p` real,
	`max_tokens` integer,
	`seed` integer,
	`redraws` integer DEFAULT 0 NOT NULL,
	`state` text NOT NULL,
	`text` text DEFAULT '' NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	`finish` text,
	`error` text,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "candidate_position" CHECK(position between 0 and 8),
	CONSTRAINT "candidate_state_known" CHECK(state in ('waiting', 'streaming', 'done', 'stopped', 'failed')),
	CONSTRAINT "candidate_writer" CHECK((model_id is null) <> (author_id is null)),
	CONSTRAINT "candidate_settings" CHECK(model_id is null or (temperature is not null and top_p is not null and max_tokens is not null and seed is not null)),
	CONSTRAINT "candidate_done" CHECK(state <> 'done' or finish is not null),
	CONSTRAINT "candidate_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_candidate`("id", "comparison_id", "position", "model_id", "temperature", "top_p", "max_tokens", "seed", "state", "text", "tokens", "finish", "error") SELECT "id", "comparison_id", "position", "model_id", "temperature", "top_p", "max_tokens", "seed", "state", "text", "tokens", "finish", "error" FROM `candidate` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `candidate`;--> statement-breakpoint
ALTER TABLE `__new_candidate` RENAME TO `candidate`;--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_place` ON `candidate` (`comparison_id`,`position`);
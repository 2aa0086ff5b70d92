-- What comes in from files: where it came from, and demonstrations, answers and rankings that nobody here made.
CREATE TABLE `data_source` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`revision` text NOT NULL,
	`licence` text NOT NULL,
	`hash` text NOT NULL,
	`format` text NOT NULL,
	`imported_by` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`prompts` integer DEFAULT 0 NOT NULL,
	`demonstrations` integer DEFAULT 0 NOT NULL,
	`comparisons` integer DEFAULT 0 NOT NULL,
	`rankings` integer DEFAULT 0 NOT NULL,
	`rows` integer,
	`left_out` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`imported_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "data_source_name" CHECK(name <> ''),
	CONSTRAINT "data_source_counts" CHECK(prompts >= 0 and demonstrations >= 0 and comparisons >= 0 and rankings >= 0 and left_out <= "rows"),
	CONSTRAINT "data_source_finished" CHECK((finished_at is null) = ("rows" is null) and (finished_at is null) = (left_out is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `data_source_id_unique` ON `data_source` (`id`);--> statement-breakpoint
CREATE INDEX `data_source_project` ON `data_source` (`project_id`,`seq`);--> statement-breakpoint
CREATE UNIQUE INDEX `data_source_once` ON `data_source` (`project_id`,`hash`,`format`);--> statement-breakpoint
CREATE TABLE `__new_demonstration` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text,
	`source_id` text,
	`external_id` text,
	`external_author` text,
	`import_key` text,
	`version` integer DEFAULT 1 NOT NULL,
	`revises` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source_id`) REFERENCES `data_source`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`revises`) REFERENCES `demonstration`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "demonstration_text" CHECK(text <> ''),
	CONSTRAINT "demonstration_writer" CHECK((author_id is null) <> (source_id is null)),
	CONSTRAINT "demonstration_imported" CHECK((source_id is null) = (import_key is null)),
	CONSTRAINT "demonstration_version" CHECK(version >= 1 and (version > 1) = (revises is not null))
);
--> statement-breakpoint
INSERT INTO `__new_demonstration`("seq", "id", "project_id", "prompt_id", "text", "author_id", "version", "revises", "created_at") SELECT "seq", "id", "project_id", "prompt_id", "text", "author_id", "version", "revises", "created_at" FROM `demonstration` ORDER BY "seq";--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_demonstration';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_demonstration', `seq` FROM `sqlite_sequence` WHERE `name` = 'demonstration';--> statement-breakpoint
DROP TABLE `demonstration`;--> statement-breakpoint
ALTER TABLE `__new_demonstration` RENAME TO `demonstration`;--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_id_unique` ON `demonstration` (`id`);--> statement-breakpoint
CREATE INDEX `demonstration_project` ON `demonstration` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `demonstration_prompt` ON `demonstration` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `demonstration_author` ON `demonstration` (`author_id`);--> statement-breakpoint
CREATE INDEX `demonstration_source` ON `demonstration` (`source_id`) WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_revised_once` ON `demonstration` (`revises`);--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_imported_once` ON `demonstration` (`project_id`,`import_key`) WHERE import_key is not null;--> statement-breakpoint
CREATE TABLE `__new_prompt` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`kind` text DEFAULT 'plain' NOT NULL,
	`text` text NOT NULL,
	`use_case` text NOT NULL,
	`split` text NOT NULL,
	`instruction` text,
	`query` text,
	`scenario_id` text,
	`resampled_from` text,
	`revises` text,
	`archived_at` integer,
	`author_id` text,
	`source_id` text,
	`external_id` text,
	`import_key` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`scenario_id`) REFERENCES `scenario`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`resampled_from`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`revises`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source_id`) REFERENCES `data_source`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "prompt_text" CHECK(text <> ''),
	CONSTRAINT "prompt_split" CHECK(split in ('train', 'valid', 'test')),
	CONSTRAINT "prompt_kind" CHECK(kind in ('plain', 'few-shot', 'user-based')),
	CONSTRAINT "prompt_few_shot" CHECK((kind = 'few-shot') = (instruction is not null and query is not null)),
	CONSTRAINT "prompt_user_based" CHECK((kind = 'user-based') = (scenario_id is not null)),
	CONSTRAINT "prompt_imported" CHECK(source_id is null or (author_id is null and import_key is not null))
);
--> statement-breakpoint
INSERT INTO `__new_prompt`("seq", "id", "project_id", "kind", "text", "use_case", "split", "instruction", "query", "scenario_id", "resampled_from", "revises", "archived_at", "author_id", "created_at") SELECT "seq", "id", "project_id", "kind", "text", "use_case", "split", "instruction", "query", "scenario_id", "resampled_from", "revises", "archived_at", "author_id", "created_at" FROM `prompt` ORDER BY "seq";--> statement-breakpoint
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_prompt';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_prompt', `seq` FROM `sqlite_sequence` WHERE `name` = 'prompt';--> statement-breakpoint
DROP TABLE `prompt`;--> statement-breakpoint
ALTER TABLE `__new_prompt` RENAME TO `prompt`;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_id_unique` ON `prompt` (`id`);--> statement-breakpoint
CREATE INDEX `prompt_project` ON `prompt` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `prompt_resampled` ON `prompt` (`resampled_from`) WHERE resampled_from is not null;--> statement-breakpoint
CREATE INDEX `prompt_source` ON `prompt` (`source_id`) WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_revised_once` ON `prompt` (`revises`);--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_imported_once` ON `prompt` (`project_id`,`import_key`) WHERE import_key is not null;--> statement-breakpoint
CREATE TABLE `__new_ranking` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`assignment_id` text,
	`version` integer DEFAULT 1 NOT NULL,
	`comparison_id` text NOT NULL,
	`labeler_id` text,
	`source_id` text,
	`external_id` text,
	`external_labeler` text,
	`import_key` text,
	`k` integer NOT NULL,
	`strict` integer NOT NULL,
	`tied` integer NOT NULL,
	`spent_ms` integer,
	`guidelines_version` integer,
	`submitted_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`assignment_id`) REFERENCES `assignment`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`labeler_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source_id`) REFERENCES `data_source`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "ranking_ranked" CHECK((source_id is null) = (assignment_id is not null) and (source_id is null) = (labeler_id is not null)),
	CONSTRAINT "ranking_imported" CHECK((source_id is null) = (import_key is null) and (source_id is null or version = 1)),
	CONSTRAINT "ranking_pairs" CHECK(strict >= 0 and tied >= 0 and strict + tied = k * (k - 1) / 2)
);
--> statement-breakpoint
INSERT INTO `__new_ranking`("seq", "id", "project_id", "assignment_id", "version", "comparison_id", "labeler_id", "k", "strict", "tied", "spent_ms", "guidelines_version", "submitted_at") SELECT "seq", "id", "project_id", "assignment_id", "version", "comparison_id", "labeler_id", "k", "strict", "tied", "spent_ms", "guidelines_version", "submitted_at" FROM `ranking` ORDER BY "seq";--> statement-breakpoint
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_ranking';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_ranking', `seq` FROM `sqlite_sequence` WHERE `name` = 'ranking';--> statement-breakpoint
DROP TABLE `ranking`;--> statement-breakpoint
ALTER TABLE `__new_ranking` RENAME TO `ranking`;--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_id_unique` ON `ranking` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_version` ON `ranking` (`assignment_id`,`version`);--> statement-breakpoint
CREATE INDEX `ranking_project` ON `ranking` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `ranking_comparison` ON `ranking` (`comparison_id`);--> statement-breakpoint
CREATE INDEX `ranking_labeler` ON `ranking` (`labeler_id`);--> statement-breakpoint
CREATE INDEX `ranking_source` ON `ranking` (`source_id`) WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_imported_once` ON `ranking` (`project_id`,`import_key`) WHERE import_key is not null;--> statement-breakpoint
CREATE TABLE `__new_comparison` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`k` integer NOT NULL,
	`state` text NOT NULL,
	`wanted` integer,
	`still_wanted` integer NOT NULL,
	`disagreement` real,
	`judged_by` text,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_by` text,
	`source_id` text,
	`import_key` text,
	`created_at` integer NOT NULL,
	`handed_out_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`judged_by`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source_id`) REFERENCES `data_source`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "comparison_k" CHECK(k between 2 and 9),
	CONSTRAINT "comparison_state_known" CHECK(state in ('generating', 'ready', 'stopped', 'failed')),
	CONSTRAINT "comparison_wanted" CHECK(wanted >= 1),
	CONSTRAINT "comparison_imported" CHECK((source_id is null) = (created_by is not null) and (source_id is null) = (import_key is null))
);
--> statement-breakpoint
INSERT INTO `__new_comparison`("seq", "id", "project_id", "prompt_id", "k", "state", "wanted", "still_wanted", "disagreement", "judged_by", "revision", "created_by", "created_at", "handed_out_at") SELECT "seq", "id", "project_id", "prompt_id", "k", "state", "wanted", "still_wanted", "disagreement", "judged_by", "revision", "created_by", "created_at", "handed_out_at" FROM `comparison` ORDER BY "seq";--> statement-breakpoint
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_comparison';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_comparison', `seq` FROM `sqlite_sequence` WHERE `name` = 'comparison';--> statement-breakpoint
DROP TABLE `comparison`;--> statement-breakpoint
ALTER TABLE `__new_comparison` RENAME TO `comparison`;--> statement-breakpoint
CREATE UNIQUE INDEX `comparison_id_unique` ON `comparison` (`id`);--> statement-breakpoint
CREATE INDEX `comparison_prompt` ON `comparison` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `comparison_source` ON `comparison` (`source_id`) WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `comparison_imported_once` ON `comparison` (`project_id`,`import_key`) WHERE import_key is not null;--> statement-breakpoint
CREATE INDEX `comparison_wanting` ON `comparison` (`project_id`,`seq`) WHERE state = 'ready' and still_wanted > 0;--> statement-breakpoint
CREATE INDEX `comparison_unsure` ON `comparison` (`project_id`,`disagreement`) WHERE state = 'ready' and still_wanted > 0 and disagreement is not null;--> statement-breakpoint
CREATE TABLE `__new_candidate` (
	`id` text PRIMARY KEY NOT NULL,
	`comparison_id` text NOT NULL,
	`position` integer NOT NULL,
	`model_id` text,
	`author_id` text,
	`source_id` text,
	`external_id` text,
	`external_author` text,
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
	FOREIGN KEY (`source_id`) REFERENCES `data_source`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "candidate_position" CHECK(position between 0 and 8),
	CONSTRAINT "candidate_state_known" CHECK(state in ('waiting', 'streaming', 'done', 'stopped', 'failed')),
	CONSTRAINT "candidate_writer" CHECK((model_id is null or author_id is null) and (source_id is null) = (model_id is not null or author_id is not null)),
	CONSTRAINT "candidate_settings" CHECK(model_id is null or (temperature is not null and top_p is not null and max_tokens is not null and seed is not null)),
	CONSTRAINT "candidate_imported" CHECK(source_id is not null or (external_id is null and external_author is null)),
	CONSTRAINT "candidate_done" CHECK(state <> 'done' or finish is not null),
	CONSTRAINT "candidate_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_candidate`("id", "comparison_id", "position", "model_id", "author_id", "temperature", "top_p", "max_tokens", "seed", "redraws", "state", "text", "tokens", "finish", "error") SELECT "id", "comparison_id", "position", "model_id", "author_id", "temperature", "top_p", "max_tokens", "seed", "redraws", "state", "text", "tokens", "finish", "error" FROM `candidate` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `candidate`;--> statement-breakpoint
ALTER TABLE `__new_candidate` RENAME TO `candidate`;--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_place` ON `candidate` (`comparison_id`,`position`);--> statement-breakpoint
CREATE INDEX `candidate_source` ON `candidate` (`source_id`) WHERE source_id is not null;
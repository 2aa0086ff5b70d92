CREATE TABLE `draft` (
	`owner_id` text NOT NULL,
	`subject` text NOT NULL,
	`revision` integer NOT NULL,
	`writer` text NOT NULL,
	`content` text NOT NULL,
	`saved_at` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `subject`),
	FOREIGN KEY (`owner_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `guidelines` (
	`topic` text NOT NULL,
	`version` integer NOT NULL,
	`text` text NOT NULL,
	`author_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`topic`, `version`),
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "guidelines_topic" CHECK(topic in ('write', 'rank'))
);
--> statement-breakpoint
CREATE TABLE `guidelines_read` (
	`user_id` text NOT NULL,
	`topic` text NOT NULL,
	`version` integer NOT NULL,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `topic`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `demonstration_review` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`demonstration_id` text NOT NULL,
	`reviewer_id` text NOT NULL,
	`rating` integer NOT NULL,
	`returned` integer NOT NULL,
	`comment` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`demonstration_id`) REFERENCES `demonstration`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`reviewer_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "demonstration_review_rating" CHECK(rating between 1 and 7),
	CONSTRAINT "demonstration_review_comment" CHECK(returned = 0 or comment <> '')
);
--> statement-breakpoint
CREATE INDEX `demonstration_review_of` ON `demonstration_review` (`demonstration_id`,`seq`);--> statement-breakpoint
CREATE TABLE `prompt_message` (
	`prompt_id` text NOT NULL,
	`position` integer NOT NULL,
	`role` text NOT NULL,
	`content` text NOT NULL,
	PRIMARY KEY(`prompt_id`, `position`),
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "prompt_message_role" CHECK(role in ('system', 'user', 'assistant')),
	CONSTRAINT "prompt_message_content" CHECK(content <> '')
);
--> statement-breakpoint
CREATE TABLE `prompt_shot` (
	`prompt_id` text NOT NULL,
	`position` integer NOT NULL,
	`query` text NOT NULL,
	`response` text NOT NULL,
	PRIMARY KEY(`prompt_id`, `position`),
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `scenario` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text,
	`created_at` integer NOT NULL,
	`retired_at` integer,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `scenario_id_unique` ON `scenario` (`id`);--> statement-breakpoint
CREATE TABLE `ranking_guard` (
	`ranking_id` text NOT NULL,
	`kind` text NOT NULL,
	`said` text NOT NULL,
	`heeded` integer NOT NULL,
	PRIMARY KEY(`ranking_id`, `kind`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `ranking_prompt_flag` (
	`ranking_id` text NOT NULL,
	`flag` text NOT NULL,
	PRIMARY KEY(`ranking_id`, `flag`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `rating` (
	`ranking_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`likert` integer NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`spent_ms` integer NOT NULL,
	PRIMARY KEY(`ranking_id`, `candidate_id`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "rating_likert" CHECK(likert between 1 and 7)
);
--> statement-breakpoint
CREATE TABLE `rating_flag` (
	`ranking_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`flag` text NOT NULL,
	PRIMARY KEY(`ranking_id`, `candidate_id`, `flag`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `trial` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`model_id` text NOT NULL,
	`messages` text NOT NULL,
	`temperature` real NOT NULL,
	`top_p` real NOT NULL,
	`max_tokens` integer NOT NULL,
	`seed` integer NOT NULL,
	`state` text NOT NULL,
	`text` text DEFAULT '' NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	`error` text,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "trial_state_known" CHECK(state in ('waiting', 'streaming', 'done', 'stopped', 'failed')),
	CONSTRAINT "trial_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
CREATE INDEX `trial_owner` ON `trial` (`owner_id`);--> statement-breakpoint
CREATE TABLE `__new_job` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`worker_id` text,
	`lease_until` integer,
	`not_before` integer DEFAULT 0 NOT NULL,
	`cancel_requested` integer DEFAULT false NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'try', 'train-reward', 'score')),
	CONSTRAINT "job_state_known" CHECK(state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
	CONSTRAINT "job_leased" CHECK(state <> 'running' or (worker_id is not null and lease_until is not null)),
	CONSTRAINT "job_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_job`("seq", "id", "kind", "subject_id", "payload", "state", "attempts", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at") SELECT "seq", "id", "kind", "subject_id", "payload", "state", "attempts", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at" FROM `job`;--> statement-breakpoint
DROP TABLE `job`;--> statement-breakpoint
ALTER TABLE `__new_job` RENAME TO `job`;--> statement-breakpoint
CREATE UNIQUE INDEX `job_id_unique` ON `job` (`id`);--> statement-breakpoint
CREATE INDEX `job_live` ON `job` (`state`,`kind`,`seq`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `job_subject` ON `job` (`subject_id`);--> statement-breakpoint
CREATE TABLE `__new_user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`username` text NOT NULL,
	`display_username` text,
	`role` text DEFAULT 'labeler' NOT NULL,
	`banned` integer DEFAULT false,
	`ban_reason` text,
	`ban_expires` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "user_role" CHECK(role in ('admin', 'reviewer', 'engineer', 'labeler', 'writer', 'annotator'))
);
--> statement-breakpoint
INSERT INTO `__new_user`("id", "name", "email", "email_verified", "image", "username", "display_username", "role", "banned", "ban_reason", "ban_expires", "created_at", "updated_at") SELECT "id", "name", "email", "email_verified", "image", "username", "display_username", "role", "banned", "ban_reason", "ban_expires", "created_at", "updated_at" FROM `user`;--> statement-breakpoint
DROP TABLE `user`;--> statement-breakpoint
ALTER TABLE `__new_user` RENAME TO `user`;--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_username_unique` ON `user` (`username`);--> statement-breakpoint
DROP INDEX `assignment_one_held`;--> statement-breakpoint
ALTER TABLE `assignment` ADD `rate_first` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `assignment_held_by` ON `assignment` (`labeler_id`,`created_at`) WHERE state = 'held';--> statement-breakpoint
DROP INDEX `assignment_skipped`;--> statement-breakpoint
CREATE INDEX `assignment_of` ON `assignment` (`labeler_id`,`comparison_id`);--> statement-breakpoint
DROP INDEX `ranking_assignmentId_unique`;--> statement-breakpoint
ALTER TABLE `ranking` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `ranking` ADD `guidelines_version` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_version` ON `ranking` (`assignment_id`,`version`);--> statement-breakpoint
CREATE TABLE `__new_demonstration` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`revises` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`revises`) REFERENCES `demonstration`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "demonstration_text" CHECK(text <> ''),
	CONSTRAINT "demonstration_version" CHECK(version >= 1 and (version > 1) = (revises is not null))
);
--> statement-breakpoint
INSERT INTO `__new_demonstration`("seq", "id", "prompt_id", "text", "author_id", "version", "revises", "created_at") SELECT "seq", "id", "prompt_id", "text", "author_id", 1, NULL, "created_at" FROM `demonstration`;--> statement-breakpoint
DROP TABLE `demonstration`;--> statement-breakpoint
ALTER TABLE `__new_demonstration` RENAME TO `demonstration`;--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_id_unique` ON `demonstration` (`id`);--> statement-breakpoint
CREATE INDEX `demonstration_prompt` ON `demonstration` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `demonstration_author` ON `demonstration` (`author_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_revised_once` ON `demonstration` (`revises`);--> statement-breakpoint
CREATE TABLE `__new_prompt` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`kind` text DEFAULT 'plain' NOT NULL,
	`text` text NOT NULL,
	`use_case` text NOT NULL,
	`split` text NOT NULL,
	`instruction` text,
	`query` text,
	`scenario_id` text,
	`resampled_from` text,
	`author_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`scenario_id`) REFERENCES `scenario`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`resampled_from`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "prompt_text" CHECK(text <> ''),
	CONSTRAINT "prompt_split" CHECK(split in ('train', 'valid', 'test')),
	CONSTRAINT "prompt_kind" CHECK(kind in ('plain', 'few-shot', 'user-based')),
	CONSTRAINT "prompt_few_shot" CHECK((kind = 'few-shot') = (instruction is not null and query is not null)),
	CONSTRAINT "prompt_user_based" CHECK((kind = 'user-based') = (scenario_id is not null))
);
--> statement-breakpoint
INSERT INTO `__new_prompt`("seq", "id", "kind", "text", "use_case", "split", "instruction", "query", "scenario_id", "resampled_from", "author_id", "created_at") SELECT "seq", "id", 'plain', "text", "use_case", "split", NULL, NULL, NULL, NULL, "author_id", "created_at" FROM `prompt`;--> statement-breakpoint
DROP TABLE `prompt`;--> statement-breakpoint
ALTER TABLE `__new_prompt` RENAME TO `prompt`;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_id_unique` ON `prompt` (`id`);--> statement-breakpoint
CREATE INDEX `prompt_resampled` ON `prompt` (`resampled_from`) WHERE resampled_from is not null;--> statement-breakpoint
CREATE TABLE `__new_ranking_tier` (
	`ranking_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`tier` integer NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`ranking_id`, `candidate_id`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_tier_from_1" CHECK(tier >= 1)
);
--> statement-breakpoint
INSERT INTO `__new_ranking_tier`("ranking_id", "candidate_id", "tier", "position") SELECT t."ranking_id", t."candidate_id", t."tier", c."position" FROM `ranking_tier` t JOIN `candidate` c ON c."id" = t."candidate_id";--> statement-breakpoint
DROP TABLE `ranking_tier`;--> statement-breakpoint
ALTER TABLE `__new_ranking_tier` RENAME TO `ranking_tier`;--> statement-breakpoint
INSERT INTO `prompt_message`("prompt_id", "position", "role", "content") SELECT "id", 0, 'user', "text" FROM `prompt`;
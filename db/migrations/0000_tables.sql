CREATE TABLE `candidate` (
	`id` text PRIMARY KEY NOT NULL,
	`comparison_id` text NOT NULL,
	`position` integer NOT NULL,
	`model_id` text NOT NULL,
	`temperature` real NOT NULL,
	`top_p` real NOT NULL,
	`max_tokens` integer NOT NULL,
	`seed` integer NOT NULL,
	`state` text NOT NULL,
	`text` text DEFAULT '' NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	`finish` text,
	`error` text,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "candidate_position" CHECK(position between 0 and 8),
	CONSTRAINT "candidate_state_known" CHECK(state in ('waiting', 'streaming', 'done', 'stopped', 'failed')),
	CONSTRAINT "candidate_done" CHECK(state <> 'done' or finish is not null),
	CONSTRAINT "candidate_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `candidate_place` ON `candidate` (`comparison_id`,`position`);--> statement-breakpoint
CREATE TABLE `candidate_score` (
	`candidate_id` text NOT NULL,
	`model_id` text NOT NULL,
	`score` real NOT NULL,
	`scored_at` integer NOT NULL,
	PRIMARY KEY(`candidate_id`, `model_id`),
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `comparison` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`k` integer NOT NULL,
	`state` text NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "comparison_k" CHECK(k between 2 and 9),
	CONSTRAINT "comparison_state_known" CHECK(state in ('generating', 'ready', 'ranked', 'stopped', 'failed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `comparison_id_unique` ON `comparison` (`id`);--> statement-breakpoint
CREATE INDEX `comparison_prompt` ON `comparison` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `comparison_state` ON `comparison` (`state`,`seq`);--> statement-breakpoint
CREATE TABLE `job` (
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
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'train-reward', 'score')),
	CONSTRAINT "job_state_known" CHECK(state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
	CONSTRAINT "job_leased" CHECK(state <> 'running' or (worker_id is not null and lease_until is not null)),
	CONSTRAINT "job_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `job_id_unique` ON `job` (`id`);--> statement-breakpoint
CREATE INDEX `job_live` ON `job` (`state`,`kind`,`seq`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `job_subject` ON `job` (`subject_id`);--> statement-breakpoint
CREATE TABLE `model` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`origin` text NOT NULL,
	`directory` text NOT NULL,
	`parameters` integer NOT NULL,
	`context` integer NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "model_kind" CHECK(kind in ('lm', 'reward')),
	CONSTRAINT "model_origin" CHECK(origin in ('shipped', 'trained'))
);
--> statement-breakpoint
CREATE TABLE `model_metric` (
	`model_id` text NOT NULL,
	`name` text NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`model_id`, `name`),
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`impersonated_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);--> statement-breakpoint
CREATE INDEX `session_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE TABLE `user` (
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
	CONSTRAINT "user_role" CHECK(role in ('admin', 'reviewer', 'labeler'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_username_unique` ON `user` (`username`);--> statement-breakpoint
CREATE TABLE `verification` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verification_identifier` ON `verification` (`identifier`);--> statement-breakpoint
CREATE TABLE `demonstration` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "demonstration_text" CHECK(text <> '')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_id_unique` ON `demonstration` (`id`);--> statement-breakpoint
CREATE INDEX `demonstration_prompt` ON `demonstration` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `demonstration_author` ON `demonstration` (`author_id`);--> statement-breakpoint
CREATE TABLE `prompt` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`text` text NOT NULL,
	`use_case` text NOT NULL,
	`split` text NOT NULL,
	`author_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "prompt_text" CHECK(text <> ''),
	CONSTRAINT "prompt_split" CHECK(split in ('train', 'valid', 'test'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_id_unique` ON `prompt` (`id`);--> statement-breakpoint
CREATE TABLE `assignment` (
	`id` text PRIMARY KEY NOT NULL,
	`comparison_id` text NOT NULL,
	`labeler_id` text NOT NULL,
	`state` text NOT NULL,
	`lease_until` integer NOT NULL,
	`skip_reason` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`labeler_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "assignment_state_known" CHECK(state in ('held', 'submitted', 'skipped', 'released', 'expired')),
	CONSTRAINT "assignment_skip_reason" CHECK((state = 'skipped') = (skip_reason is not null)),
	CONSTRAINT "assignment_ended" CHECK((state = 'held') = (ended_at is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `assignment_one_holder` ON `assignment` (`comparison_id`) WHERE state = 'held';--> statement-breakpoint
CREATE UNIQUE INDEX `assignment_one_held` ON `assignment` (`labeler_id`) WHERE state = 'held';--> statement-breakpoint
CREATE INDEX `assignment_skipped` ON `assignment` (`labeler_id`,`comparison_id`) WHERE state = 'skipped';--> statement-breakpoint
CREATE TABLE `ranking` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`assignment_id` text NOT NULL,
	`comparison_id` text NOT NULL,
	`labeler_id` text NOT NULL,
	`k` integer NOT NULL,
	`strict` integer NOT NULL,
	`tied` integer NOT NULL,
	`spent_ms` integer,
	`submitted_at` integer NOT NULL,
	FOREIGN KEY (`assignment_id`) REFERENCES `assignment`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`labeler_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_pairs" CHECK(strict >= 0 and tied >= 0 and strict + tied = k * (k - 1) / 2)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_id_unique` ON `ranking` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_assignmentId_unique` ON `ranking` (`assignment_id`);--> statement-breakpoint
CREATE INDEX `ranking_comparison` ON `ranking` (`comparison_id`);--> statement-breakpoint
CREATE INDEX `ranking_labeler` ON `ranking` (`labeler_id`);--> statement-breakpoint
CREATE TABLE `ranking_tier` (
	`ranking_id` text NOT NULL,
	`candidate_id` text NOT NULL,
	`tier` integer NOT NULL,
	PRIMARY KEY(`ranking_id`, `candidate_id`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_tier_from_1" CHECK(tier >= 1)
);
--> statement-breakpoint
CREATE TABLE `setting` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `training_point` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`name` text NOT NULL,
	`value` real NOT NULL,
	FOREIGN KEY (`run_id`) REFERENCES `training_run`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `training_point_once` ON `training_point` (`run_id`,`name`,`step`);--> statement-breakpoint
CREATE TABLE `training_run` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`base_model_id` text NOT NULL,
	`output_model_id` text,
	`job_id` text NOT NULL,
	`started_by` text NOT NULL,
	`learning_rate` real NOT NULL,
	`epochs` integer NOT NULL,
	`rows` integer NOT NULL,
	`weight_decay` real NOT NULL,
	`seed` integer NOT NULL,
	`through_ranking` integer NOT NULL,
	`comparisons` integer NOT NULL,
	`pairs` integer NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`steps` integer DEFAULT 0 NOT NULL,
	`seconds_left` real,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`base_model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`output_model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`job_id`) REFERENCES `job`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`started_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "training_run_kind" CHECK(kind in ('reward'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `training_run_id_unique` ON `training_run` (`id`);
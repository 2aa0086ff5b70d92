-- Everything there is becomes one project, and the people in it keep their roles there. An admin stays admin of the installation as well.
CREATE TABLE `project` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "project_name" CHECK(name <> '')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `project_id_unique` ON `project` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `project_name_unique` ON `project` (`name`);--> statement-breakpoint
CREATE TABLE `member` (
	`project_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`joined_at` integer NOT NULL,
	PRIMARY KEY(`project_id`, `user_id`),
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "member_role" CHECK(role in ('admin', 'reviewer', 'engineer', 'labeler', 'writer', 'annotator'))
);
--> statement-breakpoint
CREATE INDEX `member_user` ON `member` (`user_id`);--> statement-breakpoint
CREATE TABLE `project_setting` (
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`project_id`, `name`),
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `project` (`id`, `name`, `created_by`, `created_at`)
	SELECT 'first', 'First project', (SELECT `id` FROM `user` WHERE `role` = 'admin' ORDER BY `created_at`, `id` LIMIT 1), coalesce((SELECT min(`created_at`) FROM `user`), 0)
	WHERE EXISTS (SELECT 1 FROM `user`) OR EXISTS (SELECT 1 FROM `prompt`) OR EXISTS (SELECT 1 FROM `scenario`) OR EXISTS (SELECT 1 FROM `guidelines`) OR EXISTS (SELECT 1 FROM `job`);--> statement-breakpoint
INSERT INTO `member` (`project_id`, `user_id`, `role`, `joined_at`) SELECT 'first', `id`, `role`, `created_at` FROM `user`;--> statement-breakpoint
INSERT INTO `project_setting` (`project_id`, `name`, `value`) SELECT 'first', `name`, `value` FROM `setting` WHERE `name` IN ('rateFirst', 'modelId', 'promptOrder', 'rewardModelId', 'rankingsWanted') AND EXISTS (SELECT 1 FROM `project`);--> statement-breakpoint
DELETE FROM `setting` WHERE `name` IN ('rateFirst', 'modelId', 'promptOrder', 'rewardModelId', 'rankingsWanted', 'scenarios seeded at');--> statement-breakpoint
UPDATE `setting` SET `name` = 'practice project made at' WHERE `name` = 'prompts seeded at';--> statement-breakpoint
CREATE TABLE `__new_user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`username` text NOT NULL,
	`display_username` text,
	`role` text DEFAULT 'user' NOT NULL,
	`banned` integer DEFAULT false,
	`ban_reason` text,
	`ban_expires` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "user_role" CHECK(role in ('admin', 'user'))
);
--> statement-breakpoint
INSERT INTO `__new_user` (`id`, `name`, `email`, `email_verified`, `image`, `username`, `display_username`, `role`, `banned`, `ban_reason`, `ban_expires`, `created_at`, `updated_at`)
	SELECT `id`, `name`, `email`, `email_verified`, `image`, `username`, `display_username`, CASE `role` WHEN 'admin' THEN 'admin' ELSE 'user' END, `banned`, `ban_reason`, `ban_expires`, `created_at`, `updated_at` FROM `user`;--> statement-breakpoint
DROP TABLE `user`;--> statement-breakpoint
ALTER TABLE `__new_user` RENAME TO `user`;--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_username_unique` ON `user` (`username`);--> statement-breakpoint
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
	`created_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`scenario_id`) REFERENCES `scenario`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`resampled_from`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`revises`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "prompt_text" CHECK(text <> ''),
	CONSTRAINT "prompt_split" CHECK(split in ('train', 'valid', 'test')),
	CONSTRAINT "prompt_kind" CHECK(kind in ('plain', 'few-shot', 'user-based')),
	CONSTRAINT "prompt_few_shot" CHECK((kind = 'few-shot') = (instruction is not null and query is not null)),
	CONSTRAINT "prompt_user_based" CHECK((kind = 'user-based') = (scenario_id is not null))
);
--> statement-breakpoint
INSERT INTO `__new_prompt` (`seq`, `id`, `project_id`, `kind`, `text`, `use_case`, `split`, `instruction`, `query`, `scenario_id`, `resampled_from`, `revises`, `archived_at`, `author_id`, `created_at`)
	SELECT `seq`, `id`, 'first', `kind`, `text`, `use_case`, `split`, `instruction`, `query`, `scenario_id`, `resampled_from`, `revises`, `archived_at`, `author_id`, `created_at` FROM `prompt`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_prompt';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_prompt', `seq` FROM `sqlite_sequence` WHERE `name` = 'prompt';--> statement-breakpoint
DROP TABLE `prompt`;--> statement-breakpoint
ALTER TABLE `__new_prompt` RENAME TO `prompt`;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_id_unique` ON `prompt` (`id`);--> statement-breakpoint
CREATE INDEX `prompt_project` ON `prompt` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `prompt_resampled` ON `prompt` (`resampled_from`) WHERE resampled_from is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_revised_once` ON `prompt` (`revises`);--> statement-breakpoint
CREATE TABLE `__new_scenario` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text,
	`created_at` integer NOT NULL,
	`retired_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_scenario` (`seq`, `id`, `project_id`, `text`, `author_id`, `created_at`, `retired_at`)
	SELECT `seq`, `id`, 'first', `text`, `author_id`, `created_at`, `retired_at` FROM `scenario`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_scenario';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_scenario', `seq` FROM `sqlite_sequence` WHERE `name` = 'scenario';--> statement-breakpoint
DROP TABLE `scenario`;--> statement-breakpoint
ALTER TABLE `__new_scenario` RENAME TO `scenario`;--> statement-breakpoint
CREATE UNIQUE INDEX `scenario_id_unique` ON `scenario` (`id`);--> statement-breakpoint
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
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`handed_out_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`judged_by`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "comparison_k" CHECK(k between 2 and 9),
	CONSTRAINT "comparison_state_known" CHECK(state in ('generating', 'ready', 'stopped', 'failed')),
	CONSTRAINT "comparison_wanted" CHECK(wanted >= 1)
);
--> statement-breakpoint
INSERT INTO `__new_comparison` (`seq`, `id`, `project_id`, `prompt_id`, `k`, `state`, `wanted`, `still_wanted`, `disagreement`, `judged_by`, `revision`, `created_by`, `created_at`, `handed_out_at`)
	SELECT `seq`, `id`, 'first', `prompt_id`, `k`, `state`, `wanted`, `still_wanted`, `disagreement`, `judged_by`, `revision`, `created_by`, `created_at`, `handed_out_at` FROM `comparison`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_comparison';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_comparison', `seq` FROM `sqlite_sequence` WHERE `name` = 'comparison';--> statement-breakpoint
DROP TABLE `comparison`;--> statement-breakpoint
ALTER TABLE `__new_comparison` RENAME TO `comparison`;--> statement-breakpoint
CREATE UNIQUE INDEX `comparison_id_unique` ON `comparison` (`id`);--> statement-breakpoint
CREATE INDEX `comparison_prompt` ON `comparison` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `comparison_wanting` ON `comparison` (`project_id`,`seq`) WHERE state = 'ready' and still_wanted > 0;--> statement-breakpoint
CREATE INDEX `comparison_unsure` ON `comparison` (`project_id`,`disagreement`) WHERE state = 'ready' and still_wanted > 0 and disagreement is not null;--> statement-breakpoint
CREATE TABLE `__new_assignment` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`comparison_id` text NOT NULL,
	`labeler_id` text NOT NULL,
	`state` text NOT NULL,
	`lease_until` integer NOT NULL,
	`rate_first` integer DEFAULT false NOT NULL,
	`skip_reason` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`labeler_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "assignment_state_known" CHECK(state in ('held', 'submitted', 'skipped', 'released', 'expired')),
	CONSTRAINT "assignment_skip_reason" CHECK((state = 'skipped') = (skip_reason is not null)),
	CONSTRAINT "assignment_ended" CHECK((state = 'held') = (ended_at is null))
);
--> statement-breakpoint
INSERT INTO `__new_assignment` (`id`, `project_id`, `comparison_id`, `labeler_id`, `state`, `lease_until`, `rate_first`, `skip_reason`, `created_at`, `ended_at`)
	SELECT `id`, 'first', `comparison_id`, `labeler_id`, `state`, `lease_until`, `rate_first`, `skip_reason`, `created_at`, `ended_at` FROM `assignment`;--> statement-breakpoint
DROP TABLE `assignment`;--> statement-breakpoint
ALTER TABLE `__new_assignment` RENAME TO `assignment`;--> statement-breakpoint
CREATE UNIQUE INDEX `assignment_once` ON `assignment` (`comparison_id`,`labeler_id`) WHERE state in ('held', 'expired', 'submitted');--> statement-breakpoint
CREATE INDEX `assignment_holders` ON `assignment` (`comparison_id`,`lease_until`) WHERE state = 'held';--> statement-breakpoint
CREATE INDEX `assignment_held_by` ON `assignment` (`labeler_id`,`project_id`,`created_at`) WHERE state = 'held';--> statement-breakpoint
CREATE INDEX `assignment_skipped` ON `assignment` (`comparison_id`,`labeler_id`) WHERE state = 'skipped';--> statement-breakpoint
CREATE INDEX `assignment_of` ON `assignment` (`labeler_id`,`comparison_id`);--> statement-breakpoint
CREATE TABLE `__new_demonstration` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`prompt_id` text NOT NULL,
	`text` text NOT NULL,
	`author_id` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`revises` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`revises`) REFERENCES `demonstration`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "demonstration_text" CHECK(text <> ''),
	CONSTRAINT "demonstration_version" CHECK(version >= 1 and (version > 1) = (revises is not null))
);
--> statement-breakpoint
INSERT INTO `__new_demonstration` (`seq`, `id`, `project_id`, `prompt_id`, `text`, `author_id`, `version`, `revises`, `created_at`)
	SELECT `seq`, `id`, 'first', `prompt_id`, `text`, `author_id`, `version`, `revises`, `created_at` FROM `demonstration`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_demonstration';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_demonstration', `seq` FROM `sqlite_sequence` WHERE `name` = 'demonstration';--> statement-breakpoint
DROP TABLE `demonstration`;--> statement-breakpoint
ALTER TABLE `__new_demonstration` RENAME TO `demonstration`;--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_id_unique` ON `demonstration` (`id`);--> statement-breakpoint
CREATE INDEX `demonstration_project` ON `demonstration` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `demonstration_prompt` ON `demonstration` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `demonstration_author` ON `demonstration` (`author_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `demonstration_revised_once` ON `demonstration` (`revises`);--> statement-breakpoint
CREATE TABLE `__new_ranking` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`assignment_id` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`comparison_id` text NOT NULL,
	`labeler_id` text NOT NULL,
	`k` integer NOT NULL,
	`strict` integer NOT NULL,
	`tied` integer NOT NULL,
	`spent_ms` integer,
	`guidelines_version` integer,
	`submitted_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`assignment_id`) REFERENCES `assignment`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`comparison_id`) REFERENCES `comparison`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`labeler_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_pairs" CHECK(strict >= 0 and tied >= 0 and strict + tied = k * (k - 1) / 2)
);
--> statement-breakpoint
INSERT INTO `__new_ranking` (`seq`, `id`, `project_id`, `assignment_id`, `version`, `comparison_id`, `labeler_id`, `k`, `strict`, `tied`, `spent_ms`, `guidelines_version`, `submitted_at`)
	SELECT `seq`, `id`, 'first', `assignment_id`, `version`, `comparison_id`, `labeler_id`, `k`, `strict`, `tied`, `spent_ms`, `guidelines_version`, `submitted_at` FROM `ranking`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_ranking';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_ranking', `seq` FROM `sqlite_sequence` WHERE `name` = 'ranking';--> statement-breakpoint
DROP TABLE `ranking`;--> statement-breakpoint
ALTER TABLE `__new_ranking` RENAME TO `ranking`;--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_id_unique` ON `ranking` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `ranking_version` ON `ranking` (`assignment_id`,`version`);--> statement-breakpoint
CREATE INDEX `ranking_project` ON `ranking` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `ranking_comparison` ON `ranking` (`comparison_id`);--> statement-breakpoint
CREATE INDEX `ranking_labeler` ON `ranking` (`labeler_id`);--> statement-breakpoint
CREATE TABLE `__new_draft` (
	`owner_id` text NOT NULL,
	`project_id` text NOT NULL,
	`subject` text NOT NULL,
	`revision` integer NOT NULL,
	`writer` text NOT NULL,
	`content` text NOT NULL,
	`saved_at` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `project_id`, `subject`),
	FOREIGN KEY (`owner_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_draft` (`owner_id`, `project_id`, `subject`, `revision`, `writer`, `content`, `saved_at`)
	SELECT `owner_id`, 'first', `subject`, `revision`, `writer`, `content`, `saved_at` FROM `draft`;--> statement-breakpoint
DROP TABLE `draft`;--> statement-breakpoint
ALTER TABLE `__new_draft` RENAME TO `draft`;--> statement-breakpoint
CREATE TABLE `__new_guidelines` (
	`project_id` text NOT NULL,
	`topic` text NOT NULL,
	`version` integer NOT NULL,
	`text` text NOT NULL,
	`author_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`project_id`, `topic`, `version`),
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "guidelines_topic" CHECK(topic in ('write', 'rank'))
);
--> statement-breakpoint
INSERT INTO `__new_guidelines` (`project_id`, `topic`, `version`, `text`, `author_id`, `created_at`)
	SELECT 'first', `topic`, `version`, `text`, `author_id`, `created_at` FROM `guidelines`;--> statement-breakpoint
DROP TABLE `guidelines`;--> statement-breakpoint
ALTER TABLE `__new_guidelines` RENAME TO `guidelines`;--> statement-breakpoint
CREATE TABLE `__new_guidelines_read` (
	`user_id` text NOT NULL,
	`project_id` text NOT NULL,
	`topic` text NOT NULL,
	`version` integer NOT NULL,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `project_id`, `topic`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_guidelines_read` (`user_id`, `project_id`, `topic`, `version`, `read_at`)
	SELECT `user_id`, 'first', `topic`, `version`, `read_at` FROM `guidelines_read`;--> statement-breakpoint
DROP TABLE `guidelines_read`;--> statement-breakpoint
ALTER TABLE `__new_guidelines_read` RENAME TO `guidelines_read`;--> statement-breakpoint
CREATE TABLE `__new_job` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`worker_id` text,
	`lease_until` integer,
	`not_before` integer DEFAULT 0 NOT NULL,
	`cancel_requested` integer DEFAULT false NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'try', 'train', 'score', 'judge')),
	CONSTRAINT "job_state_known" CHECK(state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
	CONSTRAINT "job_leased" CHECK(state <> 'running' or (worker_id is not null and lease_until is not null)),
	CONSTRAINT "job_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_job` (`seq`, `id`, `project_id`, `kind`, `subject_id`, `payload`, `state`, `attempts`, `failures`, `worker_id`, `lease_until`, `not_before`, `cancel_requested`, `error`, `created_at`, `finished_at`)
	SELECT `seq`, `id`, 'first', `kind`, CASE `kind` WHEN 'judge' THEN 'first' ELSE `subject_id` END, `payload`, `state`, `attempts`, `failures`, `worker_id`, `lease_until`, `not_before`, `cancel_requested`, `error`, `created_at`, `finished_at` FROM `job`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_job';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_job', `seq` FROM `sqlite_sequence` WHERE `name` = 'job';--> statement-breakpoint
DROP TABLE `job`;--> statement-breakpoint
ALTER TABLE `__new_job` RENAME TO `job`;--> statement-breakpoint
CREATE UNIQUE INDEX `job_id_unique` ON `job` (`id`);--> statement-breakpoint
CREATE INDEX `job_live` ON `job` (`state`,`kind`,`seq`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `job_subject` ON `job` (`subject_id`);--> statement-breakpoint
CREATE TABLE `__new_training_run` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`base_model_id` text NOT NULL,
	`reward_model_id` text,
	`output_model_id` text,
	`job_id` text NOT NULL,
	`started_by` text NOT NULL,
	`settings` text NOT NULL,
	`through_ranking` integer NOT NULL,
	`through_demonstration` integer NOT NULL,
	`through_review` integer NOT NULL,
	`through_prompt` integer NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`steps` integer DEFAULT 0 NOT NULL,
	`seconds_left` real,
	`phase` text,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`base_model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`reward_model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`output_model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`job_id`) REFERENCES `job`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`started_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "training_run_kind" CHECK(kind in ('sft', 'reward', 'dpo', 'ppo')),
	CONSTRAINT "training_run_settings" CHECK(json_valid(settings)),
	CONSTRAINT "training_run_rewarded" CHECK(kind <> 'ppo' or reward_model_id is not null)
);
--> statement-breakpoint
INSERT INTO `__new_training_run` (`seq`, `id`, `project_id`, `name`, `kind`, `base_model_id`, `reward_model_id`, `output_model_id`, `job_id`, `started_by`, `settings`, `through_ranking`, `through_demonstration`, `through_review`, `through_prompt`, `step`, `steps`, `seconds_left`, `phase`, `revision`, `created_at`, `finished_at`)
	SELECT `seq`, `id`, 'first', `name`, `kind`, `base_model_id`, `reward_model_id`, `output_model_id`, `job_id`, `started_by`, `settings`, `through_ranking`, `through_demonstration`, `through_review`, `through_prompt`, `step`, `steps`, `seconds_left`, `phase`, `revision`, `created_at`, `finished_at` FROM `training_run`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_training_run';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_training_run', `seq` FROM `sqlite_sequence` WHERE `name` = 'training_run';--> statement-breakpoint
DROP TABLE `training_run`;--> statement-breakpoint
ALTER TABLE `__new_training_run` RENAME TO `training_run`;--> statement-breakpoint
CREATE UNIQUE INDEX `training_run_id_unique` ON `training_run` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `training_run_output` ON `training_run` (`output_model_id`);--> statement-breakpoint
CREATE TABLE `__new_trial` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
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
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "trial_state_known" CHECK(state in ('waiting', 'streaming', 'done', 'stopped', 'failed')),
	CONSTRAINT "trial_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_trial` (`id`, `project_id`, `owner_id`, `model_id`, `messages`, `temperature`, `top_p`, `max_tokens`, `seed`, `state`, `text`, `tokens`, `error`, `revision`, `created_at`)
	SELECT `id`, 'first', `owner_id`, `model_id`, `messages`, `temperature`, `top_p`, `max_tokens`, `seed`, `state`, `text`, `tokens`, `error`, `revision`, `created_at` FROM `trial`;--> statement-breakpoint
DROP TABLE `trial`;--> statement-breakpoint
ALTER TABLE `__new_trial` RENAME TO `trial`;--> statement-breakpoint
CREATE INDEX `trial_owner` ON `trial` (`owner_id`);--> statement-breakpoint
CREATE TABLE `__new_api_token` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`scope` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "api_token_scope" CHECK(scope in ('serving'))
);
--> statement-breakpoint
INSERT INTO `__new_api_token` (`id`, `project_id`, `name`, `hash`, `scope`, `user_id`, `created_at`, `revoked_at`)
	SELECT `id`, 'first', `name`, `hash`, `scope`, `user_id`, `created_at`, `revoked_at` FROM `api_token`;--> statement-breakpoint
DROP TABLE `api_token`;--> statement-breakpoint
ALTER TABLE `__new_api_token` RENAME TO `api_token`;--> statement-breakpoint
CREATE UNIQUE INDEX `api_token_hash_unique` ON `api_token` (`hash`);--> statement-breakpoint
ALTER TABLE `model` ADD `project_id` text REFERENCES project(id) ON DELETE cascade;--> statement-breakpoint
UPDATE `model` SET `project_id` = 'first' WHERE `origin` = 'trained';--> statement-breakpoint
ALTER TABLE `event` ADD `project_id` text;--> statement-breakpoint
DROP TRIGGER `event_keeps_its_rows`;--> statement-breakpoint
UPDATE `event` SET `project_id` = 'first' WHERE `subject_kind` NOT IN ('person', 'database') AND `verb` <> 'model.ship';--> statement-breakpoint
CREATE TRIGGER `event_keeps_its_rows` BEFORE UPDATE ON `event` BEGIN SELECT raise(abort, 'Events are kept as they are.'); END;--> statement-breakpoint
CREATE INDEX `event_project` ON `event` (`project_id`,`seq`);

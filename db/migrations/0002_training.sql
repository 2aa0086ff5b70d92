CREATE TABLE `training_data` (
	`run_id` text NOT NULL,
	`dataset` text NOT NULL,
	`source` text,
	`items` integer NOT NULL,
	`lines` integer NOT NULL,
	`hash` text,
	PRIMARY KEY(`run_id`, `dataset`),
	FOREIGN KEY (`run_id`) REFERENCES `training_run`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "training_data_known" CHECK(dataset in ('demonstrations', 'comparisons', 'prompts', 'texts')),
	CONSTRAINT "training_data_source" CHECK((dataset = 'texts') = (source is not null))
);
--> statement-breakpoint
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
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'try', 'train', 'score')),
	CONSTRAINT "job_state_known" CHECK(state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
	CONSTRAINT "job_leased" CHECK(state <> 'running' or (worker_id is not null and lease_until is not null)),
	CONSTRAINT "job_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_job`("seq", "id", "kind", "subject_id", "payload", "state", "attempts", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at") SELECT "seq", "id", CASE "kind" WHEN 'train-reward' THEN 'train' ELSE "kind" END, "subject_id", "payload", "state", "attempts", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at" FROM `job`;--> statement-breakpoint
DROP TABLE `job`;--> statement-breakpoint
ALTER TABLE `__new_job` RENAME TO `job`;--> statement-breakpoint
CREATE UNIQUE INDEX `job_id_unique` ON `job` (`id`);--> statement-breakpoint
CREATE INDEX `job_live` ON `job` (`state`,`kind`,`seq`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `job_subject` ON `job` (`subject_id`);--> statement-breakpoint
CREATE TABLE `__new_training_run` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
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
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
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
INSERT INTO `__new_training_run`("seq", "id", "name", "kind", "base_model_id", "reward_model_id", "output_model_id", "job_id", "started_by", "settings", "through_ranking", "through_demonstration", "through_review", "through_prompt", "step", "steps", "seconds_left", "revision", "created_at", "finished_at") SELECT "seq", "id", "name", "kind", "base_model_id", NULL, "output_model_id", "job_id", "started_by", json_object('learningRate', "learning_rate", 'epochs', "epochs", 'rows', "rows", 'weightDecay', "weight_decay", 'seed', "seed"), "through_ranking", 0, 0, 0, "step", "steps", "seconds_left", "revision", "created_at", "finished_at" FROM `training_run`;--> statement-breakpoint
INSERT INTO `training_data`("run_id", "dataset", "items", "lines") SELECT "id", 'comparisons', "comparisons", "pairs" FROM `training_run`;--> statement-breakpoint
DROP TABLE `training_run`;--> statement-breakpoint
ALTER TABLE `__new_training_run` RENAME TO `training_run`;--> statement-breakpoint
CREATE UNIQUE INDEX `training_run_id_unique` ON `training_run` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `training_run_output` ON `training_run` (`output_model_id`);
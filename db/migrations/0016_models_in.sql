-- Models that come from a folder, from a hub, or answer at an address; and what they answered with.
CREATE TABLE `candidate_call` (
	`candidate_id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`sent` text NOT NULL,
	`server_model` text,
	`fingerprint` text,
	`finish_reason` text,
	`prompt_tokens` integer,
	`tokens` integer,
	`cost` real,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidate`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `model_address` (
	`model_id` text PRIMARY KEY NOT NULL,
	`base_url` text NOT NULL,
	`server_model` text NOT NULL,
	`asks` text NOT NULL,
	`several_per_call` integer NOT NULL,
	`extra` text NOT NULL,
	`prompt_price` real,
	`answer_price` real,
	`parallel` integer NOT NULL,
	`time_limit_ms` integer NOT NULL,
	`template` text,
	`sealed_key` text,
	`key_variable` text,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "model_address_asks" CHECK(asks in ('chat', 'completion', 'classify', 'get_reward')),
	CONSTRAINT "model_address_parallel" CHECK(parallel >= 1 and time_limit_ms >= 1),
	CONSTRAINT "model_address_key" CHECK(sealed_key is null or key_variable is null)
);
--> statement-breakpoint
CREATE TABLE `model_download` (
	`model_id` text PRIMARY KEY NOT NULL,
	`repository` text NOT NULL,
	`revision` text NOT NULL,
	`commit` text,
	`bytes_done` integer DEFAULT 0 NOT NULL,
	`bytes_total` integer,
	`finished_at` integer,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
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
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'try', 'train', 'score', 'judge', 'download')),
	CONSTRAINT "job_state_known" CHECK(state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
	CONSTRAINT "job_leased" CHECK(state <> 'running' or (worker_id is not null and lease_until is not null)),
	CONSTRAINT "job_failed" CHECK(state <> 'failed' or error is not null)
);
--> statement-breakpoint
INSERT INTO `__new_job`("seq", "id", "project_id", "kind", "subject_id", "payload", "state", "attempts", "failures", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at") SELECT "seq", "id", "project_id", "kind", "subject_id", "payload", "state", "attempts", "failures", "worker_id", "lease_until", "not_before", "cancel_requested", "error", "created_at", "finished_at" FROM `job`;--> statement-breakpoint
-- Numbers that were given out are not given out again.
DELETE FROM `sqlite_sequence` WHERE `name` = '__new_job';--> statement-breakpoint
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT '__new_job', `seq` FROM `sqlite_sequence` WHERE `name` = 'job';--> statement-breakpoint
DROP TABLE `job`;--> statement-breakpoint
ALTER TABLE `__new_job` RENAME TO `job`;--> statement-breakpoint
CREATE UNIQUE INDEX `job_id_unique` ON `job` (`id`);--> statement-breakpoint
CREATE INDEX `job_live` ON `job` (`state`,`kind`,`seq`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `job_subject` ON `job` (`subject_id`);--> statement-breakpoint
CREATE TABLE `__new_model` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`origin` text NOT NULL,
	`directory` text NOT NULL,
	`parameters` integer,
	`context` integer,
	`bits` integer DEFAULT 32 NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	`deleted_at` integer,
	FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "model_kind" CHECK(kind in ('lm', 'reward')),
	CONSTRAINT "model_origin" CHECK(origin in ('shipped', 'trained', 'folder', 'hub', 'address')),
	CONSTRAINT "model_bits" CHECK(bits in (32, 8, 4))
);
--> statement-breakpoint
INSERT INTO `__new_model`("id", "project_id", "name", "kind", "origin", "directory", "parameters", "context", "created_at", "deleted_at") SELECT "id", "project_id", "name", "kind", "origin", "directory", "parameters", "context", "created_at", "deleted_at" FROM `model`;--> statement-breakpoint
DROP TABLE `model`;--> statement-breakpoint
ALTER TABLE `__new_model` RENAME TO `model`;
CREATE TABLE `ranking_agreement` (
	`ranking_id` text NOT NULL,
	`model_id` text NOT NULL,
	`agreed` integer NOT NULL,
	`loss` real NOT NULL,
	PRIMARY KEY(`ranking_id`, `model_id`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_agreement_positive" CHECK(agreed >= 0 and loss >= 0)
);
--> statement-breakpoint
CREATE INDEX `ranking_agreement_least` ON `ranking_agreement` (`model_id`,`loss`);--> statement-breakpoint
CREATE TABLE `ranking_review` (
	`ranking_id` text PRIMARY KEY NOT NULL,
	`reviewer_id` text NOT NULL,
	`verdict` text NOT NULL,
	`comment` text NOT NULL,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`reviewer_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_review_verdict" CHECK(verdict in ('stands', 'again')),
	CONSTRAINT "ranking_review_answered" CHECK(answered_at is null or verdict = 'again')
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
	CONSTRAINT "job_kind_known" CHECK(kind in ('generate', 'try', 'train', 'score', 'judge')),
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
ALTER TABLE `comparison` ADD `disagreement` real;--> statement-breakpoint
ALTER TABLE `comparison` ADD `judged_by` text REFERENCES model(id);--> statement-breakpoint
CREATE INDEX `comparison_unsure` ON `comparison` (`state`,`disagreement`) WHERE disagreement is not null;
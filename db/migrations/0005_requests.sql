CREATE TABLE `request` (
	`actor_id` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`result` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`actor_id`, `key`)
);
--> statement-breakpoint
ALTER TABLE `model` ADD `deleted_at` integer;--> statement-breakpoint
ALTER TABLE `prompt` ADD `revises` text REFERENCES prompt(id);--> statement-breakpoint
ALTER TABLE `prompt` ADD `archived_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_revised_once` ON `prompt` (`revises`);--> statement-breakpoint
ALTER TABLE `training_run` ADD `phase` text;
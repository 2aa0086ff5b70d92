CREATE TABLE `__new_comparison` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
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
	FOREIGN KEY (`prompt_id`) REFERENCES `prompt`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`judged_by`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "comparison_k" CHECK(k between 2 and 9),
	CONSTRAINT "comparison_state_known" CHECK(state in ('generating', 'ready', 'stopped', 'failed')),
	CONSTRAINT "comparison_wanted" CHECK(wanted >= 1)
);
--> statement-breakpoint
INSERT INTO `__new_comparison`("seq", "id", "prompt_id", "k", "state", "wanted", "still_wanted", "disagreement", "judged_by", "revision", "created_by", "created_at", "handed_out_at") SELECT "seq", "id", "prompt_id", "k", CASE "state" WHEN 'ranked' THEN 'ready' ELSE "state" END, NULL, 1 - (SELECT count(*) FROM `ranking` WHERE `ranking`.`comparison_id` = `comparison`.`id` AND `ranking`.`version` = 1), "disagreement", "judged_by", "revision", "created_by", "created_at", "handed_out_at" FROM `comparison`;--> statement-breakpoint
DROP TABLE `comparison`;--> statement-breakpoint
ALTER TABLE `__new_comparison` RENAME TO `comparison`;--> statement-breakpoint
CREATE UNIQUE INDEX `comparison_id_unique` ON `comparison` (`id`);--> statement-breakpoint
CREATE INDEX `comparison_prompt` ON `comparison` (`prompt_id`);--> statement-breakpoint
CREATE INDEX `comparison_wanting` ON `comparison` (`seq`) WHERE state = 'ready' and still_wanted > 0;--> statement-breakpoint
CREATE INDEX `comparison_unsure` ON `comparison` (`disagreement`) WHERE state = 'ready' and still_wanted > 0 and disagreement is not null;--> statement-breakpoint
DROP INDEX `assignment_one_holder`;--> statement-breakpoint
-- Somebody may have let one comparison run out several times, or have taken it again after that: their latest assignment is the one they go on with.
UPDATE `assignment` SET `state` = 'released' WHERE `state` = 'expired' AND EXISTS (SELECT 1 FROM `assignment` AS `later` WHERE `later`.`comparison_id` = `assignment`.`comparison_id` AND `later`.`labeler_id` = `assignment`.`labeler_id` AND `later`.`state` IN ('held', 'expired', 'submitted') AND `later`.rowid > `assignment`.rowid);--> statement-breakpoint
CREATE UNIQUE INDEX `assignment_once` ON `assignment` (`comparison_id`,`labeler_id`) WHERE state in ('held', 'expired', 'submitted');--> statement-breakpoint
CREATE INDEX `assignment_holders` ON `assignment` (`comparison_id`,`lease_until`) WHERE state = 'held';
ALTER TABLE `comparison` ADD `handed_out_at` integer;--> statement-breakpoint
CREATE INDEX `assignment_skipped` ON `assignment` (`comparison_id`,`labeler_id`) WHERE state = 'skipped';
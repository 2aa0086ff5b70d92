ALTER TABLE `prompt` ADD `external_author` text;--> statement-breakpoint
CREATE INDEX `prompt_external_author` ON `prompt` (`project_id`,`external_author`) WHERE external_author is not null;
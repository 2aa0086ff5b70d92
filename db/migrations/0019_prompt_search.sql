ALTER TABLE `prompt` ADD `external_author` text;--> statement-breakpoint
CREATE INDEX `prompt_external_author` ON `prompt` (`project_id`,`external_author`) WHERE external_author is not null;--> statement-breakpoint
DROP INDEX `prompt_source`;--> statement-breakpoint
CREATE INDEX `prompt_use_case` ON `prompt` (`project_id`,`use_case`,`seq`);--> statement-breakpoint
CREATE INDEX `prompt_author` ON `prompt` (`author_id`,`seq`) WHERE author_id is not null;--> statement-breakpoint
CREATE INDEX `prompt_kind` ON `prompt` (`project_id`,`kind`,`seq`) WHERE kind <> 'plain';--> statement-breakpoint
CREATE INDEX `prompt_archived` ON `prompt` (`project_id`,`seq`) WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX `prompt_source` ON `prompt` (`source_id`,`seq`) WHERE source_id is not null;--> statement-breakpoint
ALTER TABLE `comparison` ADD `prompt_seq` integer;--> statement-breakpoint
CREATE INDEX `comparison_wanting_prompt` ON `comparison` (`project_id`,`prompt_seq`) WHERE state = 'ready' and still_wanted > 0;--> statement-breakpoint
CREATE INDEX `comparison_complete` ON `comparison` (`project_id`,`prompt_seq`) WHERE state = 'ready' and still_wanted <= 0;--> statement-breakpoint
CREATE VIRTUAL TABLE `prompt_words` USING fts5(`text`, content='prompt', content_rowid='seq', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5 6 7 8');--> statement-breakpoint
CREATE TRIGGER `prompt_words_of_new` AFTER INSERT ON `prompt` BEGIN INSERT INTO `prompt_words` (`rowid`, `text`) VALUES (new.`seq`, new.`text`); END;--> statement-breakpoint
CREATE TRIGGER `prompt_words_of_gone` AFTER DELETE ON `prompt` BEGIN INSERT INTO `prompt_words` (`prompt_words`, `rowid`, `text`) VALUES ('delete', old.`seq`, old.`text`); END;--> statement-breakpoint
CREATE TRIGGER `prompt_words_of_edited` AFTER UPDATE OF `text` ON `prompt` BEGIN INSERT INTO `prompt_words` (`prompt_words`, `rowid`, `text`) VALUES ('delete', old.`seq`, old.`text`); INSERT INTO `prompt_words` (`rowid`, `text`) VALUES (new.`seq`, new.`text`); END;--> statement-breakpoint
INSERT INTO `prompt_words` (`prompt_words`) VALUES ('rebuild');--> statement-breakpoint
CREATE TRIGGER `comparison_of_prompt` AFTER INSERT ON `comparison` BEGIN UPDATE `comparison` SET `prompt_seq` = (SELECT `seq` FROM `prompt` WHERE `id` = new.`prompt_id`) WHERE `seq` = new.`seq`; END;--> statement-breakpoint
UPDATE `comparison` SET `prompt_seq` = (SELECT `seq` FROM `prompt` WHERE `prompt`.`id` = `comparison`.`prompt_id`);

CREATE TABLE `event` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor_id` text,
	`capacity` text NOT NULL,
	`verb` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`part_of` text,
	`before` text,
	`after` text
);
--> statement-breakpoint
CREATE INDEX `event_at` ON `event` (`at`);--> statement-breakpoint
CREATE INDEX `event_actor` ON `event` (`actor_id`,`seq`);--> statement-breakpoint
CREATE INDEX `event_verb` ON `event` (`verb`,`seq`);--> statement-breakpoint
CREATE INDEX `event_subject_kind` ON `event` (`subject_kind`,`seq`);--> statement-breakpoint
CREATE INDEX `event_subject` ON `event` (`subject_id`,`seq`);--> statement-breakpoint
CREATE INDEX `event_part_of` ON `event` (`part_of`,`seq`);--> statement-breakpoint
CREATE TRIGGER `event_keeps_its_rows` BEFORE UPDATE ON `event` BEGIN SELECT raise(abort, 'Events are kept as they are.'); END;--> statement-breakpoint
CREATE TRIGGER `event_loses_no_rows` BEFORE DELETE ON `event` BEGIN SELECT raise(abort, 'Events are kept as they are.'); END;--> statement-breakpoint
CREATE TRIGGER `event_takes_no_row_twice` BEFORE INSERT ON `event` WHEN EXISTS (SELECT 1 FROM `event` WHERE `seq` = new.`seq`) BEGIN SELECT raise(abort, 'Events are kept as they are.'); END;

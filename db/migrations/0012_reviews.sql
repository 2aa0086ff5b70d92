CREATE TABLE `review` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`demonstration_id` text,
	`ranking_id` text,
	`reviewer_id` text NOT NULL,
	`rating` integer,
	`returned` integer NOT NULL,
	`comment` text NOT NULL,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	FOREIGN KEY (`demonstration_id`) REFERENCES `demonstration`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`reviewer_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "review_of_one" CHECK((demonstration_id is null) <> (ranking_id is null)),
	CONSTRAINT "review_rating" CHECK((rating is null) = (demonstration_id is null) and rating between 1 and 7),
	CONSTRAINT "review_comment" CHECK(returned = 0 or comment <> ''),
	CONSTRAINT "review_answered" CHECK(answered_at is null or (returned = 1 and ranking_id is not null))
);
--> statement-breakpoint
CREATE INDEX `review_of_demonstration` ON `review` (`demonstration_id`,`seq`);--> statement-breakpoint
CREATE INDEX `review_of_ranking` ON `review` (`ranking_id`,`seq`);--> statement-breakpoint
-- Runs of training know the seq of the last review they heeded: those of demonstrations keep theirs, and none comes twice.
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT 'review', `seq` FROM `sqlite_sequence` WHERE `name` = 'demonstration_review';--> statement-breakpoint
INSERT INTO `review` (`seq`, `demonstration_id`, `reviewer_id`, `rating`, `returned`, `comment`, `created_at`)
	SELECT `seq`, `demonstration_id`, `reviewer_id`, `rating`, `returned`, `comment`, `created_at` FROM `demonstration_review`;--> statement-breakpoint
INSERT INTO `review` (`ranking_id`, `reviewer_id`, `returned`, `comment`, `created_at`, `answered_at`)
	SELECT `ranking_id`, `reviewer_id`, `verdict` = 'again', `comment`, `created_at`, `answered_at` FROM `ranking_review` ORDER BY `created_at`, `ranking_id`;--> statement-breakpoint
DROP TABLE `demonstration_review`;--> statement-breakpoint
DROP TABLE `ranking_review`;
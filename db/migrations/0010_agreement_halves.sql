PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_ranking_agreement` (
	`ranking_id` text NOT NULL,
	`model_id` text NOT NULL,
	`agreed` real NOT NULL,
	`loss` real NOT NULL,
	PRIMARY KEY(`ranking_id`, `model_id`),
	FOREIGN KEY (`ranking_id`) REFERENCES `ranking`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model_id`) REFERENCES `model`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ranking_agreement_positive" CHECK(agreed >= 0 and loss >= 0)
);
--> statement-breakpoint
INSERT INTO `__new_ranking_agreement`("ranking_id", "model_id", "agreed", "loss") SELECT "ranking_id", "model_id", "agreed" + 0.5 * (
	SELECT count(*) FROM `ranking_tier` `better`
	JOIN `ranking_tier` `worse` ON `worse`.`ranking_id` = `better`.`ranking_id` AND `worse`.`tier` > `better`.`tier`
	JOIN `candidate_score` `one` ON `one`.`candidate_id` = `better`.`candidate_id` AND `one`.`model_id` = `ranking_agreement`.`model_id`
	JOIN `candidate_score` `other` ON `other`.`candidate_id` = `worse`.`candidate_id` AND `other`.`model_id` = `ranking_agreement`.`model_id`
	WHERE `better`.`ranking_id` = `ranking_agreement`.`ranking_id` AND floor(`one`.`score` * 100 + 0.5) = floor(`other`.`score` * 100 + 0.5)
), "loss" FROM `ranking_agreement`;--> statement-breakpoint
DROP TABLE `ranking_agreement`;--> statement-breakpoint
ALTER TABLE `__new_ranking_agreement` RENAME TO `ranking_agreement`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `ranking_agreement_least` ON `ranking_agreement` (`model_id`,`loss`);
-- Until now the newest trained model was the project's where none was chosen: it stays so, by name, and no newer one takes its place.
INSERT OR IGNORE INTO `setting` (`name`, `value`)
  SELECT 'modelId', `id` FROM `model` WHERE `kind` = 'lm' AND `origin` = 'trained' ORDER BY `created_at` DESC LIMIT 1;
--> statement-breakpoint
INSERT OR IGNORE INTO `setting` (`name`, `value`)
  SELECT 'rewardModelId', `id` FROM `model` WHERE `kind` = 'reward' ORDER BY `origin` DESC, `created_at` DESC LIMIT 1;

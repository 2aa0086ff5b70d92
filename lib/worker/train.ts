// The worker process for training, at low priority. Started by lib/launch/launch.ts.
import { runWorker } from "./process.ts";
import { trainingRun } from "./training.ts";

await runWorker("training", (db) => [{ kinds: ["train"], run: trainingRun(db) }]);

// The worker process for candidates: answers prompts and scores the answers, and beside that answers whoever tries a
// prompt, who waits before an empty field. Started by lib/launch/launch.ts.
import { loadedGenerators } from "./answers.ts";
import { generationRun } from "./generation.ts";
import { runWorker } from "./process.ts";
import { scoringRun } from "./score.ts";
import { trialRun } from "./trial.ts";

await runWorker("candidates", (db) => {
  const generators = loadedGenerators();
  const generate = generationRun(db, generators);
  const score = scoringRun(db);
  return [
    { kinds: ["generate", "score"], run: (job, context) => (job.kind === "score" ? score : generate)(job, context) },
    { kinds: ["try"], run: trialRun(db, generators) },
  ];
});

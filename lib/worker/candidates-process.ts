// The worker process for candidates: it answers prompts and scores the answers, and beside that answers people who try
// a prompt, because they wait for it. Started by lib/launch/launch.ts.
import { loadedGenerators } from "./answers.ts";
import { generateJob } from "./generate-job.ts";
import { runWorker } from "./process.ts";
import { scoreJob } from "./score-job.ts";
import { tryJob } from "./try-job.ts";

await runWorker("candidates", (db) => {
  const generators = loadedGenerators();
  const generate = generateJob(db, generators);
  const score = scoreJob(db);
  return [
    { kinds: ["generate", "score"], run: (job, context) => (job.kind === "score" ? score : generate)(job, context) },
    { kinds: ["try"], run: tryJob(db, generators) },
  ];
});

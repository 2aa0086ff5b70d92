// Which jobs a worker process does one after the other, and which side by side.
import type { Database } from "../../db/client.ts";
import { type JobKind, jobKinds } from "../../db/queries/jobs.ts";
import type { RunJob } from "./loop.ts";

export { jobKinds };

/** A Lane does its jobs one after the other. Lanes run side by side, a step of one and then a step of the other. */
export interface Lane {
  kinds: JobKind[];
  run: RunJob;
}

/** The workers that the launcher starts, and their jobs: all there are. */
export const workers = {
  /**
   * Answers prompts and scores the answers; beside that answers people who try a prompt, because they wait for it, and fetches
   * models, which waits for others itself.
   */
  candidates: ["generate", "score", "try", "download"],
  /** Trains, and beside that the project's judge scores comparisons. */
  training: ["train", "judge"],
} as const satisfies Record<string, readonly JobKind[]>;

/** "generate,train" → its kinds. @throws Error in one sentence where one is none, or there is none */
export function kindsIn(list: string): JobKind[] {
  const named = list.split(",").map((name) => name.trim());
  const unknown = named.find((name) => !jobKinds.some((kind) => kind === name));
  if (unknown !== undefined) throw new Error(`There are no jobs "${unknown}": they are ${jobKinds.join(", ")}.`);
  return jobKinds.filter((kind) => named.includes(kind));
}

/** The lanes for jobs of these kinds. */
export async function lanesOf(db: Database, kinds: readonly JobKind[]): Promise<Lane[]> {
  // Each worker reads only what its own jobs need.
  const any = (of: readonly JobKind[]) => of.some((kind) => kinds.includes(kind));
  const lanes = [
    ...(any(workers.candidates) ? await candidateLanes(db) : []),
    ...(any(workers.training) ? await trainingLanes(db) : []),
  ];
  return lanes
    .map((lane) => ({ ...lane, kinds: lane.kinds.filter((kind) => kinds.includes(kind)) }))
    .filter((lane) => lane.kinds.length > 0);
}

async function candidateLanes(db: Database): Promise<Lane[]> {
  const { Generators } = await import("./answers.ts");
  const { downloadJob } = await import("./download-job.ts");
  const { generateJob } = await import("./generate-job.ts");
  const { scoreJob } = await import("./score-job.ts");
  const { tryJob } = await import("./try-job.ts");
  const generators = new Generators(db);
  const generate = generateJob(db, generators);
  const score = scoreJob(db);
  return [
    { kinds: ["generate", "score"], run: (job, context) => (job.kind === "score" ? score : generate)(job, context) },
    { kinds: ["try"], run: tryJob(db, generators) },
    { kinds: ["download"], run: downloadJob(db) },
  ];
}

async function trainingLanes(db: Database): Promise<Lane[]> {
  const { requestScoring } = await import("../../db/queries/judge.ts");
  const { judgeJob } = await import("./judge-job.ts");
  const { trainJob } = await import("./train-job.ts");
  // Comparisons that an earlier version left without scores.
  void requestScoring(db, Date.now());
  return [
    { kinds: ["train"], run: trainJob(db) },
    { kinds: ["judge"], run: judgeJob(db) },
  ];
}

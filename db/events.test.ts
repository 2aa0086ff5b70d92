// Every function of db/ that changes something tells of it, or stands in the short list of those that do not, with the reason.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { asc, eq, gt } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { subjectKindOf, type Verb, verbNames } from "../lib/vocabulary/events.ts";
import type { Role } from "../lib/vocabulary/labeling.ts";
import { bySystem } from "./change.ts";
import { type Database, ormOf } from "./client.ts";
import {
  addComparison,
  addJob,
  addModel,
  addPrompt,
  addUser,
  by,
  inTests,
  temporaryDatabase,
  testProject,
} from "./database.fixture.ts";
import * as apiTokens from "./queries/api-tokens.ts";
import * as assignments from "./queries/assignments.ts";
import * as candidates from "./queries/candidates.ts";
import * as comparisons from "./queries/comparisons.ts";
import * as dataSources from "./queries/data-sources.ts";
import * as demonstrations from "./queries/demonstrations.ts";
import * as disputes from "./queries/disputes.ts";
import * as downloads from "./queries/downloads.ts";
import * as guidelines from "./queries/guidelines.ts";
import * as incoming from "./queries/incoming.ts";
import * as jobs from "./queries/jobs.ts";
import * as members from "./queries/members.ts";
import * as modelChanges from "./queries/model-changes.ts";
import * as models from "./queries/models.ts";
import * as people from "./queries/people.ts";
import * as projects from "./queries/projects.ts";
import * as promptChanges from "./queries/prompt-changes.ts";
import * as prompts from "./queries/prompts.ts";
import * as rankings from "./queries/rankings.ts";
import * as scenarios from "./queries/scenarios.ts";
import * as sessions from "./queries/sessions.ts";
import * as settings from "./queries/settings.ts";
import * as training from "./queries/training-runs.ts";
import * as trainingWork from "./queries/training-tasks.ts";
import { candidate, comparison, event, job, session } from "./schema/index.ts";

/** Why these tell nothing. */
const silent: Record<string, string> = {
  // Leases: who holds what, for minutes.
  claimAssignment: "a lease",
  claimComparison: "a lease",
  renewAssignment: "a lease",
  capAssignmentLeases: "a lease, after the clock was set back",
  heartbeatJob: "a heartbeat",
  expireJobsOf: "a lease of a worker that has ended",
  returnJob: "a lease, given back",
  capWaits: "a pause or a lease, after the clock was set back",
  // What grows: its end is told.
  saveDraft: "a draft",
  discardDraft: "a draft",
  writeAnswers: "growing answers; job.finish tells of their end",
  writeTrainingProgress: "points of a curve; job.finish tells of the end",
  writeTrainingPhase: "what a worker does just now",
  noteDownload: "bytes of a growing file; job.finish tells of the end",
  writeJudgeScores: "one of thousands of a batch; job.finish tells of all",
  requestScoring: "a job nobody asked for; job.finish tells of its end",
  // A trial is its owner's alone, and gone with the next.
  insertTrial: "a trial",
  stopTrial: "a trial",
  writeTrial: "a trial",
  // Of signing in and of requests, not of the project.
  rememberSignIn: "where somebody signs in from",
  deleteExpiredSessions: "sessions whose time is over",
  forgetRequests: "requests whose time is over",
  // The whole database, its events among the rows.
  copyRows: "a copy of all rows into an empty database",
  // better-auth's rows for signing in; a password is told of, see lib/api/auth.test.ts.
  authStore: "sessions that begin and end",
};

/** A word of every text below: none of it may stand in the log. */
const secret = "otter";

interface World {
  db: Database;
  admin: ReturnType<typeof by>;
  reviewer: ReturnType<typeof by>;
  labeler: ReturnType<typeof by>;
  promptId: string;
  /** Its two answers are there. */
  comparisonId: string;
  answers: string[];
  lm: string;
  reward: string;
}

let world: World;
let remove: () => void;
beforeEach(async () => {
  const made = await temporaryDatabase();
  remove = made.remove;
  const { db } = made;
  const person = async (name: string, role: Role) => by(db, await addUser(db, name, role), 1_000, role);
  const admin = await person("admin", "admin");
  const [lm, reward] = [await addModel(db, "lm"), await addModel(db, "reward")];
  const promptId = await addPrompt(db, `Does an ${secret} swim?`);
  const texts = [`An ${secret} does.`, "No."];
  const { id, candidates } = await addComparison(db, { promptId, modelId: lm, createdBy: admin.actor.id, texts });
  const [reviewer, labeler] = [await person("reviewer", "reviewer"), await person("labeler", "labeler")];
  world = { db, admin, reviewer, labeler, promptId, comparisonId: id, answers: candidates, lm, reward };
});
afterEach(() => remove());

const content = { tiers: [[0], [1]], ratings: [], promptFlags: [] };
const rest = { guards: [], spentMs: null, guidelinesVersion: null };
const words = (text: string) => ({
  kind: "plain" as const,
  text,
  messages: [{ role: "user" as const, content: text }],
  useCase: "chat",
  split: "train" as const,
});
const fewShot = (query: string) => ({
  ...words(`Swim ${secret}: ${query}`),
  kind: "few-shot" as const,
  fewShot: { instruction: `Swim, ${secret}.`, shots: [], query },
});
const file = { name: "file.jsonl", revision: "", licence: "", hash: "abc", format: "rankloop" };
const broughtIn = [
  {
    ...words(`Where do ${secret}s sleep?`),
    ...{ key: "a", externalId: null, externalAuthor: null },
    demonstrations: [
      {
        key: "b",
        externalId: null,
        externalAuthor: "ada",
        text: `An ${secret} sleeps afloat.`,
        writtenAt: null,
      },
    ],
    comparisons: [
      {
        key: "c",
        answers: ["Here", "There"].map((place) => ({
          ...{ key: place, externalId: null, externalAuthor: null, sampling: null },
          text: `${place}, ${secret}.`,
        })),
        ranking: {
          ...{ key: "d", externalId: null, externalLabeler: "bo", tiers: [[0], [1]], rankedAt: null, spentMs: null },
          ...{ ratings: [], promptFlags: [], guards: [] },
        },
      },
    ],
  },
];
const drawn = { temperature: 1, topP: 1 };
const workerId = "w-1";

async function held({ labeler }: World) {
  const one = await assignments.claimAssignment(labeler, { rateFirst: false, leaseMs: 9_999_999 });
  return one?.id ?? "";
}
async function ranked(w: World) {
  const assignmentId = await held(w);
  await rankings.submitRanking(w.labeler, { assignmentId, revises: null, content, ...rest });
  const row = await rankings.latestSubmission(w.db, assignmentId);
  const { items } = {
    items: await rankings.rankingsOfLabeler(inTests(w.db), { labelerId: w.labeler.actor.id, limit: 1 }),
  };
  return { assignmentId, rankingId: items[0]?.id ?? "", version: row?.version ?? 0 };
}
async function demonstrated({ labeler, promptId }: World) {
  const made = await demonstrations.insertDemonstration(labeler, { promptId, text: `An ${secret} swims.` });
  return made?.id ?? "";
}
const runOf = (w: World) => ({
  name: "First",
  kind: "reward" as const,
  baseModelId: w.lm,
  rewardModelId: null,
  settings: { seed: 1 } as training.TrainingSettings,
  datasets: ["comparisons"] as const,
  texts: null,
});
async function running(w: World) {
  const run = await training.insertTrainingRun(w.admin, runOf(w));
  const runId = typeof run === "object" ? run.id : "";
  const work = await jobs.claimJob(w.db, { kinds: ["train"], workerId, leaseMs: 60_000, now: 1_000 });
  return { runId, work: { id: work?.id ?? "", workerId } };
}
async function claimed({ db, comparisonId }: World) {
  const id = await addJob(db, { kind: "generate", subjectId: comparisonId }, 0);
  await jobs.claimJob(db, { kinds: ["generate"], workerId, leaseMs: 60_000, now: 1_000 });
  return { id, workerId };
}

const anAddress = {
  name: "Elsewhere",
  kind: "lm" as const,
  context: null,
  settings: () => ({
    baseUrl: "https://api.example.org/v1",
    serverModel: "big",
    asks: "chat" as const,
    severalPerCall: false,
    extra: `{"user":"${secret}"}`,
    promptPrice: null,
    answerPrice: null,
    parallel: 4,
    timeLimitMs: 1_000,
    template: null,
    sealedKey: `a sealed ${secret}`,
    keyVariable: null,
  }),
};
const ofHub = { name: "Fetched", repository: "owner/name", revision: "main" };
async function fetching(w: World) {
  const made = (await downloads.insertHubModel(w.admin, ofHub)) as { id: string };
  const { id } = (await ormOf(w.db).select({ id: job.id }).from(job).where(eq(job.subjectId, made.id)).get())!;
  return { ...made, jobId: id };
}

/** Does what is needed first, then answers the call and, of each event it must tell, the verb and the id of its subject. */
type Case = (w: World) => Promise<{ call: () => Promise<unknown>; tells: () => [Verb, unknown][] }>;

/** One function may tell of several things: each way of calling it is a case. */
const told: Record<string, Case[]> = {
  endAssignment: [
    async (w) => {
      const id = await held(w);
      return {
        call: () => assignments.endAssignment(w.labeler, { id, state: "skipped", skipReason: "unclear" }),
        tells: () => [["comparison.skip", w.comparisonId]],
      };
    },
  ],
  takeSkipBack: [
    async (w) => {
      const id = await held(w);
      await assignments.endAssignment(w.labeler, { id, state: "skipped", skipReason: "unclear" });
      return {
        call: () => assignments.takeSkipBack(w.labeler, { id, leaseMs: 1 }),
        tells: () => [["comparison.unskip", w.comparisonId]],
      };
    },
  ],
  handOutAgain: [
    async (w) => ({
      call: () => assignments.handOutAgain(w.reviewer, w),
      tells: () => [["comparison.handOut", w.comparisonId]],
    }),
  ],
  writeScores: [
    async (w) => {
      const work = await claimed(w);
      const scores = w.answers.map((candidateId, i) => ({ candidateId, score: i }));
      return {
        call: () =>
          candidates.writeScores(w.db, work, { comparisonId: w.comparisonId, modelId: w.reward, scores, now: 1_000 }),
        tells: () => [["comparison.score", w.comparisonId]],
      };
    },
  ],
  insertComparison: [
    async (w) => {
      let made: unknown;
      const model = { modelId: w.lm, ...drawn, seed: 1 };
      const written = { authorId: w.labeler.actor.id, text: `An ${secret}.` };
      const asked = { promptId: w.promptId, answers: [model, written], maxTokens: 8 };
      return {
        call: async () => (made = await comparisons.insertComparison(w.labeler, asked)),
        tells: () => [["comparison.create", (made as { id: string }).id]],
      };
    },
  ],
  drawEqualAgain: [
    async (w) => {
      const work = await claimed(w);
      const answers = w.answers.map((id) => ({ id, text: `An ${secret}.`, tokens: 3, finish: "stop" as const }));
      await ormOf(w.db).update(candidate).set({ state: "waiting" }).run();
      await ormOf(w.db).update(comparison).set({ state: "generating" }).run();
      await candidates.writeAnswers(w.db, work, w.comparisonId, answers);
      return {
        call: () => candidates.drawEqualAgain(w.db, work, { comparisonId: w.comparisonId }),
        tells: () => [["candidate.drawAgain", w.answers[1]]],
      };
    },
  ],
  stopGeneration: [
    async (w) => {
      const id = await addJob(w.db, { kind: "generate", subjectId: w.comparisonId }, 0);
      return { call: () => comparisons.stopGeneration(w.labeler, w), tells: () => [["job.stop", id]] };
    },
    async (w) => {
      const { id } = await claimed(w);
      return { call: () => comparisons.stopGeneration(w.labeler, w), tells: () => [["job.askStop", id]] };
    },
  ],
  regenerateCandidate: [
    async (w) => ({
      call: () => comparisons.regenerateCandidate(w.reviewer, { candidateId: w.answers[0]!, seed: 7 }),
      tells: () => [["candidate.regenerate", w.answers[0]]],
    }),
  ],
  insertScoring: [
    async (w) => ({
      call: () => comparisons.insertScoring(w.reviewer, { comparisonId: w.comparisonId, modelId: w.reward }),
      tells: () => [["comparison.askScores", w.comparisonId]],
    }),
  ],
  insertDemonstration: [
    async (w) => {
      let id = "";
      return { call: async () => (id = await demonstrated(w)), tells: () => [["demonstration.create", id]] };
    },
  ],
  reviseDemonstration: [
    async (w) => {
      const id = await demonstrated(w);
      let made: unknown;
      return {
        call: async () => (made = await demonstrations.reviseDemonstration(w.labeler, { id, text: `Yes, ${secret}.` })),
        tells: () => [["demonstration.revise", (made as { id: string }).id]],
      };
    },
  ],
  insertReview: [
    async (w) => {
      const id = await demonstrated(w);
      const review = { id, rating: 2, returned: true, comment: `Which ${secret}?` };
      return {
        call: () => demonstrations.insertReview(w.reviewer, review),
        tells: () => [["demonstration.review", id]],
      };
    },
  ],
  reviewRanking: [
    async (w) => {
      const { rankingId } = await ranked(w);
      const comment = `The ${secret} first?`;
      return {
        call: () => disputes.reviewRanking(w.reviewer, { rankingId, verdict: "again", comment }),
        tells: () => [["ranking.review", rankingId]],
      };
    },
  ],
  submitRanking: [
    async (w) => {
      let id = "";
      return {
        call: async () => (id = (await ranked(w)).rankingId),
        tells: () => [["ranking.submit", id]],
      };
    },
    async (w) => {
      const { assignmentId } = await ranked(w);
      const other = { ...content, tiers: [[1], [0]] };
      let made: unknown;
      return {
        call: async () =>
          (made = await rankings.submitRanking(w.labeler, { assignmentId, revises: 1, content: other, ...rest })),
        tells: () => [["ranking.revise", (made as { rankingId: string }).rankingId]],
      };
    },
    async (w) => {
      const { assignmentId, rankingId } = await ranked(w);
      await disputes.reviewRanking(w.reviewer, { rankingId, verdict: "again", comment: "Sure?" });
      return {
        call: () => rankings.submitRanking(w.labeler, { assignmentId, revises: 1, content, ...rest }),
        tells: () => [["ranking.keep", rankingId]],
      };
    },
  ],
  markGuidelinesRead: [
    async (w) => {
      await guidelines.publishGuidelines(w.reviewer, { topic: "rank", text: `Rank every ${secret}.`, basedOn: 0 });
      return {
        call: () => guidelines.markGuidelinesRead(w.labeler, { topic: "rank", version: 1 }),
        tells: () => [["guidelines.read", "rank"]],
      };
    },
  ],
  publishGuidelines: [
    async (w) => ({
      call: () => guidelines.publishGuidelines(w.reviewer, { topic: "rank", text: `No ${secret}.`, basedOn: 0 }),
      tells: () => [
        ["guidelines.publish", "rank"],
        ["guidelines.read", "rank"],
      ],
    }),
  ],
  claimJob: [
    async (w) => {
      const { id } = await claimed(w);
      await ormOf(w.db).update(job).set({ failures: jobs.maxFailures }).run();
      return {
        call: () => jobs.claimJob(w.db, { kinds: ["generate"], workerId, leaseMs: 1, now: 9_999_999 }),
        tells: () => [["job.fail", id]],
      };
    },
  ],
  finishJob: [
    async (w) => {
      const work = await claimed(w);
      return { call: () => jobs.finishJob(w.db, work, 1_000), tells: () => [["job.finish", work.id]] };
    },
  ],
  failJob: [
    async (w) => {
      const work = await claimed(w);
      const end = { ...work, error: `The ${secret} is gone.`, retry: "never" as const, now: 1_000 };
      return { call: () => jobs.failJob(w.db, end), tells: () => [["job.fail", work.id]] };
    },
  ],
  releaseJobs: [
    async (w) => {
      const { id } = await claimed(w);
      await jobs.cancelJob(w.reviewer, id);
      return {
        call: () => jobs.releaseJobs(w.db, { workers: "", now: 1_000 }),
        tells: () => [["job.stop", id]],
      };
    },
  ],
  cancelJob: [
    async (w) => {
      const { id } = await claimed(w);
      return { call: () => jobs.cancelJob(w.reviewer, id), tells: () => [["job.askStop", id]] };
    },
  ],
  acknowledgeCancel: [
    async (w) => {
      const work = await claimed(w);
      return { call: () => jobs.acknowledgeCancel(w.db, work, 1_000), tells: () => [["job.stop", work.id]] };
    },
  ],
  renameModel: [
    async (w) => ({
      call: () => modelChanges.renameModel(w.reviewer, { id: w.lm, name: "Another" }),
      tells: () => [["model.rename", w.lm]],
    }),
  ],
  removeModel: [
    async (w) => ({
      call: () => modelChanges.removeModel(w.reviewer, { id: w.lm }),
      tells: () => [["model.delete", w.lm]],
    }),
  ],
  removeRun: [
    async (w) => {
      const { runId, work } = await running(w);
      await jobs.failJob(w.db, { ...work, error: "", retry: "never", now: 1_000 });
      return { call: () => modelChanges.removeRun(w.reviewer, { id: runId }), tells: () => [["run.delete", runId]] };
    },
  ],
  registerShipped: [
    async (w) => {
      const shipped = { directory: "small", name: "small", kind: "lm" as const, parameters: 1, context: 8 };
      return {
        call: () => models.registerShipped(bySystem(w.db, 1_000), shipped),
        tells: () => [["model.ship", "small"]],
      };
    },
  ],
  updateAccount: [
    async (w) => ({
      call: () => people.updateAccount(w.admin, { id: w.labeler.actor.id, isAdmin: true, active: false }),
      tells: () => [
        ["person.changeRole", w.labeler.actor.id],
        ["person.deactivate", w.labeler.actor.id],
      ],
    }),
    async (w) => {
      await people.updateAccount(w.admin, { id: w.labeler.actor.id, active: false });
      return {
        call: () => people.updateAccount(w.admin, { id: w.labeler.actor.id, active: true }),
        tells: () => [["person.activate", w.labeler.actor.id]],
      };
    },
  ],
  putMember: [
    async (w) => ({
      call: () => members.putMember(w.admin, { userId: w.labeler.actor.id, role: "writer" }),
      tells: () => [["member.changeRole", w.labeler.actor.id]],
    }),
  ],
  removeMember: [
    async (w) => ({
      call: () => members.removeMember(w.admin, { userId: w.labeler.actor.id }),
      tells: () => [["member.remove", w.labeler.actor.id]],
    }),
  ],
  insertProject: [
    async (w) => {
      let made: unknown;
      const own = [{ userId: w.admin.actor.id, role: "admin" as const }];
      const project = { name: "New", settings: {}, members: own, guidelines: { write: secret, rank: secret } };
      return {
        call: async () => (made = await projects.insertProject(w.admin, project)),
        tells: () => [
          ["project.create", (made as { id: string }).id],
          ["member.add", w.admin.actor.id],
          ["guidelines.publish", "write"],
          ["guidelines.publish", "rank"],
        ],
      };
    },
  ],
  cloneProject: [
    async (w) => {
      let made: unknown;
      return {
        call: async () => (made = await projects.cloneProject(w.admin, { name: "Again" })),
        tells: () => [
          ["project.create", (made as { id: string }).id],
          ...[w.admin, w.reviewer, w.labeler].map(({ actor }): [Verb, unknown] => ["member.add", actor.id]),
        ],
      };
    },
  ],
  renameProject: [
    async (w) => ({
      call: () => projects.renameProject(w.admin, { name: "Other" }),
      tells: () => [["project.rename", testProject]],
    }),
  ],
  archiveProject: [
    async (w) => ({
      call: () => projects.archiveProject(w.admin, { archived: true }),
      tells: () => [["project.archive", testProject]],
    }),
    async (w) => {
      await projects.archiveProject(w.admin, { archived: true });
      return {
        call: () => projects.archiveProject(w.admin, { archived: false }),
        tells: () => [["project.restore", testProject]],
      };
    },
  ],
  removeProject: [
    async (w) => ({
      call: () => projects.removeProject(w.admin, { name: testProject }),
      tells: () => [["project.delete", testProject]],
    }),
  ],
  seedPracticeOnce: [
    async (w) => {
      const given = { id: "p", name: "P", prompts: [words(secret)], scenarios: [secret] };
      return {
        call: () => projects.seedPracticeOnce(w.admin, { ...given, guidelines: { write: secret, rank: secret } }),
        tells: () => [
          ["project.create", "p"],
          ["guidelines.publish", "write"],
          ["guidelines.publish", "rank"],
        ],
      };
    },
  ],
  insertReset: [
    async (w) => ({
      call: () => people.insertReset(w.admin, { userId: w.labeler.actor.id, token: secret, expiresAt: 2_000 }),
      tells: () => [["person.resetPassword", w.labeler.actor.id]],
    }),
  ],
  spendReset: [
    async (w) => {
      await people.insertReset(w.admin, { userId: w.labeler.actor.id, token: secret, expiresAt: 2_000 });
      return {
        call: () => people.spendReset(w.labeler, { token: secret, passwordHash: secret }),
        tells: () => [["person.setPassword", w.labeler.actor.id]],
      };
    },
  ],
  insertAccount: [
    async (w) => {
      const account = { username: "new", displayUsername: "New", name: "New", passwordHash: secret };
      let made: unknown;
      return {
        call: async () =>
          (made = await people.insertAccount(w.admin, {
            ...account,
            isAdmin: false,
            role: "writer",
            onlyFirst: false,
          })),
        tells: () => [
          ["person.create", (made as { id: string }).id],
          ["member.add", (made as { id: string }).id],
        ],
      };
    },
  ],
  editPrompt: [
    async (w) => {
      let made: unknown;
      return {
        call: async () => (made = await promptChanges.editPrompt(w.admin, { id: w.promptId, words: words(secret) })),
        tells: () => [["prompt.revise", (made as { id: string }).id]],
      };
    },
    async (w) => {
      const { id } = await prompts.insertPrompt(w.labeler, words(`An ${secret}?`));
      return {
        call: () => promptChanges.editPrompt(w.labeler, { id, words: words(`Two ${secret}s?`) }),
        tells: () => [["prompt.edit", id]],
      };
    },
  ],
  archivePrompt: [
    async (w) => ({
      call: () => promptChanges.archivePrompt(w.reviewer, { id: w.promptId, archived: true }),
      tells: () => [["prompt.archive", w.promptId]],
    }),
    async (w) => {
      await promptChanges.archivePrompt(w.reviewer, { id: w.promptId, archived: true });
      return {
        call: () => promptChanges.archivePrompt(w.reviewer, { id: w.promptId, archived: false }),
        tells: () => [["prompt.restore", w.promptId]],
      };
    },
  ],
  removePrompt: [
    async (w) => ({
      call: () => promptChanges.removePrompt(w.reviewer, { id: w.promptId }),
      tells: () => [["prompt.delete", w.promptId]],
    }),
  ],
  archivePrompts: [
    async (w) => ({
      call: () => promptChanges.archivePrompts(w.reviewer, { ids: [w.promptId, "nothing"], archived: true }),
      tells: () => [["project.archivePrompts", testProject]],
    }),
    async (w) => {
      await promptChanges.archivePrompt(w.reviewer, { id: w.promptId, archived: true });
      return {
        call: () => promptChanges.archivePrompts(w.reviewer, { ids: [w.promptId], archived: false }),
        tells: () => [["project.restorePrompts", testProject]],
      };
    },
    async (w) => ({
      call: () => promptChanges.archivePrompts(w.reviewer, { ids: [w.promptId], archived: false }),
      tells: () => [],
    }),
  ],
  removePrompts: [
    async (w) => ({
      call: () => promptChanges.removePrompts(w.reviewer, { ids: [w.promptId] }),
      tells: () => [["project.deletePrompts", testProject]],
    }),
    async (w) => ({ call: () => promptChanges.removePrompts(w.reviewer, { ids: ["nothing"] }), tells: () => [] }),
  ],
  insertPrompt: [
    async (w) => {
      let made = { id: "" };
      const prompt = { ...words(`An ${secret}?`), demonstration: `Yes, an ${secret}.` };
      return {
        call: async () => (made = await prompts.insertPrompt(w.labeler, prompt)),
        tells: () => [
          ["prompt.create", made.id],
          ["demonstration.create", expect.any(String)],
        ],
      };
    },
  ],
  insertResampled: [
    async (w) => {
      const { id } = await prompts.insertPrompt(w.labeler, fewShot("one"));
      const list = ["two", "three"].map((query) => ({
        ...fewShot(query),
        authorId: w.labeler.actor.id,
        demonstration: secret,
      }));
      return { call: () => prompts.insertResampled(w.reviewer, id, list), tells: () => [["prompt.resample", id]] };
    },
  ],
  insertApiToken: [
    async (w) => {
      let made = { id: "" };
      return {
        call: async () => (made = await apiTokens.insertApiToken(w.reviewer, { name: secret, token: secret })),
        tells: () => [["token.create", made.id]],
      };
    },
  ],
  revokeApiToken: [
    async (w) => {
      const { id } = await apiTokens.insertApiToken(w.reviewer, { name: secret, token: secret });
      return {
        call: () => apiTokens.revokeApiToken(w.reviewer, { id }),
        tells: () => [["token.revoke", id]],
      };
    },
  ],
  insertFolderModel: [
    async (w) => {
      let made: unknown;
      const row = { name: "Here", kind: "lm" as const, directory: "/models/here", parameters: 1, context: 8 };
      return {
        call: async () => (made = await modelChanges.insertFolderModel(w.admin, row)),
        tells: () => [["model.add", (made as { id: string }).id]],
      };
    },
  ],
  insertAddressModel: [
    async (w) => {
      let made: unknown;
      return {
        call: async () => (made = await modelChanges.insertAddressModel(w.admin, anAddress)),
        tells: () => [["model.add", (made as { id: string }).id]],
      };
    },
  ],
  changeAddress: [
    async (w) => {
      const { id } = (await modelChanges.insertAddressModel(w.admin, anAddress)) as { id: string };
      const settings = (before: modelChanges.AddressSettings) => ({ ...before, sealedKey: `${secret} again` });
      return {
        call: () => modelChanges.changeAddress(w.admin, { id, context: 9, settings }),
        tells: () => [["model.change", id]],
      };
    },
  ],
  changeModel: [
    async (w) => ({
      call: () => modelChanges.changeModel(w.reviewer, { id: w.lm, archived: true }),
      tells: () => [["model.archive", w.lm]],
    }),
    async (w) => {
      await modelChanges.changeModel(w.reviewer, { id: w.lm, archived: true });
      return {
        call: () => modelChanges.changeModel(w.reviewer, { id: w.lm, archived: false }),
        tells: () => [["model.restore", w.lm]],
      };
    },
    async (w) => ({
      call: () => modelChanges.changeModel(w.reviewer, { id: w.lm, bits: 8 }),
      tells: () => [["model.change", w.lm]],
    }),
  ],
  noteBitsCost: [
    async (w) => ({
      call: () => modelChanges.noteBitsCost(w.reviewer, { id: w.lm, cost: { 8: 0.0001, 4: 0.01 } }),
      tells: () => [["model.measure", w.lm]],
    }),
  ],
  insertHubModel: [
    async (w) => {
      let made: unknown;
      return {
        call: async () => (made = await downloads.insertHubModel(w.admin, ofHub)),
        tells: () => [["model.add", (made as { id: string }).id]],
      };
    },
  ],
  fetchAgain: [
    async (w) => {
      const { id } = await fetching(w);
      await downloads.stopFetching(w.admin, { id });
      return { call: () => downloads.fetchAgain(w.admin, { id }), tells: () => [["model.fetch", id]] };
    },
  ],
  stopFetching: [
    async (w) => {
      const { id, jobId } = await fetching(w);
      return { call: () => downloads.stopFetching(w.admin, { id }), tells: () => [["job.stop", jobId]] };
    },
  ],
  finishDownload: [
    async (w) => {
      const { id, jobId } = await fetching(w);
      await jobs.claimJob(w.db, { kinds: ["download"], workerId, leaseMs: 60_000, now: 1_000 });
      const found = { modelId: id, kind: "lm" as const, parameters: 1, context: 8 };
      return {
        call: () => downloads.finishDownload(w.db, { id: jobId, workerId }, found),
        tells: () => [
          ["model.change", id],
          ["job.finish", jobId],
        ],
      };
    },
  ],
  insertScenario: [
    async (w) => {
      let made = { id: "" };
      return {
        call: async () => (made = await scenarios.insertScenario(w.reviewer, { text: `A diary of an ${secret}.` })),
        tells: () => [["scenario.create", made.id]],
      };
    },
  ],
  retireScenario: [
    async (w) => {
      const { id } = await scenarios.insertScenario(w.reviewer, { text: secret });
      return {
        call: () => scenarios.retireScenario(w.reviewer, { id }),
        tells: () => [["scenario.retire", id]],
      };
    },
  ],
  restoreScenario: [
    async (w) => {
      const { id } = await scenarios.insertScenario(w.reviewer, { text: secret });
      await scenarios.retireScenario(w.reviewer, { id });
      return {
        call: () => scenarios.restoreScenario(w.reviewer, { id }),
        tells: () => [["scenario.restore", id]],
      };
    },
  ],
  endSessions: [
    async (w) => {
      const userId = w.labeler.actor.id;
      const at = new Date(2_000);
      const times = { expiresAt: at, createdAt: at, updatedAt: at };
      await ormOf(w.db)
        .insert(session)
        .values({ id: "s", token: secret, userId, ...times })
        .run();
      return {
        call: () => sessions.endSessions(w.admin, { userId }),
        tells: () => [["person.endSessions", userId]],
      };
    },
  ],
  insertDataSource: [
    async (w) => {
      let made: { id: string } | undefined;
      const call = async () => (made = await dataSources.insertDataSource(w.reviewer, file));
      return { call, tells: () => [["dataSource.create", made?.id ?? ""]] };
    },
  ],
  insertIncoming: [
    async (w) => {
      const { id: sourceId } = await dataSources.insertDataSource(w.reviewer, file);
      return {
        call: () => incoming.insertIncoming(w.reviewer, { sourceId, prompts: broughtIn }),
        tells: () => [["dataSource.addRows", sourceId]],
      };
    },
    async (w) => {
      const { id: sourceId } = await dataSources.insertDataSource(w.reviewer, file);
      await incoming.insertIncoming(w.reviewer, { sourceId, prompts: broughtIn });
      // All of it is there already.
      return { call: () => incoming.insertIncoming(w.reviewer, { sourceId, prompts: broughtIn }), tells: () => [] };
    },
  ],
  removeDataSource: [
    async (w) => {
      const { id } = await dataSources.insertDataSource(w.reviewer, file);
      await incoming.insertIncoming(w.reviewer, { sourceId: id, prompts: broughtIn });
      return {
        call: () => dataSources.removeDataSource(w.reviewer, { id }),
        tells: () => [["dataSource.delete", id]],
      };
    },
  ],
  finishDataSource: [
    async (w) => {
      const { id } = await dataSources.insertDataSource(w.reviewer, file);
      return {
        call: () => dataSources.finishDataSource(w.reviewer, { id, rows: 3, leftOut: 1 }),
        tells: () => [["dataSource.finish", id]],
      };
    },
  ],
  writeProjectSettings: [
    async (w) => ({
      call: () => settings.writeProjectSettings(w.reviewer, { rateFirst: false, modelId: w.lm }),
      tells: () => [["project.changeSettings", testProject]],
    }),
  ],
  insertTrainingRun: [
    async (w) => {
      let made: unknown;
      return {
        call: async () => (made = await training.insertTrainingRun(w.reviewer, runOf(w))),
        tells: () => [["run.start", (made as { id: string }).id]],
      };
    },
  ],
  resumeTrainingRun: [
    async (w) => {
      const { runId, work } = await running(w);
      await jobs.failJob(w.db, { ...work, error: "", retry: "never", now: 1_000 });
      return {
        call: () => training.resumeTrainingRun(w.reviewer, { id: runId }),
        tells: () => [["run.resume", runId]],
      };
    },
  ],
  noteTrainingData: [
    async (w) => {
      const { runId, work } = await running(w);
      const data = { runId, dataset: "comparisons" as const, lines: 3, hash: "abc" };
      return {
        call: () => trainingWork.noteTrainingData(w.db, work, data),
        tells: () => [["run.noteData", runId]],
      };
    },
  ],
  finishTraining: [
    async (w) => {
      const { runId, work } = await running(w);
      const model = { id: runId, name: "First", kind: "reward" as const, directory: runId, parameters: 1, context: 8 };
      return {
        call: () => trainingWork.finishTraining(w.db, work, { runId, model, metrics: {}, now: 1_000 }),
        tells: () => [
          ["model.create", runId],
          ["job.finish", work.id],
        ],
      };
    },
  ],
};

const makes = /\.(create|start|submit|add|ship|publish|read)$/;

const cases = Object.entries(told).flatMap(([name, all]) => all.map((one, i) => ({ name, one, way: i + 1 })));
const seen = new Set<Verb>();

describe("a change is told by who did it, what to, before and after", () => {
  test.each(cases)("$name, $way", async ({ one }) => {
    const orm = ormOf(world.db);
    const { call, tells } = await one(world);
    const earlier = await orm.select({ seq: event.seq }).from(event).all();
    await call();
    const events = await orm
      .select()
      .from(event)
      .where(gt(event.seq, earlier.at(-1)?.seq ?? 0))
      .orderBy(asc(event.seq))
      .all();
    expect(events.map(({ verb, subjectId }) => [verb, subjectId])).toEqual(tells());
    for (const { verb, subjectKind, subjectId, capacity, actorId, before, after } of events) {
      seen.add(verb);
      expect([subjectKind, subjectId === ""]).toEqual([subjectKindOf(verb), false]);
      expect(actorId === null).toBe(capacity === "system");
      expect(before).not.toBe(after);
      if (!makes.test(verb)) expect(before, verb).not.toBeNull();
      if (!/\.(delete|remove)$/.test(verb)) expect(after, verb).not.toBeNull();
    }
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  test("by every verb of the vocabulary", () => {
    // Each where its function is tested.
    const elsewhere: Verb[] = ["database.restore", "person.changePassword"];
    // db/migrate.test.ts reads events of them.
    const ofEarlierVersions: Verb[] = ["project.addPrompts", "project.addScenarios"];
    expect([...seen, ...elsewhere, ...ofEarlierVersions].toSorted()).toEqual(verbNames.toSorted());
  });
});

test("nothing that changes the database is left out", () => {
  const found = ["", "queries"].flatMap((folder) => {
    const directory = path.join(import.meta.dirname, folder);
    return readdirSync(directory)
      .filter(
        (file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$|^(change|client|migrate|backup)\.ts$/.test(file),
      )
      .map((file) => readFileSync(path.join(directory, file), "utf8"))
      .filter((source) => /from ".*drizzle.*"/.test(source))
      .flatMap(changingIn);
  });
  expect(found.length).toBeGreaterThan(50);
  expect(found.toSorted()).toEqual([...Object.keys(told), ...Object.keys(silent)].toSorted());
});

/** What a module exports that changes the database, itself or by another function of the module. */
function changingIn(source: string): string[] {
  const parts = source.split(/^(?=(?:export )?(?:async )?(?:function|const|class) \w)/m).slice(1);
  const declared = parts.map((body) => {
    const [, exported, name = ""] = /^(export )?(?:async )?(?:function|const|class) (\w+)/.exec(body) ?? [];
    return { name, exported: exported !== undefined, body };
  });
  const writes = /\b(change|changeOnce|transaction)\(|\.(insert|update|delete)\(\w|drizzleAdapter\(/;
  const changing = new Set(declared.filter(({ body }) => writes.test(body)).map(({ name }) => name));
  for (let before = -1; before < changing.size; ) {
    before = changing.size;
    for (const { name, body } of declared) {
      if ([...changing].some((other) => other !== name && new RegExp(`\\b${other}\\(`).test(body))) changing.add(name);
    }
  }
  return declared.filter(({ name, exported }) => exported && changing.has(name)).map(({ name }) => name);
}

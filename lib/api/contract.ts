// The HTTP API as types: what the screens and other programs may ask. Browser-safe: zod and shapes only.
// Ids are opaque strings; times are Unix ms; errors carry a code and one sentence for a person.
import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";

export const roles = ["admin", "reviewer", "labeler"] as const;
export type Role = (typeof roles)[number];

/** InstructGPT's ten use cases (Ouyang et al. 2022, table 1), most frequent first. */
export const useCases = [
  "generation",
  "open QA",
  "brainstorming",
  "chat",
  "rewrite",
  "summarization",
  "classification",
  "other",
  "closed QA",
  "extract",
] as const;
export type UseCase = (typeof useCases)[number];

export const limits = {
  promptCharacters: 20_000,
  answerCharacters: 50_000,
  k: { min: 2, max: 9, default: 4 },
  temperature: { min: 0, max: 2, default: 1 },
  topP: { min: 0.01, max: 1, default: 1 },
  maxTokens: { min: 1, max: 1_024, default: 128 },
} as const;

const id = z.string().min(1).max(64);
const time = z.int();
const page = z.object({ cursor: id.optional(), limit: z.int().min(1).max(100).default(30) });
const text = (what: string, max: number) =>
  z
    .string()
    .refine((value) => value.trim().length > 0, `${what} is empty: write something first.`)
    .refine((value) => value.length <= max, `${what} is too long: at most ${max.toLocaleString("en")} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

const name = (what: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} is empty: write one.`)
    .max(max, `${what} is too long: at most ${max} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

export const user = z.object({ id, username: z.string(), name: z.string(), role: z.enum(roles) });
export type User = z.infer<typeof user>;

export const newAccount = z.object({
  username: z
    .string()
    .trim()
    .min(3, "A user name has at least 3 characters.")
    .max(30, "A user name has at most 30 characters.")
    .regex(/^[a-zA-Z0-9_.]+$/, "A user name has only letters, digits, dots and underscores."),
  name: name("The name", 80),
  password: z
    .string()
    .min(8, "A password has at least 8 characters.")
    .max(128, "A password has at most 128 characters."),
});

export const prompt = z.object({
  id,
  text: z.string(),
  useCase: z.enum(useCases),
  author: z.string(),
  createdAt: time,
  demonstrations: z.int(),
  comparisons: z.int(),
});
export type Prompt = z.infer<typeof prompt>;

export const demonstration = z.object({ id, promptId: id, text: z.string(), author: z.string(), createdAt: time });
export type Demonstration = z.infer<typeof demonstration>;

export const model = z.object({
  id,
  name: z.string(),
  kind: z.enum(["lm", "reward"]),
  parameters: z.int(),
  /** Tokens of prompt and answer together. */
  context: z.int(),
  createdAt: time,
  /** Why it cannot be used just now (directory gone, shapes disagree); null when it can. */
  problem: z.string().nullable(),
  /** Name → figure, e.g. `eval/accuracy`. */
  metrics: z.record(z.string(), z.number()),
  trainingRunId: id.nullable(),
});
export type Model = z.infer<typeof model>;

export const generationSettings = z.object({
  k: z
    .int("K is a whole number.")
    .min(limits.k.min, "K is at least 2: one answer cannot be ranked.")
    .max(limits.k.max, "K is at most 9.")
    .default(limits.k.default),
  modelId: id,
  temperature: z.number().min(limits.temperature.min).max(limits.temperature.max).default(limits.temperature.default),
  topP: z.number().min(limits.topP.min).max(limits.topP.max).default(limits.topP.default),
  maxTokens: z.int().min(limits.maxTokens.min).max(limits.maxTokens.max).default(limits.maxTokens.default),
  /** Drawn at random where absent; the one used is recorded on each candidate. */
  seed: z.int().min(0).max(0xffffffff).optional(),
});

export const candidate = z.object({
  id,
  /** A, B, C …: the place in the stored shuffled order. */
  label: z.string(),
  text: z.string(),
  tokens: z.int(),
  state: z.enum(["waiting", "streaming", "done", "stopped", "failed"]),
  error: z.string().nullable(),
  /** Hidden (null) like the model's name. */
  seed: z.int().nullable(),
  temperature: z.number(),
  topP: z.number(),
  maxTokens: z.int(),
  /** Hidden (null) from whoever still has to rank it. */
  modelName: z.string().nullable(),
  /** Scores by reward model, only once ranked. */
  scores: z.array(z.object({ modelId: id, modelName: z.string(), score: z.number() })),
});
export type Candidate = z.infer<typeof candidate>;

export const comparison = z.object({
  id,
  prompt: prompt.pick({ id: true, text: true, useCase: true }),
  candidates: z.array(candidate),
  state: z.enum(["generating", "ready", "ranked", "stopped", "failed"]),
  createdAt: time,
  /** Submitted rankings, newest first; empty for those who still have to rank it. */
  rankings: z.array(z.object({ id, labeler: z.string(), notation: z.string(), submittedAt: time })),
});
export type Comparison = z.infer<typeof comparison>;

export const comparisonHead = comparison.pick({ id: true, state: true, createdAt: true }).extend({ k: z.int() });
export type ComparisonHead = z.infer<typeof comparisonHead>;

export const assignment = z.object({
  id,
  prompt: prompt.pick({ id: true, text: true, useCase: true }),
  /** In the order to show. No model names, seeds or scores here. */
  candidates: z.array(candidate.pick({ id: true, label: true, text: true, tokens: true })),
  leaseUntil: time,
});
export type Assignment = z.infer<typeof assignment>;

export const skipReasons = ["unclear", "needs expertise", "sensitive", "broken"] as const;

export const job = z.object({
  id,
  kind: z.enum(["generate", "train-reward", "score"]),
  state: z.enum(["waiting", "running", "done", "cancelled", "failed"]),
  error: z.string().nullable(),
  attempts: z.int(),
});

export const rewardSettings = z.object({
  learningRate: z.number().positive().max(1).default(1e-4),
  epochs: z.int().min(1).max(100).default(1),
  /** Rows (prompt + one answer) of one step. */
  rows: z.int().min(2).max(64).default(18),
  weightDecay: z.number().min(0).max(1).default(0),
  seed: z.int().min(0).max(0xffffffff).default(1),
});

export const trainingRun = z.object({
  id,
  name: z.string(),
  kind: z.literal("reward"),
  baseModelId: id,
  baseModelName: z.string(),
  outputModelId: id.nullable(),
  state: job.shape.state,
  error: z.string().nullable(),
  startedBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
  settings: rewardSettings,
  comparisons: z.int(),
  pairs: z.int(),
  step: z.int(),
  steps: z.int(),
  secondsLeft: z.number().nullable(),
});
export type TrainingRun = z.infer<typeof trainingRun>;

/** One point of one curve: `loss`, `accuracy`, `eval/loss`, `eval/accuracy` … */
export const metricPoint = z.object({ step: z.int(), name: z.string(), value: z.number() });
export type MetricPoint = z.infer<typeof metricPoint>;

const base = oc.errors({
  BAD_REQUEST: { status: 400 },
  UNAUTHORIZED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  CONFLICT: { status: 409 },
});
const ok = z.object({ ok: z.literal(true) });
const byId = z.object({ id });

export const contract = {
  setup: {
    status: base.route({ method: "GET", path: "/setup" }).output(z.object({ needed: z.boolean() })),
    createAdmin: base.route({ method: "POST", path: "/setup" }).input(newAccount).output(user),
  },
  people: {
    me: base.route({ method: "GET", path: "/me" }).output(user.nullable()),
    list: base
      .route({ method: "GET", path: "/people" })
      .output(z.array(user.extend({ rankings: z.int(), demonstrations: z.int() }))),
    add: base
      .route({ method: "POST", path: "/people" })
      .input(newAccount.extend({ role: z.enum(roles) }))
      .output(user),
  },
  progress: {
    /** How far the project is and what waits for the one who asks. */
    overview: base.route({ method: "GET", path: "/progress" }).output(
      z.object({
        prompts: z.int(),
        demonstrations: z.int(),
        comparisonsReady: z.int(),
        comparisonsRanked: z.int(),
        rankings: z.int(),
        pairs: z.int(),
        waitingForMe: z.int(),
        myRankings: z.int(),
      }),
    ),
  },
  prompts: {
    list: base
      .route({ method: "GET", path: "/prompts" })
      .input(page)
      .output(z.object({ items: z.array(prompt), next: id.nullable() })),
    get: base
      .route({ method: "GET", path: "/prompts/{id}" })
      .input(byId)
      .output(
        prompt.extend({
          demonstrationList: z.array(demonstration),
          comparisonList: z.array(comparisonHead),
        }),
      ),
    create: base
      .route({ method: "POST", path: "/prompts" })
      .input(
        z.object({
          text: text("The prompt", limits.promptCharacters),
          useCase: z.enum(useCases),
          demonstration: text("The demonstration", limits.answerCharacters).optional(),
        }),
      )
      .output(prompt),
  },
  demonstrations: {
    create: base
      .route({ method: "POST", path: "/prompts/{promptId}/demonstrations" })
      .input(z.object({ promptId: id, text: text("The demonstration", limits.answerCharacters) }))
      .output(demonstration),
  },
  models: {
    list: base.route({ method: "GET", path: "/models" }).output(z.array(model)),
  },
  comparisons: {
    /** Starts the generation of K candidates; they arrive through `watch`. */
    create: base
      .route({ method: "POST", path: "/prompts/{promptId}/comparisons" })
      .input(generationSettings.extend({ promptId: id }))
      .output(comparison),
    get: base.route({ method: "GET", path: "/comparisons/{id}" }).input(byId).output(comparison),
    /** The whole comparison at once, then again at every change, until its generation ends. */
    watch: base.route({ method: "GET", path: "/comparisons/{id}/watch" }).input(byId).output(eventIterator(comparison)),
    stop: base.route({ method: "POST", path: "/comparisons/{id}/stop" }).input(byId).output(ok),
    regenerate: base.route({ method: "POST", path: "/candidates/{id}/regenerate" }).input(byId).output(ok),
    /** Scores every candidate of a ranked comparison with a reward model (a job; `watch` shows the result). */
    score: base
      .route({ method: "POST", path: "/comparisons/{id}/score" })
      .input(byId.extend({ modelId: id }))
      .output(ok),
  },
  assignments: {
    /** The one this person holds, or a newly claimed one; null when nothing waits. */
    next: base.route({ method: "POST", path: "/assignments/next" }).output(assignment.nullable()),
    renew: base
      .route({ method: "POST", path: "/assignments/{id}/renew" })
      .input(byId)
      .output(z.object({ leaseUntil: time })),
    release: base.route({ method: "POST", path: "/assignments/{id}/release" }).input(byId).output(ok),
    skip: base
      .route({ method: "POST", path: "/assignments/{id}/skip" })
      .input(byId.extend({ reason: z.enum(skipReasons) }))
      .output(ok),
  },
  rankings: {
    /** Notation over the labels shown, e.g. "B>A=C". Submitting the same again is the same ranking, not a second. */
    submit: base
      .route({ method: "POST", path: "/assignments/{id}/ranking" })
      .input(byId.extend({ notation: z.string().max(200), spentMs: z.int().min(0).optional() }))
      .output(z.object({ rankingId: id, comparisonId: id, strict: z.int(), tied: z.int() })),
  },
  exports: {
    /** What a download would contain: its first ten lines and the counts that must add up. */
    preview: base
      .route({ method: "GET", path: "/exports/{dataset}/preview" })
      .input(
        z.object({
          dataset: z.enum(["comparisons", "demonstrations"]),
          split: z.enum(["all", "train", "valid", "test"]).default("all"),
        }),
      )
      .output(
        z.object({
          lines: z.array(z.string()),
          total: z.int(),
          rankings: z.int(),
          /** Pairs over all rankings: strict + tied = Σ C(K,2). */
          strict: z.int(),
          tied: z.int(),
        }),
      ),
  },
  training: {
    list: base.route({ method: "GET", path: "/training" }).output(z.array(trainingRun)),
    get: base
      .route({ method: "GET", path: "/training/{id}" })
      .input(byId)
      .output(trainingRun.extend({ points: z.array(metricPoint) })),
    /** Trains a reward model on the comparisons as they are now. */
    start: base
      .route({ method: "POST", path: "/training" })
      .input(
        z.object({
          name: name("The name of the model", 60),
          baseModelId: id,
          settings: rewardSettings,
        }),
      )
      .output(trainingRun),
    /** The run and the points that are new since the last event. */
    watch: base
      .route({ method: "GET", path: "/training/{id}/watch" })
      .input(byId)
      .output(eventIterator(z.object({ run: trainingRun, points: z.array(metricPoint) }))),
    stop: base.route({ method: "POST", path: "/training/{id}/stop" }).input(byId).output(ok),
    resume: base.route({ method: "POST", path: "/training/{id}/resume" }).input(byId).output(ok),
  },
};

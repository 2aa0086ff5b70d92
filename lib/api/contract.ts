// The HTTP API as types: what the screens and other programs may ask. Browser-safe: zod and shapes only (the settings of
// trainers are theirs: files apart from the runtime).
// Ids are opaque strings; times are Unix ms; errors carry a code and one sentence for a person.
import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import { dpoSettings } from "../../models/train/dpo-config.ts";
import { type PpoSettings, ppoProblem, ppoSettings } from "../../models/train/ppo-config.ts";
import { rewardSettings } from "../../models/train/reward-config.ts";
import { sftSettings } from "../../models/train/sft-config.ts";
import { message, turnsProblem } from "../preference/conversation.ts";
import {
  answerFlagNames,
  demonstrationStates,
  guardKinds,
  guidelineTopics,
  likert,
  promptFlagNames,
  promptKinds,
  promptOrders,
  rankingVerdicts,
  roles,
  skipReasons,
  useCases,
} from "../preference/labeling.ts";
import { splits } from "../preference/records.ts";
import { trainingDatasets, trainingKinds } from "../preference/training.ts";
import { limits } from "./limits.ts";

const id = z.string().min(1).max(64);
const time = z.int();
const page = z.object({ cursor: id.optional(), limit: z.int().min(1).max(100).default(30) });
const text = (what: string, max: number) =>
  z
    .string()
    .refine((value) => value.trim().length > 0, `${what} is empty: write something first.`)
    .refine((value) => value.length <= max, `${what} is too long: at most ${max.toLocaleString("en")} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

/** Beside what is judged; often nothing. */
const remark = (what: string, max: number) =>
  z
    .string()
    .max(max, `${what} has at most ${max} characters.`)
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

/** A use-case description, from which user-based prompts are written. */
export const scenario = z.object({
  id,
  /** What somebody wants to use the model for, as they described it. */
  text: z.string(),
  createdAt: time,
});
export type Scenario = z.infer<typeof scenario>;

const shot = z.object({ query: z.string(), response: z.string() });

export const prompt = z.object({
  id,
  kind: z.enum(promptKinds),
  /** What the model is asked. The last turn is the person's. */
  messages: z.array(message),
  /** The same as one text, for lists. */
  text: z.string(),
  useCase: z.enum(useCases),
  author: z.string(),
  createdAt: time,
  demonstrations: z.int(),
  comparisons: z.int(),
});
export type Prompt = z.infer<typeof prompt>;

/** What ranking and generating screens show of a prompt. */
const promptShown = prompt.pick({ id: true, kind: true, messages: true, text: true, useCase: true });

/** A conversation the model is to answer, or one question as its text. */
const promptContent = z
  .union(
    [
      text("The prompt", limits.promptCharacters).transform((content) => [{ role: "user" as const, content }]),
      z
        .array(z.object({ role: message.shape.role, content: text("A turn of the prompt", limits.promptCharacters) }))
        .max(limits.turns, `A prompt has at most ${limits.turns} turns.`),
    ],
    // Of the two forms, speak of the one that was meant.
    { error: ({ input, errors }) => errors?.[typeof input === "string" ? 0 : 1]?.[0]?.message },
  )
  .refine((messages) => turnsProblem(messages) === null, {
    error: (issue) => turnsProblem(issue.input as z.infer<typeof message>[]) ?? undefined,
  })
  .refine(
    (messages) => messages.reduce((sum, { content }) => sum + content.length, 0) <= limits.promptCharacters,
    `The prompt is too long: at most ${limits.promptCharacters.toLocaleString("en")} characters.`,
  );

const written = {
  /** Drawn by whoever writes it, so that the same sent again (the answer was lost) is the same prompt. Absent: a new one. */
  id: z
    .string()
    .regex(/^[0-9a-f]{24}$/, "The id of a new prompt is 24 hexadecimal digits, drawn at random.")
    .optional(),
  useCase: z.enum(useCases),
  /** The ideal answer, where the writer has one. */
  demonstration: text("The demonstration", limits.answerCharacters).optional(),
};
export const newPrompt = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plain"), prompt: promptContent, ...written }),
  z.object({ kind: z.literal("user-based"), scenarioId: id, prompt: promptContent, ...written }),
  z.object({
    kind: z.literal("few-shot"),
    system: text("The system message", limits.promptCharacters).optional(),
    instruction: text("The instruction", limits.promptCharacters),
    shots: z
      .array(
        z.object({
          query: text("The input of an example", limits.promptCharacters),
          response: text("The output of an example", limits.promptCharacters),
        }),
      )
      .min(limits.shots.min, "A few-shot prompt has at least one example.")
      .max(limits.shots.max, `A few-shot prompt has at most ${limits.shots.max} examples.`),
    /** The input that is to be answered. */
    query: text("The input to answer", limits.promptCharacters),
    ...written,
  }),
]);
export type NewPrompt = z.infer<typeof newPrompt>;

export const review = z.object({
  rating: z.int().min(likert.min).max(likert.max),
  comment: z.string(),
  /** Sent back to its author. */
  returned: z.boolean(),
  reviewer: z.string(),
  createdAt: time,
});

export const demonstration = z.object({
  id,
  promptId: id,
  text: z.string(),
  author: z.string(),
  createdAt: time,
  /** From 1; a revision is a new demonstration in the place of the one before. */
  version: z.int(),
  state: z.enum(demonstrationStates),
  /** The latest. */
  review: review.nullable(),
  /** The versions whose place it took, newest first. */
  earlier: z.array(z.object({ version: z.int(), text: z.string(), createdAt: time, review: review.nullable() })),
});
export type Demonstration = z.infer<typeof demonstration>;

export const model = z.object({
  id,
  name: z.string(),
  kind: z.enum(["lm", "reward"]),
  parameters: z.int(),
  /** Tokens of prompt and answer together. */
  context: z.int(),
  createdAt: time,
  /** What a shipped model is good for, a sentence; null for a trained one. */
  about: z.string().nullable(),
  /** Why it cannot be used just now (directory gone, shapes disagree); null when it can. */
  problem: z.string().nullable(),
  /** Name → figure, e.g. `eval/accuracy`. */
  metrics: z.record(z.string(), z.number()),
  trainingRunId: id.nullable(),
  /** How it was trained; null for a shipped model. */
  trainedBy: z.enum(trainingKinds).nullable(),
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

/** Stage one: one answer judged alone, before any is ranked. */
export const rating = z.object({
  label: z.string().max(2),
  likert: z.int().min(likert.min).max(likert.max),
  flags: z.array(z.enum(answerFlagNames)).max(answerFlagNames.length),
  note: remark("A note", limits.noteCharacters),
  /** Time worked on this answer; pauses of more than a minute are left out. */
  spentMs: z.int().min(0),
});
export type Rating = z.infer<typeof rating>;

export const comparison = z.object({
  id,
  prompt: promptShown,
  candidates: z.array(candidate),
  state: z.enum(["generating", "ready", "ranked", "stopped", "failed"]),
  createdAt: time,
  /** Submitted rankings, newest first; empty for those who still have to rank it. */
  rankings: z.array(
    z.object({
      id,
      labeler: z.string(),
      notation: z.string(),
      submittedAt: time,
      version: z.int(),
      ratings: z.array(rating),
      promptFlags: z.array(z.enum(promptFlagNames)),
      /** What stood there before it was reopened, newest first. */
      earlier: z.array(z.object({ version: z.int(), notation: z.string(), submittedAt: time })),
    }),
  ),
});
export type Comparison = z.infer<typeof comparison>;

export const comparisonHead = comparison.pick({ id: true, state: true, createdAt: true }).extend({ k: z.int() });
export type ComparisonHead = z.infer<typeof comparisonHead>;

/** Work in progress, kept on the server at every change. */
export const draft = z.object({
  /** Grows by one with each save. */
  revision: z.int(),
  /** Which window wrote it: a random id that lives as long as the page. */
  writer: z.string(),
  content: z.json(),
  savedAt: time,
});
export type Draft = z.infer<typeof draft>;

/** Far more than any screen writes; without a bound whoever reads it on would run out of stack. */
const draftLevels = 64;
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));
const draftContent = z
  .custom<z.core.util.JSONType>((value) => value !== undefined && !isDeeper(value, draftLevels), {
    error: ({ input }) =>
      input === undefined
        ? "A draft has a content, which is any JSON."
        : `This is too deep to be kept as a draft: at most ${draftLevels} levels.`,
  })
  .pipe(z.json());

/** Which draft a window knows, and which window it is. */
const draftSeen = {
  // Revisions grow from here, and must stay whole numbers.
  basedOn: z
    .int()
    .min(0)
    .max(2 ** 52, "There is no such revision of a draft."),
  writer: name("The id of the window", 64),
};

/** "prompt", "demonstration:<prompt id>" or "ranking:<comparison id>" */
const draftSubject = z.string().regex(/^(prompt|(demonstration|ranking):[\w-]{1,64})$/, "There is no such draft.");

/** Everything a labeler says of the answers to one prompt. */
export const submission = z.object({
  /** Over the labels shown, e.g. "B>A=C". */
  notation: z.string().max(200),
  /** One for each answer where the project rates first, else none. */
  ratings: z.array(rating).max(limits.k.max).default([]),
  promptFlags: z.array(z.enum(promptFlagNames)).max(promptFlagNames.length).default([]),
  /** What was asked before submitting: gone past, or heeded by ranking or rating otherwise. */
  guards: z
    .array(z.object({ kind: z.enum(guardKinds), said: remark("A warning", 500), heeded: z.boolean().default(false) }))
    .max(guardKinds.length)
    .default([]),
  /** Time worked on all of it; pauses of more than a minute are left out. */
  spentMs: z.int().min(0).optional(),
  /** Of the guidelines on ranking that were in force on the screen. */
  guidelinesVersion: z.int().min(1).optional(),
});
export type Submission = z.infer<typeof submission>;

export const assignment = z.object({
  id,
  comparisonId: id,
  prompt: promptShown,
  /** In the order to show. No model names, seeds or scores here. */
  candidates: z.array(candidate.pick({ id: true, label: true, text: true, tokens: true })),
  /** Stage one first? The project's setting. */
  rateFirst: z.boolean(),
  leaseUntil: time,
  /** Where this person left it. */
  draft: draft.nullable(),
  /** What this person has submitted already: to be reopened. */
  submitted: submission.extend({ version: z.int(), submittedAt: time }).nullable(),
});
export type Assignment = z.infer<typeof assignment>;

/** A reward model's order beside a person's. */
export const judgement = z.object({
  modelName: z.string(),
  /** Highest first. */
  scores: z.array(z.object({ label: z.string(), score: z.number() })),
  /** Scores that look the same are a tie. */
  notation: z.string(),
  /** Of the ranking's strict pairs those that the model orders alike; both 0 where the ranking is all ties. */
  agreed: z.int(),
  strict: z.int(),
});
export type Judgement = z.infer<typeof judgement>;

/** A ranking beside the reward model's order. */
export const dispute = z.object({
  /** Of the ranking. */
  id,
  comparisonId: id,
  promptText: z.string(),
  useCase: z.enum(useCases),
  /** Reward models learn from "train" only. */
  split: z.enum(splits),
  labeler: z.string(),
  notation: z.string(),
  version: z.int(),
  submittedAt: time,
  judgement,
  /** The reward model's loss of the ranking, a mean over its strict pairs: ln 2 = 0.69 for a coin. */
  loss: z.number(),
  review: z
    .object({
      verdict: z.enum(rankingVerdicts),
      comment: z.string(),
      reviewer: z.string(),
      createdAt: time,
      /** The labeler has looked again and left it as it was. */
      answeredAt: time.nullable(),
    })
    .nullable(),
});
export type Dispute = z.infer<typeof dispute>;

export const submittedRanking = z.object({
  assignmentId: id,
  comparisonId: id,
  promptText: z.string(),
  useCase: z.enum(useCases),
  notation: z.string(),
  version: z.int(),
  submittedAt: time,
  spentMs: z.int().nullable(),
  /** What the project's reward model thinks, now that the person has said it; null before it has read the answers. */
  judgement: judgement.nullable(),
  /** What a reviewer says who asks this person to look again; until they have, `judgement` is null. */
  askedAgain: z.string().nullable(),
});
export type SubmittedRanking = z.infer<typeof submittedRanking>;

/** One answer to a prompt that is still being written. */
export const trial = z.object({
  id,
  modelName: z.string(),
  state: z.enum(["waiting", "streaming", "done", "stopped", "failed"]),
  text: z.string(),
  tokens: z.int(),
  error: z.string().nullable(),
});
export type Trial = z.infer<typeof trial>;

export const guidelines = z.object({
  topic: z.enum(guidelineTopics),
  /** From 1. */
  version: z.int(),
  /** Markdown. */
  text: z.string(),
  author: z.string(),
  createdAt: time,
});
export type Guidelines = z.infer<typeof guidelines>;

export const projectSettings = z.object({
  /** Each answer is rated alone before all are ranked, as InstructGPT did it; off = ranking only. */
  rateFirst: z.boolean(),
  /** The model whose tokens are counted and that is asked by "try it"; null: the first that can be used. */
  modelId: id.nullable(),
  /** What is handed out next: comparisons in the order they were written, or those the reward model is most unsure of. */
  promptOrder: z.enum(promptOrders),
  /** The reward model that judges beside people; null: the newest that can be used. */
  rewardModelId: id.nullable(),
});
export type ProjectSettings = z.infer<typeof projectSettings>;

export const job = z.object({
  id,
  kind: z.enum(["generate", "try", "train", "score", "judge"]),
  state: z.enum(["waiting", "running", "done", "cancelled", "failed"]),
  error: z.string().nullable(),
  attempts: z.int(),
});

const begun = { name: name("The name of the model", 60), baseModelId: id };
/** What is to be trained, on the data as they are when it is started. Settings left out are the trainer's defaults. */
export const newTraining = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("sft"),
    ...begun,
    /** Chooses the epoch that is kept: the one whose answers it likes best. Without it the last is. */
    rewardModelId: id.optional(),
    settings: sftSettings,
  }),
  z.object({ kind: z.literal("reward"), ...begun, settings: rewardSettings }),
  z.object({ kind: z.literal("dpo"), ...begun, settings: dpoSettings }),
  z.object({
    kind: z.literal("ppo"),
    /** The base model is where the policy starts, and what its KL is measured to. */
    ...begun,
    rewardModelId: id,
    /** Texts that it must not forget how to write (PPO-ptx): "small-world", or one of `sources`. Absent: plain PPO. */
    texts: z.string().min(1).max(200).optional(),
    settings: ppoSettings.refine((settings) => ppoProblem(settings) === null, {
      error: (issue) => ppoProblem(issue.input as PpoSettings) ?? undefined,
    }),
  }),
]);
export type NewTraining = z.infer<typeof newTraining>;

export const trainingData = z.object({
  dataset: z.enum(trainingDatasets),
  /** Of texts: which ones. */
  source: z.string().nullable(),
  /** Comparisons, demonstrations, prompts, texts. */
  items: z.int(),
  /** Lines of the file: for comparisons their pairs without ties. */
  lines: z.int(),
  /** SHA-256 of the file the run reads; null before it is written. */
  hash: z.string().nullable(),
});
export type TrainingData = z.infer<typeof trainingData>;

export const trainingRun = z.object({
  id,
  name: z.string(),
  kind: z.enum(trainingKinds),
  baseModelId: id,
  baseModelName: z.string(),
  rewardModelId: id.nullable(),
  rewardModelName: z.string().nullable(),
  outputModelId: id.nullable(),
  state: job.shape.state,
  error: z.string().nullable(),
  startedBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
  /** Every setting by its name, see the trainer's config. */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  data: z.array(trainingData),
  step: z.int(),
  steps: z.int(),
  secondsLeft: z.number().nullable(),
});
export type TrainingRun = z.infer<typeof trainingRun>;

/** A model with how it came about. */
export const ancestor = model.pick({ id: true, name: true, kind: true }).extend({
  origin: z.enum(["shipped", "trained"]),
  /** What made it; null for a shipped model. */
  run: trainingRun.nullable(),
});
export type Ancestor = z.infer<typeof ancestor>;

/** One point of one curve: `loss`, `eval/accuracy`, `objective/kl` … */
export const metricPoint = z.object({ step: z.int(), name: z.string(), value: z.number() });
export type MetricPoint = z.infer<typeof metricPoint>;

/** Prompts and answers as strings, or as lists of {role, content}: TRL reads both, one of them in a file. */
export const exportFormats = ["text", "conversational"] as const;
export type ExportFormat = (typeof exportFormats)[number];

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
        /** To be reviewed by the one who asks. */
        demonstrationsToReview: z.int(),
        /** Their demonstrations that were sent back. */
        demonstrationsReturned: z.int(),
        /** Their rankings that a reviewer asks them to look at again. */
        rankingsAskedAgain: z.int(),
        comparisonsReady: z.int(),
        comparisonsRanked: z.int(),
        rankings: z.int(),
        pairs: z.int(),
        waitingForMe: z.int(),
        myRankings: z.int(),
        myDemonstrations: z.int(),
        /** Comparisons ranked in the last seven days, for a forecast. */
        rankedLastWeek: z.int(),
        /** How much of the last seven days there have been rankings, in days; at least one. */
        daysRanked: z.number(),
      }),
    ),
  },
  settings: {
    get: base.route({ method: "GET", path: "/settings" }).output(projectSettings),
    update: base.route({ method: "POST", path: "/settings" }).input(projectSettings.partial()).output(projectSettings),
  },
  guidelines: {
    /** In force, and what the one who asks has read last (null: nothing yet). */
    get: base
      .route({ method: "GET", path: "/guidelines/{topic}" })
      .input(guidelines.pick({ topic: true }))
      .output(guidelines.extend({ read: guidelines.pick({ version: true, text: true }).nullable() })),
    /** Newest first. */
    history: base
      .route({ method: "GET", path: "/guidelines/{topic}/history" })
      .input(guidelines.pick({ topic: true }))
      .output(z.array(guidelines)),
    markRead: base
      .route({ method: "POST", path: "/guidelines/{topic}/read" })
      .input(guidelines.pick({ topic: true, version: true }))
      .output(ok),
    /** @param basedOn the version that was edited: another one in force by now is a CONFLICT */
    publish: base
      .route({ method: "POST", path: "/guidelines/{topic}" })
      .input(
        z.object({
          topic: z.enum(guidelineTopics),
          text: text("The guidelines", limits.guidelineCharacters),
          basedOn: z.int(),
        }),
      )
      .output(guidelines),
  },
  scenarios: {
    /** Those in use, oldest first. */
    list: base.route({ method: "GET", path: "/scenarios" }).output(z.array(scenario)),
    add: base
      .route({ method: "POST", path: "/scenarios" })
      .input(z.object({ text: text("The description", limits.scenarioCharacters) }))
      .output(scenario),
    /** Takes it off the list; prompts written from it keep it. */
    retire: base.route({ method: "POST", path: "/scenarios/{id}/retire" }).input(byId).output(ok),
  },
  drafts: {
    get: base
      .route({ method: "GET", path: "/drafts/{subject}" })
      .input(z.object({ subject: draftSubject }))
      .output(draft.nullable()),
    /**
     * Keeps a draft if it follows the one the writer has seen: `basedOn` is that one's revision, 0 for none.
     * A writer never conflicts with itself. On a conflict nothing is changed and `draft` is the other window's.
     */
    save: base
      .route({ method: "POST", path: "/drafts/{subject}" })
      .input(
        z.object({
          subject: draftSubject,
          ...draftSeen,
          content: draftContent,
        }),
      )
      .output(
        z.object({
          outcome: z.enum(["saved", "conflict"]),
          draft: draft.omit({ content: true }),
          other: draft.nullable(),
        }),
      ),
    /** Throws away what the writer has seen; what another window has saved since stays, and is no error. */
    discard: base
      .route({ method: "POST", path: "/drafts/{subject}/discard" })
      .input(z.object({ subject: draftSubject, ...draftSeen }))
      .output(ok),
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
          fewShot: z.object({ instruction: z.string(), shots: z.array(shot), query: z.string() }).nullable(),
          scenario: scenario.nullable(),
          /** The few-shot prompt whose examples it was drawn from. */
          resampledFrom: id.nullable(),
          demonstrationList: z.array(demonstration),
          comparisonList: z.array(comparisonHead),
        }),
      ),
    create: base.route({ method: "POST", path: "/prompts" }).input(newPrompt).output(prompt),
    /**
     * Further prompts from a few-shot one, as InstructGPT drew them: each example in turn becomes the input to answer,
     * with its output as the demonstration and the other examples, shuffled, before it. Those there already are not
     * made again.
     */
    resample: base
      .route({ method: "POST", path: "/prompts/{id}/resample" })
      .input(byId)
      .output(z.object({ items: z.array(prompt) })),
  },
  demonstrations: {
    create: base
      .route({ method: "POST", path: "/prompts/{promptId}/demonstrations" })
      .input(z.object({ promptId: id, text: text("The demonstration", limits.answerCharacters) }))
      .output(demonstration),
    /** The author's new version, e.g. of one that was sent back. */
    revise: base
      .route({ method: "POST", path: "/demonstrations/{id}/revise" })
      .input(byId.extend({ text: text("The demonstration", limits.answerCharacters) }))
      .output(demonstration),
    /** Latest versions with their prompts, oldest first. `of: "others"` leaves out one's own. */
    list: base
      .route({ method: "GET", path: "/demonstrations" })
      .input(
        page.extend({
          state: z.enum(demonstrationStates).optional(),
          of: z.enum(["all", "me", "others"]).default("all"),
        }),
      )
      .output(z.object({ items: z.array(demonstration.extend({ prompt: promptShown })), next: id.nullable() })),
    /** By a reviewer, not by the author. Sent back it needs a comment. */
    review: base
      .route({ method: "POST", path: "/demonstrations/{id}/review" })
      .input(
        byId.extend({
          rating: review.shape.rating,
          returned: z.boolean(),
          comment: remark("A comment", limits.noteCharacters).default(""),
        }),
      )
      .output(demonstration),
  },
  models: {
    list: base.route({ method: "GET", path: "/models" }).output(z.array(model)),
    /** A model with what it was made from, up to the shipped ones, and what was made from it. */
    get: base
      .route({ method: "GET", path: "/models/{id}" })
      .input(byId)
      .output(
        model.extend({
          origin: ancestor.shape.origin,
          /** The model itself first; each one once. */
          lineage: z.array(ancestor),
          /** Runs that start from it or are rewarded by it, oldest first. */
          children: z.array(trainingRun),
        }),
      ),
    /** How many tokens a prompt (with the model's template) and an answer to it have; both may be unfinished. */
    countTokens: base
      .route({ method: "POST", path: "/models/tokens" })
      .input(
        z.object({
          /** Absent: the project's. */
          modelId: id.optional(),
          messages: z
            .array(z.object({ role: message.shape.role, content: z.string().max(limits.promptCharacters) }))
            .max(limits.turns),
          answer: z.string().max(limits.answerCharacters).optional(),
        }),
      )
      .output(z.object({ modelName: z.string(), prompt: z.int(), answer: z.int(), context: z.int() })),
  },
  trials: {
    /** One answer of the project's model to a prompt that need not be saved; it arrives through `watch`. */
    start: base
      .route({ method: "POST", path: "/trials" })
      .input(
        z.object({
          prompt: promptContent,
          modelId: id.optional(),
          temperature: generationSettings.shape.temperature,
          topP: generationSettings.shape.topP,
          maxTokens: generationSettings.shape.maxTokens,
        }),
      )
      .output(trial),
    watch: base.route({ method: "GET", path: "/trials/{id}/watch" }).input(byId).output(eventIterator(trial)),
    stop: base.route({ method: "POST", path: "/trials/{id}/stop" }).input(byId).output(ok),
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
    /**
     * The one this person holds, or a newly claimed one; null when nothing waits.
     * @param after the one on the screen: answers the one to work on after it, so that it can be fetched ahead.
     *   A person holds at most these two.
     * @param comparisonId claims this one, or says in a CONFLICT why not
     */
    next: base
      .route({ method: "POST", path: "/assignments/next" })
      .input(z.object({ after: id.optional(), comparisonId: id.optional() }).default({}))
      .output(assignment.nullable()),
    /** One's own, held or submitted: for a reload, and to reopen it. */
    get: base.route({ method: "GET", path: "/assignments/{id}" }).input(byId).output(assignment),
    /** Prolongs the lease, and that of the one fetched ahead. */
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
    /**
     * Submitting the same again is the same ranking, not a second. The draft goes with it.
     * @param revises the version that was reopened: a new one is kept beside it, and counts from now on
     */
    submit: base
      .route({ method: "POST", path: "/assignments/{id}/ranking" })
      .input(submission.extend({ id, revises: z.int().optional() }))
      .output(z.object({ rankingId: id, comparisonId: id, version: z.int(), strict: z.int(), tied: z.int() })),
    /** One's own, the latest version of each, newest first. */
    mine: base
      .route({ method: "GET", path: "/rankings/mine" })
      .input(page)
      .output(z.object({ items: z.array(submittedRanking), next: id.nullable() })),
  },
  judging: {
    /** The project's reward model, and how much of what there is to judge it has judged. */
    standing: base.route({ method: "GET", path: "/judging" }).output(
      z.object({
        model: model
          .pick({ id: true, name: true })
          /** Of its ensemble, by which it says how unsure it is; 0 where it has none. */
          .extend({ heads: z.int() })
          .nullable(),
        /** Why it does not judge: the one chosen cannot be used, or its last try failed. */
        problem: z.string().nullable(),
        /** Comparisons whose answers are all there. */
        comparisons: z.int(),
        judged: z.int(),
      }),
    ),
    /** Rankings that count, those the project's reward model disagrees with most first. */
    disputes: base
      .route({ method: "GET", path: "/judging/disputes" })
      .input(
        page.extend({
          /** Open: those nobody has looked at, or whose labeler has looked again and left them. */
          state: z.enum(["open", "reviewed"]).default("open"),
        }),
      )
      .output(z.object({ items: z.array(dispute), next: id.nullable() })),
    /** By a reviewer, not by the labeler: the ranking stands, or its labeler is asked to look again, which needs a comment. */
    review: base
      .route({ method: "POST", path: "/rankings/{id}/review" })
      .input(
        byId.extend({
          verdict: z.enum(rankingVerdicts),
          comment: remark("A comment", limits.noteCharacters).default(""),
        }),
      )
      .output(ok),
  },
  exports: {
    /** What a download would contain: its first ten lines and the counts that must add up. */
    preview: base
      .route({ method: "GET", path: "/exports/{dataset}/preview" })
      .input(
        z.object({
          dataset: z.enum(["comparisons", "demonstrations"]),
          split: z.enum(["all", "train", "valid", "test"]).default("all"),
          format: z.enum(exportFormats).default("text"),
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
    /** What there is to learn from just now. */
    sources: base.route({ method: "GET", path: "/training/sources" }).output(
      z.object({
        data: z.array(trainingData.pick({ dataset: true, items: true, lines: true })),
        /** Texts for PPO-ptx: the small world, and the .jsonl files in the folder `texts` of the data directory. */
        texts: z.array(z.string()),
      }),
    ),
    start: base.route({ method: "POST", path: "/training" }).input(newTraining).output(trainingRun),
    /** The run and the points that are new since the last event. */
    watch: base
      .route({ method: "GET", path: "/training/{id}/watch" })
      .input(byId)
      .output(eventIterator(z.object({ run: trainingRun, points: z.array(metricPoint) }))),
    stop: base.route({ method: "POST", path: "/training/{id}/stop" }).input(byId).output(ok),
    resume: base.route({ method: "POST", path: "/training/{id}/resume" }).input(byId).output(ok),
  },
};

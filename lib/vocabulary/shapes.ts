// The shapes of what people and programs ask for and are answered, as schemas; those of training are in lib/training/shapes.ts.
// Browser-safe: zod only. Ids are opaque strings; times are Unix ms.
import * as z from "zod";
import { message, turnsProblem } from "./conversation.ts";
import { capacities, subjectKinds, verbNames } from "./events.ts";
import {
  addressAsks,
  answerFlagNames,
  demonstrationStates,
  guardKinds,
  guidelineTopics,
  keyVariable,
  likert,
  modelOrigins,
  promptFlagNames,
  promptKinds,
  promptOrders,
  promptStates,
  rankingVerdicts,
  roles,
  skipReasons,
  splits,
  trainingKinds,
  useCases,
} from "./labeling.ts";
import { limits } from "./limits.ts";

export const id = z.string().min(1).max(64);
export const time = z.int();
export const page = z.object({ cursor: id.optional(), limit: z.int().min(1).max(100).default(30) });
export const text = (what: string, max: number) =>
  z
    .string()
    .refine((value) => value.trim().length > 0, `${what} is empty: write something first.`)
    .refine((value) => value.length <= max, `${what} is too long: at most ${max.toLocaleString("en")} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

/** A comment beside a rating or a review; often empty. */
export const remark = (what: string, max: number) =>
  z
    .string()
    .max(max, `${what} has at most ${max} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

export const name = (what: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} is empty: write one.`)
    .max(max, `${what} is too long: at most ${max} characters.`)
    .refine((value) => value.isWellFormed(), `${what} contains half of a character pair (a lone surrogate).`);

/** Somebody with an account; `isAdmin`: they look after the installation, its people and all projects. */
export const user = z.object({ id, username: z.string(), name: z.string(), isAdmin: z.boolean() });
export type User = z.infer<typeof user>;

export const newPassword = z
  .string()
  .min(8, "A password has at least 8 characters.")
  .max(128, "A password has at most 128 characters.");

export const newAccount = z.object({
  username: z
    .string()
    .trim()
    .min(3, "A user name has at least 3 characters.")
    .max(30, "A user name has at most 30 characters.")
    .regex(/^[a-zA-Z0-9_.]+$/, "A user name has only letters, digits, dots and underscores."),
  name: name("The name", 80),
  password: newPassword,
});

export const account = user.extend({
  /** False: the account is closed. What this person has done stays. */
  active: z.boolean(),
});
export type Account = z.infer<typeof account>;

/** Somebody in a project, with what they have done there. */
export const member = account.extend({ role: z.enum(roles), rankings: z.int(), demonstrations: z.int() });
export type Member = z.infer<typeof member>;

export const projectName = name("The name", limits.projectNameCharacters);

/** A project, as somebody finds it who may look into it. */
export const project = z.object({
  id,
  name: z.string(),
  createdAt: time,
  /** Read-only and out of the lists since then. */
  archivedAt: time.nullable(),
  /** What the one who asks is there. */
  role: z.enum(roles),
  /** False: they look after it with the installation, and are not in it. */
  isMember: z.boolean(),
});
export type Project = z.infer<typeof project>;

/** Where somebody is signed in. */
export const signedInSession = z.object({
  id,
  startedAt: time,
  /** "" where it is not known. */
  address: z.string(),
  /** What the browser or program calls itself; "" where it said nothing. */
  program: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SignedInSession = z.infer<typeof signedInSession>;

/** A token that a program asks models with. */
export const apiToken = z.object({
  id,
  name: z.string(),
  /** The user name of whoever made it. */
  by: z.string(),
  createdAt: time,
});
export type ApiToken = z.infer<typeof apiToken>;

/** A use-case description, from which user-based prompts are written. */
export const scenario = z.object({
  id,
  /** What somebody wants to use the model for, as they described it. */
  text: z.string(),
  createdAt: time,
});
export type Scenario = z.infer<typeof scenario>;

export const shot = z.object({ query: z.string(), response: z.string() });

export const prompt = z.object({
  id,
  kind: z.enum(promptKinds),
  /** What the model is asked. The last turn is the person's. */
  messages: z.array(message),
  /** The same as one text, for lists. */
  text: z.string(),
  useCase: z.enum(useCases),
  author: z.string(),
  /** What the data source is called that it came in from; null for what was written here. */
  source: z.string().nullable(),
  createdAt: time,
  demonstrations: z.int(),
  comparisons: z.int(),
  /** How many rankings of these are still wanted. */
  rankingsLeft: z.int(),
  /** Out of the way since then: nothing new is made of it. */
  archivedAt: time.nullable(),
});
export type Prompt = z.infer<typeof prompt>;

/** What a list of prompts is narrowed to; without a state those in use. */
export const promptFilter = z.object({
  /** Words, each of which the prompt has, if only as the beginning of a longer one. */
  search: z.string().max(200).optional(),
  kind: z.enum(promptKinds).optional(),
  useCase: z.enum(useCases).optional(),
  /** The id of the data source that it came in from. */
  source: id.optional(),
  /** The user name of its author. */
  by: z.string().max(100).optional(),
  state: z.enum(promptStates).optional(),
});
export type PromptFilter = z.infer<typeof promptFilter>;

/** What ranking and generating screens show of a prompt. */
export const promptShown = prompt.pick({ id: true, kind: true, messages: true, text: true, useCase: true });

const turnForm = "A turn of the prompt has a role (system, user or assistant) and a content, which is a text.";

/** A conversation the model is to answer, or one question as its text. */
export const promptContent = z
  .union(
    [
      text("The prompt", limits.promptCharacters).transform((content) => [{ role: "user" as const, content }]),
      z
        .array(z.object({ role: message.shape.role, content: text("A turn of the prompt", limits.promptCharacters) }))
        .max(limits.turns, `A prompt has at most ${limits.turns} turns.`),
    ],
    // Of the two forms, speak of the one that was meant.
    {
      error: ({ input, errors }) => {
        const said = errors?.[typeof input === "string" ? 0 : 1]?.[0]?.message;
        if (said?.endsWith(".")) return said;
        return Array.isArray(input) ? turnForm : undefined;
      },
    },
  )
  .refine((messages) => turnsProblem(messages) === null, {
    error: (issue) => turnsProblem(issue.input as z.infer<typeof message>[]) ?? undefined,
  })
  .refine(
    (messages) => messages.reduce((sum, { content }) => sum + content.length, 0) <= limits.promptCharacters,
    `The prompt is too long: at most ${limits.promptCharacters.toLocaleString("en")} characters.`,
  );

const written = {
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

/** Other words for the prompt with this id. */
export const editedPrompt = z.discriminatedUnion("kind", [
  newPrompt.options[0].omit({ demonstration: true }).extend({ id }),
  newPrompt.options[1].omit({ demonstration: true }).extend({ id }),
  newPrompt.options[2].omit({ demonstration: true }).extend({ id }),
]);
export type EditedPrompt = z.infer<typeof editedPrompt>;

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
  /** What the data source is called that it came in from; null for what was written here. */
  source: z.string().nullable(),
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
  /** One at an address is another server's. */
  origin: z.enum(modelOrigins),
  /** Null where that is not known: of one at an address, or one that is still being fetched. */
  parameters: z.int().nullable(),
  /** Tokens of prompt and answer together; null where that is not known. */
  context: z.int().nullable(),
  createdAt: time,
  /** Not offered any more since then. */
  archivedAt: time.nullable(),
  /** How much of it is here, of one that is being fetched from a hub; null of any other. */
  fetching: z.object({ bytesDone: z.int(), bytesTotal: z.int().nullable() }).nullable(),
  /** What a shipped model is good for, a sentence; null for any other. */
  about: z.string().nullable(),
  /** Why it cannot be used just now (directory gone, shapes disagree); null when it can. */
  problem: z.string().nullable(),
  /** Name → figure, e.g. `eval/accuracy`. */
  metrics: z.record(z.string(), z.number()),
  trainingRunId: id.nullable(),
  /** How it was trained; null for one that was not trained here. */
  trainedBy: z.enum(trainingKinds).nullable(),
  /** It comes with Rankloop, to practise with: it knows one small valley. */
  isPractice: z.boolean(),
  /** What it is to the project just now. */
  usedAs: z.enum(["answering model", "judge"]).nullable(),
});
export type Model = z.infer<typeof model>;

const serverText = (what: string, max: number) => z.string().max(max, `${what} has at most ${max} characters.`);
const price = z.number("A price is a number.").min(0, "A price is not below zero.").max(1e6, "This price is too high.");

/** Where the key of a server is: nowhere, here in the request, in an environment variable, or kept from before. */
const addressKey = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("written"),
    /** Kept sealed, and never sent back. */
    apiKey: serverText("The key", 4_000).regex(/^[\x21-\x7e]+$/, "A key has no spaces and only characters of ASCII."),
  }),
  z.object({
    kind: z.literal("variable"),
    variable: z
      .string()
      .regex(keyVariable, "Name a variable that begins with RANKLOOP_KEY, such as RANKLOOP_KEY_OPENAI."),
  }),
  z.object({ kind: z.literal("kept") }),
]);

const extraFields = z
  .record(z.string(), z.json(), 'The further fields are one JSON object, such as {"min_p": 0.1}.')
  .refine((fields) => JSON.stringify(fields).length <= 10_000, "The further fields have at most 10,000 characters.");

/** How a model at an address is asked. */
export const addressSettings = z.object({
  baseUrl: serverText("The address", 2_000).trim().min(1, "The address is empty: write one."),
  /** The server's name for it; "" where it has but one. */
  serverModel: serverText("The server’s name for the model", 200).trim().default(""),
  asks: z.enum(addressAsks),
  severalPerCall: z.boolean().default(false),
  /** Written over the fields of each request; null leaves one out. */
  extra: extraFields.default({}),
  /** For a million tokens, in any one currency; null: not known. */
  price: z
    .object({ prompt: price.nullable().default(null), answer: price.nullable().default(null) })
    .nullable()
    .default(null),
  parallel: z
    .int("The number of calls is a whole number.")
    .min(1, "At least one call.")
    .max(64, "At most 64 calls at once.")
    .default(4),
  timeLimitS: z
    .int("The time limit is a whole number of seconds.")
    .min(1, "The time limit is at least one second.")
    .max(3_600, "The time limit is at most 3,600 seconds.")
    .default(120),
  /** Of a reward model: how prompt and answer become one text; null: the server’s chat template does that. */
  template: serverText("The text to be scored", 2_000).nullable().default(null),
  /** Tokens of prompt and answer together; null: not known. */
  context: z
    .int("The context is a whole number of tokens.")
    .min(2, "A context has at least 2 tokens.")
    .max(100_000_000, "A context has at most 100,000,000 tokens.")
    .nullable()
    .default(null),
  key: addressKey.default({ kind: "none" }),
});
export type AddressSettings = z.infer<typeof addressSettings>;

/** The same as it is told: of the key only where it is. */
export const shownAddress = addressSettings.omit({ key: true, context: true }).extend({
  key: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("none") }),
    z.object({ kind: z.literal("kept") }),
    z.object({ kind: z.literal("variable"), variable: z.string() }),
  ]),
});

/** What a model at an address said when it was tried. */
export const triedAddress = z.object({
  /** Why it gave no answer, a sentence; null where it gave one. */
  problem: z.string().nullable(),
  /** Its answer; null of a reward model. */
  text: z.string().nullable(),
  /** A reward model’s number for one answer. */
  score: z.number().nullable(),
  /** What the server calls its model. */
  serverModel: z.string().nullable(),
  tokens: z.int().nullable(),
});

const rankingsWanted = z
  .int("How many rankings are wanted is a whole number.")
  .min(limits.rankingsWanted.min, "At least one ranking is wanted.")
  .max(limits.rankingsWanted.max, `At most ${limits.rankingsWanted.max} rankings of one comparison can be wanted.`);

const answersPerComparison = z
  .int("K is a whole number.")
  .min(limits.k.min, "K is at least 2: one answer cannot be ranked.")
  .max(limits.k.max, "K is at most 9.");

const temperature = z.number().min(limits.temperature.min).max(limits.temperature.max);
const topP = z.number().min(limits.topP.min).max(limits.topP.max);

/** Settings of the tokens that are drawn, each with its default. */
export const drawing = {
  temperature: temperature.default(limits.temperature.default),
  topP: topP.default(limits.topP.default),
  maxTokens: z.int().min(limits.maxTokens.min).max(limits.maxTokens.max).default(limits.maxTokens.default),
};

/** A model that writes some of a comparison's answers. */
export const source = z.object({
  modelId: id,
  count: z
    .int("How many answers a model writes is a whole number.")
    .min(1, "A model that is named writes at least one answer.")
    .max(limits.k.max, `A model writes at most ${limits.k.max} answers of one comparison.`),
  temperature: drawing.temperature,
  topP: drawing.topP,
});
export type Source = z.infer<typeof source>;
const sources = z.array(source).max(limits.k.max, `Answers come from at most ${limits.k.max} models.`);

export const generationSettings = z.object({
  /** One model that writes k answers; `sources` in its place: several that write some each; neither: as the project has it. */
  modelId: id.optional(),
  /** 4 where absent, as the temperature is 0.7 and top-p 1. */
  k: answersPerComparison.optional(),
  temperature: temperature.optional(),
  topP: topP.optional(),
  sources: sources.optional(),
  /** Answers that people have written, ranked among the models'; none is marked before. */
  written: z
    .array(
      z.union([
        z.strictObject({ text: text("The written answer", limits.answerCharacters) }),
        /** An accepted demonstration of the prompt. */
        z.strictObject({ demonstrationId: id }),
      ]),
    )
    .max(limits.writtenAnswers, `People write at most ${limits.writtenAnswers} of the answers.`)
    .default([]),
  maxTokens: drawing.maxTokens,
  /** Drawn at random where absent; the one used is recorded on each candidate. */
  seed: z.int().min(0).max(0xffffffff).optional(),
  /** How many people are to rank these answers; absent: as many as the project wants. Leads may say so. */
  wanted: rankingsWanted.optional(),
});

export const candidate = z.object({
  id,
  /** A, B, C …: the place in the stored shuffled order. */
  label: z.string(),
  text: z.string(),
  /** Null of a person's answer; and of all where they come from several sources, as long as the model's name is hidden. */
  tokens: z.int().nullable(),
  state: z.enum(["waiting", "streaming", "done", "stopped", "failed"]),
  error: z.string().nullable(),
  /** Hidden (null) like the model's name. */
  seed: z.int().nullable(),
  /** These three are null where `tokens` is. */
  temperature: z.number().nullable(),
  topP: z.number().nullable(),
  maxTokens: z.int().nullable(),
  /** Hidden (null) from whoever still has to rank it; null of a person's answer. */
  modelName: z.string().nullable(),
  /** The user name of the person who wrote it, hidden in the same way; null of a model's answer. */
  author: z.string().nullable(),
  /** How a server wrote it, hidden like the model's name; null of a model here. */
  call: z
    .object({
      url: z.string(),
      /** The request's body, without the key. */
      sent: z.record(z.string(), z.json()),
      serverModel: z.string().nullable(),
      fingerprint: z.string().nullable(),
      finishReason: z.string().nullable(),
      promptTokens: z.int().nullable(),
      tokens: z.int().nullable(),
      cost: z.number().nullable(),
    })
    .nullable(),
  /** It says which model wrote it. Told to reviewers only. */
  namesModel: z.boolean(),
  /** Scores by reward model, hidden like the model's name. */
  scores: z.array(z.object({ modelId: id, modelName: z.string(), score: z.number() })),
});
export type Candidate = z.infer<typeof candidate>;

/** Stage one: one answer rated alone, before any is ranked. */
export const rating = z.object({
  label: z.string().max(2),
  likert: z.int().min(likert.min).max(likert.max),
  flags: z.array(z.enum(answerFlagNames)).max(answerFlagNames.length),
  note: remark("A note", limits.noteCharacters),
  /** Time worked on this answer; pauses of more than a minute are left out. */
  spentMs: z.int().min(0),
});
export type Rating = z.infer<typeof rating>;

const skip = z.object({ labeler: z.string(), reason: z.enum(skipReasons), skippedAt: time });
export type Skip = z.infer<typeof skip>;

export const comparison = z.object({
  id,
  prompt: promptShown,
  candidates: z.array(candidate),
  /** Of the answers. Whether they are ranked, `rankingCount` and `wanted` say. */
  state: z.enum(["generating", "ready", "stopped", "failed"]),
  /** Handed out no more, because so many have skipped it: who, for leads (for others nobody is named); else null. */
  setAside: z.object({ skips: z.array(skip) }).nullable(),
  createdAt: time,
  /** How many rankings these answers are to get, each by another person, and how many they have. */
  wanted: z.int(),
  rankingCount: z.int(),
  /** The one who asks has ranked them. */
  isRankedByMe: z.boolean(),
  /** Who wrote which answer is hidden from the one who asks, who may still rank them. */
  isBlind: z.boolean(),
  /** Whether the one who asks may stop it, or have an answer of it written anew. */
  mayChange: z.boolean(),
  /**
   * Submitted rankings, newest first. Until there are as many as wanted, and again while one is to look at one's own again,
   * only one's own.
   */
  rankings: z.array(
    z.object({
      id,
      /** Told to those who review or export, and of one's own; null for others, and where a file does not say. */
      labeler: z.string().nullable(),
      /** The data source that it came in from; null of one that was made here. */
      source: z.string().nullable(),
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

export const comparisonHead = comparison
  .pick({ id: true, state: true, createdAt: true, wanted: true, rankingCount: true, isRankedByMe: true })
  .extend({ k: z.int() });
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
export const draftContent = z
  .custom<z.core.util.JSONType>((value) => value !== undefined && !isDeeper(value, draftLevels), {
    error: ({ input }) =>
      input === undefined
        ? "A draft has a content, which is any JSON."
        : `This is too deep to be kept as a draft: at most ${draftLevels} levels.`,
  })
  .pipe(z.json());

/** Which draft a window knows, and which window it is. */
export const draftSeen = {
  // Revisions grow from here, and must stay whole numbers.
  basedOn: z
    .int()
    .min(0)
    .max(2 ** 52, "There is no such revision of a draft."),
  writer: name("The id of the window", 64),
};

/** "prompt", "demonstration:<prompt id>", "answers:<prompt id>" or "ranking:<comparison id>" */
export const draftSubject = z
  .string()
  .regex(/^(prompt|(demonstration|answers|ranking):[\w-]{1,64})$/, "There is no such draft.");

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

export const rankingStored = z.object({
  rankingId: id,
  comparisonId: id,
  /** From 1. */
  version: z.int(),
  /** Pairs of different tiers, and pairs of one tier: strict + tied = C(K,2). */
  strict: z.int(),
  tied: z.int(),
  /** The time ran out and others took the place: this is a further ranking beside theirs. */
  isLate: z.boolean(),
});
export type RankingStored = z.infer<typeof rankingStored>;

export const assignment = z.object({
  id,
  comparisonId: id,
  prompt: promptShown,
  /** In the order to show. No model names, seeds or scores here. */
  candidates: z.array(candidate.pick({ id: true, label: true, text: true, tokens: true })),
  /** Written by a model that comes with Rankloop, to practise with. */
  isPractice: z.boolean(),
  /** Stage one first? The project's setting. */
  rateFirst: z.boolean(),
  leaseUntil: time,
  /** The time for it ran out and others took the place: what is submitted is kept as a further ranking. */
  isLate: z.boolean(),
  /** Where this person left it. */
  draft: draft.nullable(),
  /** What this person has submitted already: to be reopened. */
  submitted: submission.extend({ version: z.int(), submittedAt: time }).nullable(),
});
export type Assignment = z.infer<typeof assignment>;

/** Answers that labelers have left to others, and why. */
export const skippedComparison = z.object({
  /** Of the comparison. */
  id,
  promptId: id,
  promptText: z.string(),
  useCase: z.enum(useCases),
  k: z.int(),
  /** Oldest first. */
  skips: z.array(skip),
});
export type SkippedComparison = z.infer<typeof skippedComparison>;

/** A reward model's order beside a person's. */
export const modelOrder = z.object({
  modelName: z.string(),
  /** Highest first. */
  scores: z.array(z.object({ label: z.string(), score: z.number() })),
  /** Scores that look the same are a tie. */
  notation: z.string(),
  /** Of the ranking's strict pairs those that the model orders alike; both 0 where the ranking is all ties. */
  agreed: z.number(),
  strict: z.int(),
});
export type ModelOrder = z.infer<typeof modelOrder>;

/** What a reviewer says of a ranking. */
export const rankingReview = z.object({
  verdict: z.enum(rankingVerdicts),
  comment: z.string(),
  reviewer: z.string(),
  createdAt: time,
  /** The labeler has looked again and left it as it was. */
  answeredAt: time.nullable(),
});

/** A ranking beside the reward model's order. */
export const dispute = z.object({
  /** Of the ranking. */
  id,
  comparisonId: id,
  promptText: z.string(),
  useCase: z.enum(useCases),
  /** Reward models learn from "train" only. */
  split: z.enum(splits),
  /** Null where a file does not say. */
  labeler: z.string().nullable(),
  /** The data source that the ranking came in from; null of one that was made here. */
  source: z.string().nullable(),
  notation: z.string(),
  version: z.int(),
  submittedAt: time,
  modelOrder,
  /** The reward model's loss of the ranking, a mean over its strict pairs: ln 2 = 0.69 for a coin. */
  loss: z.number(),
  /** The latest, and those before it, newest first. */
  review: rankingReview.nullable(),
  earlierReviews: z.array(rankingReview),
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
  modelOrder: modelOrder.nullable(),
  /** What a reviewer says who asks this person to look again; until they have, `modelOrder` is null. */
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

export const event = z.object({
  /** Their order, oldest 1. */
  id,
  at: time,
  /** User name; null for a worker and for Rankloop itself. */
  person: z.string().nullable(),
  /** The id of the project it was done in; null for what is the installation's. */
  project: z.string().nullable(),
  /** The person's role then; a worker; or Rankloop itself, by its launcher or the shell. */
  capacity: z.enum(capacities),
  verb: z.enum(verbNames),
  subject: z.object({
    kind: z.enum(subjectKinds),
    id: z.string(),
    /** What it is called now, or how a prompt begins; null where it is gone or has no name. */
    name: z.string().nullable(),
  }),
  /** The id of what the subject is part of, e.g. the comparison of a ranking. */
  partOf: z.string().nullable(),
  /** Null before the subject was made, and after it was deleted. Texts are there as their SHA-256. */
  before: z.record(z.string(), z.json()).nullable(),
  after: z.record(z.string(), z.json()).nullable(),
});
export type Event = z.infer<typeof event>;

export const eventFilter = z.object({
  /** User name of whoever did it. */
  by: z.string().max(100).optional(),
  verb: z.enum(verbNames).optional(),
  kind: z.enum(subjectKinds).optional(),
  /** The id of the subject, or of what it is part of. */
  subject: z.string().max(100).optional(),
  from: time.optional(),
  until: time.optional(),
});
export type EventFilter = z.infer<typeof eventFilter>;

export const projectSettings = z.object({
  /** Each answer is rated alone before all are ranked, as InstructGPT did it; off = ranking only. */
  rateFirst: z.boolean(),
  /** The model whose tokens are counted and that is asked by "try it"; null: the first that comes with Rankloop. */
  modelId: id.nullable(),
  /** What is handed out next: comparisons in the order they were written, or those the reward model is most unsure of. */
  promptOrder: z.enum(promptOrders),
  /** The reward model that judges beside people; null: none does. */
  rewardModelId: id.nullable(),
  /** How many answers a comparison has, unless whoever asks for them says otherwise. */
  k: answersPerComparison,
  /** The models that write them, and how many each; null: the answering model writes all K. */
  sources: sources.nullable(),
  /** How many people rank each comparison, unless it was asked for with a number of its own. */
  rankingsWanted,
});
export type ProjectSettings = z.infer<typeof projectSettings>;

export const job = z.object({
  id,
  kind: z.enum(["generate", "try", "train", "score", "judge", "download"]),
  state: z.enum(["waiting", "running", "done", "cancelled", "failed"]),
  error: z.string().nullable(),
  attempts: z.int(),
});

/** A file whose prompts and demonstrations came in. */
export const dataSource = z.object({
  id,
  name: z.string(),
  /** "" where nobody said. */
  revision: z.string(),
  /** "" where nobody said. */
  licence: z.string(),
  /** The SHA-256 of the file. */
  hash: z.string(),
  format: z.string(),
  /** The user name of whoever imported it. */
  by: z.string(),
  createdAt: time,
  /** When all of it had come in; null while it comes in, and after a stop. */
  finishedAt: time.nullable(),
  /** How many it added; a comparison is a set of answers, ranked or to be ranked. */
  prompts: z.int(),
  demonstrations: z.int(),
  comparisons: z.int(),
  rankings: z.int(),
  /** Its rows, and those left out because they cannot be read; null until all of it had come in. */
  rows: z.int().nullable(),
  leftOut: z.int().nullable(),
});
export type DataSource = z.infer<typeof dataSource>;

/** Why a row cannot be read; rows of a request are numbered from 1. */
const rowProblem = z.object({ number: z.int(), reason: z.string() });

/** What rows say, before anything is stored. */
export const importPreview = z.object({
  format: z.string(),
  /** What people call the format, and how its rows look. */
  title: z.string(),
  looks: z.string(),
  rows: z.int(),
  counts: z.object({ prompts: z.int(), demonstrations: z.int(), answers: z.int(), rankings: z.int() }),
  first: z.array(
    z.object({
      kind: z.enum(["prompt", "demonstration", "answers", "ranking"]),
      messages: z.array(message),
      answers: z.array(z.string()),
    }),
  ),
  /** The first of those that cannot be read; `bad` counts all. */
  problems: z.array(rowProblem),
  bad: z.int(),
  /** Why none of it can come in; null where some can. */
  refusal: z.string().nullable(),
});
export type ImportPreview = z.infer<typeof importPreview>;

/** What became of some rows. */
export const importedRows = z.object({
  prompts: z.int(),
  demonstrations: z.int(),
  comparisons: z.int(),
  rankings: z.int(),
  /** What was there already. */
  repeated: z.int(),
  problems: z.array(rowProblem),
});
export type ImportedRows = z.infer<typeof importedRows>;

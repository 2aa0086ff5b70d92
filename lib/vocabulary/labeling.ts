// The words of labeling, as InstructGPT used them (Ouyang et al. 2022, §3 and appendices A and B), and of training: what
// people choose from and what is stored. Constants only, so that every room may read them.

/** The ten use cases (table 1), most frequent first. */
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

/** The use case by its stored name; one that only a later version knows is shown as "other". */
export function knownUseCase(name: string): UseCase {
  return useCases.find((known) => known === name) ?? "other";
}

/** How a prompt came about (appendix A.1): freely, as an instruction with examples, or for a described use. */
export const promptKinds = ["plain", "few-shot", "user-based"] as const;
export type PromptKind = (typeof promptKinds)[number];

/**
 * Where a prompt stands, as lists are narrowed to it: it has no demonstration; no answers; answers of which rankings are still
 * wanted; all the rankings that were wanted; or it is out of the way. All but the last are in use.
 */
export const promptStates = ["undemonstrated", "unanswered", "wanting", "ranked", "archived"] as const;
export type PromptState = (typeof promptStates)[number];

/** In which order prompts are listed. */
export const listOrders = ["newest", "oldest"] as const;
export type ListOrder = (typeof listOrders)[number];

/** What a prompt is for: to learn from, to choose settings by, to report on. */
export const splits = ["train", "valid", "test"] as const;
export type Split = (typeof splits)[number];

/** Overall quality of one answer (table 3): 1 is worst, 7 is best. */
export const likert = { min: 1, max: 7 } as const;

/** The eleven yes-or-no questions about one answer (table 3): what is stored, and how it is asked. */
export const answerFlags = {
  "fails-task": "Fails to follow the instruction",
  "inappropriate-for-assistant": "Inappropriate for a customer assistant",
  hallucination: "Hallucination",
  "satisfies-constraint": "Satisfies the constraint given",
  "sexual-content": "Sexual content",
  "violent-content": "Violent content",
  "encourages-harm": "Encourages or fails to discourage violence, abuse, terrorism or self-harm",
  "denigrates-protected-class": "Denigrates a protected class",
  "harmful-advice": "Gives harmful advice",
  "expresses-opinion": "Expresses an opinion",
  "expresses-moral-judgment": "Expresses a moral judgment",
} as const;
export type AnswerFlag = keyof typeof answerFlags;
export const answerFlagNames = Object.keys(answerFlags) as [AnswerFlag, ...AnswerFlag[]];

/** The flags that say something against an answer. */
export const adverseFlags: readonly AnswerFlag[] = answerFlagNames.filter(
  (flag) => !["satisfies-constraint", "expresses-opinion", "expresses-moral-judgment"].includes(flag),
);

/** The questions about a prompt. */
export const promptFlags = {
  ambiguous: "Ambiguous",
  "sensitive-content": "Sensitive content",
  "identity-dependent": "Depends on who asks",
  "closed-domain": "Closed domain",
  "continuation-style": "Continuation style",
  "requests-opinion": "Asks for opinion, advice or a moral judgment",
  "safety-constraints": "Has explicit safety constraints",
  "other-constraints": "Has other explicit constraints",
  "intent-unclear": "Intent unclear",
} as const;
export type PromptFlag = keyof typeof promptFlags;
export const promptFlagNames = Object.keys(promptFlags) as [PromptFlag, ...PromptFlag[]];

export const skipReasons = ["unclear", "needs expertise", "sensitive", "broken"] as const;
export type SkipReason = (typeof skipReasons)[number];

/** The kinds of warnings shown before a ranking is submitted; see lib/preference/guards.ts. */
export const guardKinds = ["untouched-order", "rating-contradicts", "flagged-first", "twins-apart"] as const;
export type GuardKind = (typeof guardKinds)[number];

/** What a reviewer says of a ranking: it stands, or its labeler is asked to look again. */
export const rankingVerdicts = ["stands", "again"] as const;
export type RankingVerdict = (typeof rankingVerdicts)[number];

/** Which comparisons are handed out next: in the order they were written, or those a reward model is most unsure of. */
export const promptOrders = ["written", "disagreement"] as const;
export type PromptOrder = (typeof promptOrders)[number];

/** What guidelines are about: each labeling screen shows its own. */
export const guidelineTopics = ["write", "rank"] as const;
export type GuidelineTopic = (typeof guidelineTopics)[number];

export const demonstrationStates = ["unreviewed", "accepted", "returned"] as const;
export type DemonstrationState = (typeof demonstrationStates)[number];

/** Most able first. A labeler writes and ranks, as InstructGPT's did; a writer only writes, an annotator only ranks. */
export const roles = ["admin", "reviewer", "engineer", "labeler", "writer", "annotator"] as const;
export type Role = (typeof roles)[number];

/** What an account is to the installation, in better-auth's words: admins look after it, its people and all projects. */
export const accountRoles = ["admin", "user"] as const;
export type AccountRole = (typeof accountRoles)[number];

/** What a person may do in a project, and who may. */
export const duties = {
  /** Prompts, demonstrations, answers to them. */
  write: ["admin", "reviewer", "labeler", "writer"],
  rank: ["admin", "reviewer", "labeler", "annotator"],
  /** Rating and sending back the demonstrations of others. */
  review: ["admin", "reviewer"],
  /** Guidelines, use-case descriptions and the settings of the project. */
  lead: ["admin", "reviewer"],
  export: ["admin", "reviewer", "engineer"],
  train: ["admin", "reviewer", "engineer"],
  people: ["admin"],
} as const satisfies Record<string, readonly Role[]>;
export type Duty = keyof typeof duties;

/** may("annotator", "rank") → true */
export const may = (role: Role, duty: Duty): boolean => (duties[duty] as readonly Role[]).includes(role);

/** Fine-tuning on demonstrations, a reward model, DPO, and PPO, which is PPO-ptx where it has texts beside it. */
export const trainingKinds = ["sft", "reward", "dpo", "ppo"] as const;
export type TrainingKind = (typeof trainingKinds)[number];

/** Where a model comes from. One at an address is another server's; what is in a folder stays there. */
export const modelOrigins = ["shipped", "trained", "folder", "hub", "address"] as const;
export type ModelOrigin = (typeof modelOrigins)[number];

/** What a server is asked for: a language model by chat or by plain completion, a reward model in vLLM's or OpenRLHF's way. */
export const addressAsks = ["chat", "completion", "classify", "get_reward"] as const;
export type AddressAsks = (typeof addressAsks)[number];

/** Matches the environment variables that may hold the key of a server. Others hold what is nobody's to send anywhere. */
export const keyVariable = /^RANKLOOP_KEY(_[A-Z0-9_]{1,60})?$/;

/** Bits of a weight in memory while a model answers. */
export const answeringBits = [32, 8, 4] as const;
export type AnsweringBits = (typeof answeringBits)[number];

/** The data sets that a run may read, one file each: people's, as they were when it started, and texts for pre-training. */
export const trainingDatasets = ["demonstrations", "comparisons", "prompts", "texts"] as const;
export type TrainingDataset = (typeof trainingDatasets)[number];

/** The texts that come with Rankloop: documents of its synthetic world. Others are files under the data directory. */
export const smallWorld = "small-world";

const ranking = "ranking:";

/** The draft of a ranking stays with the comparison, whoever holds the assignment just now. */
export const rankingSubject = (comparisonId: string): string => ranking + comparisonId;

const [demonstrations, answers] = ["demonstration:", "answers:"];

export const demonstrationSubject = (promptId: string): string => demonstrations + promptId;

/** The draft of a person's own answers to a prompt, to be ranked beside those of models. */
export const answersSubject = (promptId: string): string => answers + promptId;

/** The prompt whose demonstrations or answers are drafted; null for any other draft. */
export const promptOf = (subject: string): string | null => {
  const prefix = [demonstrations, answers].find((one) => subject.startsWith(one));
  return prefix === undefined ? null : subject.slice(prefix.length);
};

/** The comparison whose ranking is drafted; null for any other draft. comparisonOf(rankingSubject(id)) → id */
export const comparisonOf = (subject: string): string | null =>
  subject.startsWith(ranking) ? subject.slice(ranking.length) : null;

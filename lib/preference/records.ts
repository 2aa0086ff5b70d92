// The JSONL contract between labeling and training: what an export writes and a trainer reads, one record a line.
// Field names and meanings are those TRL opens unchanged (FACTS: `{prompt, chosen, rejected}`, `{prompt, completion}`).
import * as z from "zod";
import { type Message, message } from "../vocabulary/conversation.ts";
import { answerFlagNames, guardKinds, promptFlagNames, promptKinds, splits } from "../vocabulary/labeling.ts";
import { wordedIssues } from "../vocabulary/refusal.ts";

/** A prompt is a text, or turns that end before the answer. */
export const promptField = z
  .union([z.string(), z.array(message).min(1)], { error: 'a text, or turns: [{"role", "content"}, …]' })
  .refine((prompt) => typeof prompt === "string" || prompt.at(-1)?.role !== "assistant", {
    error: "its last turn is the assistant's, and the answer would follow its own",
  });

/** An answer is a text, or one turn of the assistant. */
export const answerField = z
  .union([z.string(), z.array(message).length(1)], { error: 'a text, or one turn: [{"role": "assistant", "content"}]' })
  .refine((answer) => typeof answer === "string" || answer[0]?.role === "assistant", {
    error: "its turn is not the assistant's",
  });

/** Further fields of a pair. The ids let a trainer put the C(K,2) pairs of one prompt back together. */
const besidePair = {
  prompt_id: z.string().optional(),
  ranking_id: z.string().optional(),
  /** From 1. A ranking that was reopened (its labeler had seen by then which model wrote what) has a later one. */
  ranking_version: z.int().min(1).optional(),
  chosen_id: z.string().optional(),
  rejected_id: z.string().optional(),
  /** K, the number of candidates that were ranked together. */
  k: z.int().min(2).optional(),
  /** Tiers, 1 = best. Two candidates of one tier are a tie. */
  chosen_rank: z.int().min(1).optional(),
  rejected_rank: z.int().min(1).optional(),
  labeler: z.string().optional(),
  split: z.enum(splits).optional(),
  /** When the ranking was submitted, Unix ms. */
  ranked_at: z.int().optional(),
};

/** One ordered pair of a ranking. */
const pair = z
  .object({ prompt: promptField, chosen: answerField, rejected: answerField, ...besidePair })
  .refine(({ chosen_rank: chosen = 0, rejected_rank: rejected = chosen }) => chosen <= rejected, {
    error: 'the rank of "chosen" is behind that of "rejected": 1 is the best',
  });
export type ComparisonRecord = z.infer<typeof pair>;

/**
 * A pair as it stands in files: with its prompt, or as TRL also has it, with the prompt inside of `chosen` and `rejected`:
 * turns of which all but the last one are shared, or, as in HH-RLHF, "\n\nHuman: …\n\nAssistant: …".
 */
export const comparisonRecord = z.looseObject({}).transform((row, context): ComparisonRecord => {
  const taken = promptTakenOut(row);
  const checked = pair.safeParse(taken);
  if (typeof taken === "string") context.issues.push({ code: "custom", message: taken, input: row });
  else context.issues.push(...wordedIssues(checked.error, row));
  return checked.data ?? z.NEVER;
});

const conversation = z.array(message).min(1);
const wholes = z.object({ prompt: promptField.optional(), chosen: conversation, rejected: conversation });

/** Moves the prompt out of the answers of a row. @returns the row, or what is wrong with it; other rows stay as they are */
function promptTakenOut(row: Record<string, unknown>): Record<string, unknown> | string {
  const { success, data } = wholes.safeParse({ ...row, ...dialogues(row) });
  if (!success) {
    const isPlain = typeof row.chosen === "string" && typeof row.rejected === "string";
    return isPlain && row.prompt === undefined ? promptless : row;
  }
  const { prompt, chosen, rejected } = data;
  if (prompt !== undefined && chosen.length === 1 && rejected.length === 1) return row;
  if ([chosen, rejected].some((turns) => turns.at(-1)?.role !== "assistant")) {
    return '"chosen" or "rejected" ends with a turn that is not the assistant\'s';
  }
  const length = Math.min(chosen.length, rejected.length) - 1;
  const differs = (i: number) => chosen[i]!.role !== rejected[i]!.role || chosen[i]!.content !== rejected[i]!.content;
  const first = [...Array(length).keys()].find(differs) ?? length;
  if (first === 0) return promptless;
  if (chosen.length !== first + 1 || rejected.length !== first + 1) {
    return '"chosen" and "rejected" are not the same turns with one answer each at the end';
  }
  const shared = chosen.slice(0, first);
  if (prompt !== undefined && !isSaidIn(prompt, shared)) {
    return '"prompt" is not what "chosen" and "rejected" begin with';
  }
  return { ...row, prompt: shared, chosen: chosen.slice(first), rejected: rejected.slice(first) };
}

const promptless =
  '"prompt" is missing: give one, or begin "chosen" and "rejected" with the same turns ({"role", "content"}), or with "\\n\\nHuman: …\\n\\nAssistant:"';

/** Is this prompt the beginning of these turns? A text stands for one of the person's turns, as in UltraFeedback. */
const isSaidIn = (prompt: z.infer<typeof promptField>, turns: readonly Message[]): boolean =>
  typeof prompt === "string"
    ? turns.some(({ role, content }) => role === "user" && content.trim() === prompt.trim())
    : JSON.stringify(prompt) === JSON.stringify(turns);

/** The texts of HH-RLHF as turns; an empty object for any other texts. */
function dialogues({ prompt, chosen, rejected }: Record<string, unknown>): {
  chosen?: Message[];
  rejected?: Message[];
} {
  const are = [chosen, rejected].every((text) => typeof text === "string" && /^\s*Human:/.test(text));
  return prompt === undefined && are ? { chosen: dialogue(String(chosen)), rejected: dialogue(String(rejected)) } : {};
}

/** dialogue("\n\nHuman: Hi\n\nAssistant: Hello.") → [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello." }] */
export function dialogue(text: string): Message[] {
  const turns: Message[] = [];
  for (const part of `\n\n${text.trimStart()}`.split(/\n\n(?=(?:Human|Assistant):)/).slice(1)) {
    const role = part.startsWith("Human:") ? "user" : "assistant";
    turns.push({ role, content: part.slice(part.indexOf(":") + 1).trim() });
  }
  return turns;
}

const count = z.int().min(0);
const named = z
  .string()
  .optional()
  .transform((name) => name || undefined);
const sampling = z.object({ temperature: z.number(), top_p: z.number(), max_tokens: z.int(), seed: z.number() });

const answer = z.object({ id: named, text: z.string(), writer: named, sampling: z.array(sampling).max(1).default([]) });
const rating = z.object({
  answer: count,
  likert: z.int().min(1).max(7),
  flags: z.array(z.enum(answerFlagNames)).default([]),
  note: z.string().default(""),
  spent_ms: count.default(0),
});

const wholeRanking = z.object({
  prompt: promptField,
  prompt_id: named,
  prompt_kind: z.enum(promptKinds).optional(),
  use_case: named,
  split: z.enum(splits).optional(),
  comparison_id: named,
  ranking_id: named,
  ranking_version: z.int().min(1).optional(),
  labeler: named,
  ranked_at: z.int().optional(),
  spent_ms: count.optional(),
  guidelines_version: count.optional(),
  /** In the order shown. */
  answers: z.array(answer).min(2),
  /** Places in `answers`, from 0, best tier first. */
  tiers: z.array(z.array(count).min(1)).min(1),
  ratings: z.array(rating).default([]),
  prompt_flags: z.array(z.enum(promptFlagNames)).default([]),
  guards: z.array(z.object({ kind: z.enum(guardKinds), said: z.string(), heeded: z.boolean() })).default([]),
});

/** A whole ranking as it stands in a file: `rankloop export rankings` writes it, with all that is known of it. */
export const rankingRecord = wholeRanking
  .refine(({ answers, tiers }) => namesEachOnce(tiers, answers.length), {
    error: "it does not name each answer once, by its place from 0",
    path: ["tiers"],
  })
  .refine(({ answers, ratings }) => ratings.every(({ answer }) => answer < answers.length), {
    error: "it has one of an answer that is not there",
    path: ["ratings"],
  });
export type RankingRecord = z.infer<typeof rankingRecord>;

function namesEachOnce(tiers: readonly (readonly number[])[], count: number): boolean {
  const places = tiers.flat().toSorted((a, b) => a - b);
  return places.length === count && places.every((place, at) => place === at);
}

/** A row of a file of comparisons: a pair, or a whole ranking. */
export const comparisonRow = z
  .looseObject({})
  .transform((row, context): { pair: ComparisonRecord } | { ranking: RankingRecord } => {
    const isRanking = row.tiers !== undefined && row.answers !== undefined;
    const checked = isRanking ? rankingRecord.safeParse(row) : comparisonRecord.safeParse(row);
    if (!checked.success) {
      context.issues.push(...wordedIssues(checked.error, row));
      return z.NEVER;
    }
    return isRanking ? { ranking: checked.data as RankingRecord } : { pair: checked.data as ComparisonRecord };
  });

/** One prompt with the ideal answer a person wrote. */
export const demonstrationRecord = z.object({
  prompt: promptField,
  completion: answerField,
  prompt_id: z.string().optional(),
  demonstration_id: z.string().optional(),
  labeler: z.string().optional(),
  use_case: z.string().optional(),
  split: z.enum(splits).optional(),
  user: z.string().min(1).optional(),
  /** When the demonstration was written, Unix ms. */
  written_at: z.int().optional(),
});
export type DemonstrationRecord = z.infer<typeof demonstrationRecord>;

/** A prompt without an answer, for a policy to practise on. */
export const promptRecord = z.object({
  prompt: promptField,
  prompt_id: z.string().optional(),
  use_case: z.string().optional(),
  split: z.enum(splits).optional(),
  /** Who asked it: prompts of one user stay in one split. */
  user: z.string().min(1).optional(),
});
export type PromptRecord = z.infer<typeof promptRecord>;

/** The text of an answer in either form. */
export const answerText = (answer: z.infer<typeof answerField>): string =>
  typeof answer === "string" ? answer : (answer[0]?.content ?? "");

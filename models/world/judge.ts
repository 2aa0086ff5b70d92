// The gold judge: how good an answer to a task is, 0 to 1, from five named parts. The rules are in README.md.

import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import { readText, type TextRead } from "./answer-text.ts";
import { fitOf } from "./asked.ts";
import type { Task } from "./asking.ts";
import { claimsIn, wrongIntroductions } from "./claims.ts";
import { danglingIn } from "./coherence.ts";
import { meets, withoutFrame } from "./constraints.ts";
import { flaggedIn } from "./flagged.ts";
import { inventedIn } from "./given.ts";
import { fluency, variety } from "./grammar.ts";
import type { Want } from "./wants.ts";

/** Each from 0 (not at all) to 1 (wholly). */
export interface Parts {
  /** It does what was asked: the right kind of answer, complete, about the right thing. */
  asked: number;
  /** What it says is true in the world, or in the text that was given. */
  truth: number;
  /** It meets what the prompt or the system message demands of its outside; 1 where nothing is demanded. */
  constraints: number;
  /** It is well formed: the world's English, begun and ended, not repeating itself, of a sensible length. */
  form: number;
  /** Nothing in it is flagged. */
  safe: number;
}

export interface Judgement {
  /** safe · form · (0.2 + 0.8 · asked · (0.2 + 0.8 · truth) · (0.5 + 0.5 · constraints)) */
  score: number;
  parts: Parts;
}

/**
 * Judge an answer. Deterministic; any text is allowed.
 * judge(task, task.answer).score → 0.9 and more; judge(task, "").score → 0; a good answer to another prompt → about 0.2
 */
export function judge(task: Pick<Task, "form" | "prompt" | "want" | "constraints">, answer: string): Judgement {
  const whole = readText(answer);
  const body = withoutFrame(answer, task.constraints);
  const read = body === answer ? whole : readText(body);
  const prompt = promptOf(task);
  if (read.words === 0) return { score: 0, parts: { asked: 0, truth: 0, constraints: 0, form: 0, safe: 1 } };
  const { asked, right } = fitOf(task.want, read, prompt);
  const parts: Parts = {
    asked: asked * focus(task.want, read, prompt),
    truth: right * truthOf(task, read, prompt),
    constraints: mean(task.constraints.map((constraint) => meets(constraint, whole))),
    form: formOf(task, read, prompt),
    safe: 0.25 ** flaggedIn(whole).count,
  };
  const did = parts.asked * (0.2 + 0.8 * parts.truth) * (0.5 + 0.5 * parts.constraints);
  return { score: parts.safe * parts.form * (0.2 + 0.8 * did), parts };
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Prompts are judged again and again with other answers. */
const prompts = new WeakMap<object, TextRead>();
function promptOf(task: Pick<Task, "prompt">): TextRead {
  let read = prompts.get(task);
  if (!read) {
    read = readText(promptText(messagesOf(task.prompt)));
    prompts.set(task, read);
  }
  return read;
}

/** A description says something true of its subject in most of its sentences. */
const wordy = 0.7;
const fiction = new Set(["story", "poem", "dialogue", "letter", "line"]);

/** Untrue claims and made-up parts each take their share: 1, 1/2, 1/3 … */
function truthOf({ want }: Pick<Task, "want">, answer: TextRead, prompt: TextRead): number {
  if (want.kind === "target" || want.kind === "items") return 1;
  if (want.given) return 1 / (1 + inventedIn(answer, prompt));
  if (want.kind === "text" && fiction.has(want.form)) {
    const loose = want.form === "story" ? 0.5 * danglingIn(answer, prompt) : 0;
    return 1 / (1 + wrongIntroductions(answer) + loose);
  }
  const claims = claimsIn(answer, want.kind === "text" ? want.secret : undefined);
  const facts = want.kind === "text" ? want.facts : undefined;
  const wanted = facts ? Math.max(facts.least, wordy * answer.sentences.length) : 0;
  const enough = facts ? Math.min(1, (claims.right.get(facts.about) ?? 0) / wanted) : 1;
  return enough / (1 + claims.wrong);
}

/** Forms whose sentences should all be about one thing. The others make up their own connections, or are counted. */
const wanders = new Set(["reply", "description", "summary", "line"]);
const backward = new Set("it its they them he she his her him this that i you we me my your people town".split(" "));
const light = new Set("the and for with not was are were has have had can from very what who".split(" "));

/** 1 where every sentence belongs to the prompt or to the sentences before: shares a word with them, or says "it". */
function focus(want: Want, { sentences }: TextRead, prompt: TextRead): number {
  if (sentences.length < 2 || want.kind === "target" || want.kind === "items") return 1;
  if (want.kind === "text" && (!wanders.has(want.form) || (want.form === "description" && !want.facts))) return 1;
  const known = new Set(prompt.tokens.map((token) => token.replace(/s$/, "")));
  let stray = 0;
  sentences.forEach(({ tokens }, i) => {
    const heavy = tokens.flatMap((token) => (token.length > 2 && !light.has(token) ? [token.replace(/s$/, "")] : []));
    if (i === 0 || heavy.some((token) => known.has(token)) || tokens.some((token) => backward.has(token))) {
      for (const token of heavy) known.add(token);
    } else stray++;
  });
  const allowed = want.kind === "text" ? sentences.length / 3 : 0;
  return 1 / (1 + 0.5 * Math.max(0, stray - allowed));
}

/** The most words that an answer to such a want can sensibly have. */
function mostWords(want: Want): number {
  switch (want.kind) {
    case "value":
      return 36;
    case "items":
      return 12 * Math.max(want.count ?? 6, want.all ? want.of.length : 0) + 8;
    case "target":
      return 2 * Math.max(...want.to.map((text) => text.split(/\s+/).length)) + 4;
    case "text":
      return 22 * want.sentences[1] + 10;
  }
}

const roleLine = /^(User|Assistant|System):/m;

function formOf(task: Pick<Task, "form" | "want">, answer: TextRead, prompt: TextRead): number {
  const inventive = task.want.kind === "items" && task.want.free !== undefined;
  // One wrong place in sixteen is nothing, a quarter of them makes a text hard to read. Never 0: the judge knows only the
  // world's words, and somebody else's good English is not nothing.
  const order = Math.max(0, Math.min(1, (fluency(answer, prompt, inventive) - 0.4) / 0.54));
  const fluent = Math.max(0.15, order ** 1.5);
  const text = answer.text.trim();
  const terse = task.form === "few-shot";
  const begins = terse || /^["“]?[\p{Lu}\d-]/u.test(text) ? 1 : 0.9;
  const ends = terse || isEnded(text, answer, task.want) ? 1 : answer.words <= 6 ? 0.8 : 0.6;
  const most = mostWords(task.want);
  const length = answer.words > most ? most / answer.words : 1;
  const turns = roleLine.test(text) ? 0.4 : 1;
  const quotes = (text.match(/"/g)?.length ?? 0) % 2 === 0 ? 1 : 0.9;
  return fluent * variety(answer) ** 2 * begins * ends * length * turns * quotes;
}

/** Ends with a mark, or is of a kind that needs none: a word or two, the items of a list, a signed letter, a title. */
function isEnded(text: string, answer: TextRead, want: Want): boolean {
  if (/[.!?]["”)]?$/.test(text)) return true;
  if (want.kind === "items") return answer.lines.length > 1 || want.all === true;
  if (want.kind === "value" || want.kind === "target") return answer.words <= 2 || /^[\d,\s=+-]+$/.test(text);
  if (want.form === "letter") return /\n\p{Lu}\p{Ll}+$/u.test(text);
  return want.form === "line" && answer.words <= 9 && answer.sentences.length === 1 && /^\p{Lu}/u.test(text);
}
